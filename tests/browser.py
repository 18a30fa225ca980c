"""Finds a Chromium to test in, or installs one; nothing but the standard library is needed to import it.

In this order: the one named in ``FRESHTAP_BROWSER``, a Chromium or Chrome of this machine, Playwright's own, the system
package manager's; else one sentence that says what to install. Where Chromium's headless shell is there too, most tests
run in that: it is the same engine without windows and starts a page in a third of the time, but keeps no page in a
back/forward cache.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

VARIABLE: Final = "FRESHTAP_BROWSER"
#: Names the shell, likewise.
SHELL_VARIABLE: Final = "FRESHTAP_SHELL"
NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SHELL_NAMES: Final = ("chromium-headless-shell", "chrome-headless-shell")
MACOS_APPLICATIONS: Final = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
)
#: What each system package manager runs to bring Chromium.
PACKAGE_MANAGERS: Final[dict[str, Sequence[Sequence[str]]]] = {
    "apt-get": (
        ("apt-get", "update"),
        ("apt-get", "install", "--yes", "--no-install-recommends", "chromium-headless-shell"),
        ("apt-get", "install", "--yes", "--no-install-recommends", "chromium"),
    ),
    "dnf": (("dnf", "install", "--assumeyes", "chromium"),),
    "zypper": (("zypper", "--non-interactive", "install", "chromium"),),
    "pacman": (("pacman", "--sync", "--noconfirm", "chromium"),),
    "apk": (("apk", "add", "chromium"),),
    "brew": (("brew", "install", "--cask", "chromium"),),
}
HEADLESS: Final = ("--headless", "--no-sandbox", "--no-first-run", "--disable-gpu")
PROOF: Final = "freshtap found a browser"


class NoBrowserError(RuntimeError):
    """There is no browser, and none could be installed."""

    def __init__(self) -> None:
        super().__init__(
            f"The browser tests need Chromium or Chrome: install one, or set {VARIABLE} to the path of its executable."
        )


@functools.cache
def find_or_install() -> str:
    """Return the path of a browser that runs, installing one where there is none."""
    named = os.environ.get(VARIABLE)
    if named:
        if shutil.which(named) is None:
            raise RuntimeError(f"{VARIABLE} names {named}, where there is no program")
        return named
    found = find() or _install_with_playwright() or _install_with_package_manager()
    if found is None:
        raise NoBrowserError
    return found


def find_shell() -> str:
    """Return the path of the headless shell where it is there, else of the browser itself."""
    named = os.environ.get(SHELL_VARIABLE) or os.environ.get(VARIABLE)
    if named:
        return named
    browser = find_or_install()
    shells = [*filter(None, map(shutil.which, SHELL_NAMES)), *_shells_of_playwright()]
    return next(filter(_runs, shells), browser)


def find() -> str | None:
    """Return the path of a browser that is there already and runs."""
    return next(filter(_runs, [*_of_this_machine(), *_of_playwright()]), None)


def _of_this_machine() -> Iterable[str]:
    yield from filter(None, map(shutil.which, NAMES))
    if sys.platform == "darwin":
        for folder in (Path("/Applications"), Path.home() / "Applications"):
            yield from (str(folder / name) for name in MACOS_APPLICATIONS if (folder / name).exists())


def _of_playwright() -> Iterable[str]:
    path = _path_of_playwright()
    if path.is_file():
        yield str(path)


def _shells_of_playwright() -> Iterable[str]:
    # Beside <browsers>/chromium-1234/chrome-linux/chrome, in <browsers>/chromium_headless_shell-1234/.
    browsers = [*_path_of_playwright().parents][2:3]
    return [str(shell) for folder in browsers for shell in folder.glob("chromium_headless_shell-*/*/*headless*shell")]


@functools.cache
def _path_of_playwright() -> Path:
    # In a process of its own: one process runs one Playwright, and the tests may have theirs open.
    ask = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    return Path(_output([sys.executable, "-c", ask]).strip())


def _runs(executable: str) -> bool:
    """Whether it starts headless: a file by the name may be a stub, or lack its shared libraries."""
    page = f"data:text/html,{PROOF}"
    return PROOF in _output([executable, *HEADLESS, "--dump-dom", page])


def _output(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _install_with_playwright() -> str | None:
    print("No Chromium or Chrome here: trying Playwright's own.", file=sys.stderr)
    playwright = [sys.executable, "-m", "playwright"]
    if not _succeeds([*playwright, "install", "chromium"]):
        return None
    path = next(iter(_of_playwright()), None)
    if path and not _runs(path):
        # Downloaded, but the libraries it is linked with are missing.
        _succeeds(_as_root([*playwright, "install-deps", "chromium"]))
    return path if path and _runs(path) else None


def _install_with_package_manager() -> str | None:
    for manager, commands in PACKAGE_MANAGERS.items():
        if shutil.which(manager) is None:
            continue
        print(f"Installing Chromium with {manager}.", file=sys.stderr)
        for command in commands:
            _succeeds(command if manager == "brew" else _as_root(command))
        found = next(filter(_runs, _of_this_machine()), None)
        if found:
            return found
    return None


def _as_root(command: Sequence[str]) -> Sequence[str]:
    if os.geteuid() == 0 or shutil.which("sudo") is None:
        return command
    return ["sudo", *command]


def _succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, stdout=sys.stderr, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    try:
        print(find_or_install(), find_shell(), sep="\n")
    except RuntimeError as error:
        sys.exit(str(error))
