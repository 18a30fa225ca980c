"""Finds a Chromium to open pages in; installs nothing. Needs nothing but what freshtap itself needs.

In this order: the one named in ``FRESHTAP_BROWSER``, a Chromium or Chrome of this machine, Playwright's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from freshtap.errors import BrowserError

VARIABLE: Final = "FRESHTAP_BROWSER"
NAMES: Final = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
MACOS_APPLICATIONS: Final = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
)
#: Nothing that Chromium does on its own account.
ARGUMENTS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
)
HEADLESS: Final = ("--headless", "--no-sandbox", "--no-first-run", "--disable-gpu")
PROOF: Final = "freshtap found a browser"


def find() -> str | None:
    """The path of a browser that is there and runs; None where there is none.

    Raises :class:`BrowserError` where ``FRESHTAP_BROWSER`` names what is no program.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if shutil.which(named) is None:
            raise BrowserError(f"{VARIABLE} names {named}, where there is no program.")
        return named
    return next(filter(runs, found()), None)


def found() -> Iterator[str]:
    """Every one that is there, whether it runs or not."""
    return chain(of_this_machine(), of_playwright())


def is_shell(executable: str) -> bool:
    """Whether it is Chromium without its windows: the same engine, which starts a page in a third of the time."""
    return "headless" in Path(executable).name


def of_this_machine() -> Iterator[str]:
    """Every Chromium or Chrome that is installed, by the names that systems give them."""
    yield from filter(None, map(shutil.which, NAMES))
    if sys.platform == "darwin":
        for folder in (Path("/Applications"), Path.home() / "Applications"):
            yield from (str(folder / name) for name in MACOS_APPLICATIONS if (folder / name).exists())


def of_playwright() -> Iterator[str]:
    """What Playwright has downloaded for itself, if it is installed and has."""
    # In a process of its own: one process runs one Playwright, and the caller may have theirs open.
    ask = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    browser = Path(_output([sys.executable, "-c", ask]).strip())
    # <browsers>/chromium-1234/chrome-linux/chrome has its shell beside it, in <browsers>/chromium_headless_shell-1234/.
    if len(browser.parents) > 2:
        yield from map(str, sorted(browser.parents[2].glob("chromium_headless_shell-*/*/*headless*shell")))
    if browser.is_file():
        yield str(browser)


def runs(executable: str) -> bool:
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
