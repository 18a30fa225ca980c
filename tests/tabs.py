"""Tabs that visits take turns in: a new one, with a context and a process of its own, takes longer than most visits do.

What is cleared here is all that a visit leaves behind whose test has not got hold of the tab: cookies, storage, history.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from playwright.sync_api import Browser, Error, Page, Route

#: So many wait for another visit, at most, in each time zone.
_FREE: Final = 4


class Tabs:
    """Those of one browser, each in a context of its own."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[Page]] = {}

    def take(self, timezone: str) -> Page:
        """A tab of a visitor who has been nowhere yet."""
        free = self._free.get(timezone)
        return free.pop() if free else self._browser.new_context(timezone_id=timezone).new_page()

    def give_back(self, timezone: str, tab: Page, hosts: Iterable[str]) -> None:
        """Make it such a tab again. Its context may have others, which are closed; these are all hosts they have been on."""
        free = self._free.setdefault(timezone, [])
        try:
            if len(free) < _FREE:
                _clear(tab, hosts)
                free.append(tab)
                return
        except Error:
            # Its page hangs, or has no storage.
            pass
        tab.context.close()


def _clear(tab: Page, hosts: Iterable[str]) -> None:
    context = tab.context
    context.route("**/*", _nothing)
    for other in context.pages:
        if other != tab:
            other.close()
    for host in hosts:
        # The page that is left stores what it has not sent, and so it is left first.
        tab.goto(f"https://{host}/")
        tab.evaluate("localStorage.clear(); sessionStorage.clear(); name = ''")
    context.clear_cookies()
    # Where a new tab begins; to the address that it has already it would not go, but only load that anew.
    tab.goto("about:blank")
    context.unroute_all()
    browser = context.new_cdp_session(tab)
    browser.send("Page.resetNavigationHistory")
    browser.detach()


def _nothing(route: Route) -> None:
    route.fulfill(body="", content_type="text/html")
