"""The browsers' engines that the tests run in, and how each is found and started.

Chromium is found or installed, see ``browser.py``. The others are used where they are there.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
from pathlib import Path
from typing import Final, Literal, get_args

from playwright.sync_api import Browser, Playwright

import browser as chromium
from freshtap.verify import browsers

Engine = Literal["chromium", "firefox", "webkit"]

ENGINES: Final[tuple[Engine, ...]] = get_args(Engine)
#: Names the executable, as ``FRESHTAP_BROWSER`` does Chromium's.
FIREFOX_VARIABLE: Final = "FRESHTAP_FIREFOX"
FIREFOX_NAMES: Final = ("firefox-esr", "firefox")


@functools.cache
def find(engine: Engine) -> str | None:
    """The path of what runs the engine; None where it is not there."""
    if engine == "chromium":
        return chromium.find_shell()
    if engine == "firefox":
        return next(filter(None, map(shutil.which, (os.environ.get(FIREFOX_VARIABLE, ""), *FIREFOX_NAMES))), None)
    return _minibrowser()


def _minibrowser() -> str | None:
    """WebKitGTK's own browser, where all that drives it is there too."""
    if not all(map(shutil.which, ("WebKitWebDriver", "Xvfb"))):
        return None
    return next(map(str, sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))), None)


def usual() -> list[Engine]:
    """The engines that are on this machine."""
    return [engine for engine in ENGINES if find(engine)]


def start_chromium(playwright: Playwright, path: str) -> Browser:
    """Start Chromium as its users have it."""
    return playwright.chromium.launch(
        executable_path=path,
        args=(*browsers.ARGUMENTS, "--blink-settings=imagesEnabled=false"),
        # Playwright turns it off; visitors have it.
        ignore_default_args=["--disable-back-forward-cache"],
    )


def start_firefox(playwright: Playwright, path: str) -> Browser:
    """Start the Firefox of the system, which Playwright drives by WebDriver BiDi."""
    return playwright.firefox.launch(channel="moz-firefox", executable_path=path)


#: What an engine says in its console on its own account, and what its driver reports as an error of the page. Firefox
#: mentions each cookie that is tried on a domain that takes none (so do CleverTap's SDK and the bridge find the widest), and
#: the icon that it asked for by itself, where a page's policy forbids it.
REMARKS: Final[dict[Engine, re.Pattern[str]]] = {
    "chromium": re.compile(r"(?!)"),
    "firefox": re.compile(r"Cookie “.*” has been rejected for invalid domain\.|.*blocked .*/favicon\.ico because"),
    "webkit": re.compile(r"(?!)"),
}
