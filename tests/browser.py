"""Finds a Chromium to test in as the product does, or installs one.

Where none is there: Playwright's own, then the system package manager's; else one sentence that says what to install.
Most tests run in Chromium's headless shell where that is there too: it starts a page in a third of the time. But it keeps
no page in a back/forward cache, so the tests need a browser besides it.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from environment import as_root
from freshtap.errors import BrowserError
from freshtap.verify import browsers

#: Names the shell, as ``FRESHTAP_BROWSER`` does the browser.
SHELL_VARIABLE: Final = "FRESHTAP_SHELL"
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


@functools.cache
def find_or_install() -> str:
    """Return the path of a browser that runs and is no mere shell, installing one where there is none."""
    if os.environ.get(browsers.VARIABLE):
        return browsers.find() or ""
    found = _find() or _install_with_playwright() or _install_with_package_manager()
    if found is None:
        raise BrowserError(
            "The browser tests need Chromium or Chrome: install one, "
            f"or set {browsers.VARIABLE} to the path of its executable."
        )
    return found


def find_shell() -> str:
    """Return the path of the headless shell where it is there, else of the browser."""
    named = os.environ.get(SHELL_VARIABLE) or os.environ.get(browsers.VARIABLE)
    browser = find_or_install()
    return named or _find(windowless=True) or browser


def _find(*, windowless: bool = False) -> str | None:
    return next(
        (path for path in browsers.found() if browsers.is_shell(path) == windowless and browsers.runs(path)), None
    )


def _install_with_playwright() -> str | None:
    print("No Chromium or Chrome here: trying Playwright's own.", file=sys.stderr)
    playwright = [sys.executable, "-m", "playwright"]
    if not _succeeds([*playwright, "install", "chromium"]):
        return None
    if _find() is None:
        # Downloaded, but the libraries it is linked with are missing.
        _succeeds(as_root([*playwright, "install-deps", "chromium"]))
    return _find()


def _install_with_package_manager() -> str | None:
    for manager, commands in PACKAGE_MANAGERS.items():
        if shutil.which(manager) is None:
            continue
        print(f"Installing Chromium with {manager}.", file=sys.stderr)
        for command in commands:
            _succeeds(command if manager == "brew" else as_root(command))
        found = _find()
        if found:
            return found
    return None


def _succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, stdout=sys.stderr, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    try:
        print(find_or_install(), find_shell(), sep="\n")
    except BrowserError as error:
        sys.exit(error.message)
