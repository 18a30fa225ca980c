"""A visitor's browser with everything around it: the site's pages, the bridge, CleverTap's SDK and servers.

Nothing leaves the machine: every request is answered here, on real-looking https hosts. See ``conftest.py`` for how
tests use it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Cookie, Error, Page, Request, Route, WebError

from freshtap.collector import Call
from freshtap.collector import Request as Sent
from sites import Built
from unreliable import Unreliable

Part = Literal["page", "bridge", "sdk", "collector"]
Until = Literal["commit", "bridge", "sdk", "device"]

#: How long anything may take before a test gives up on it; only a failing test ever waits so long.
PATIENCE: Final = 15.0
#: How long CleverTap must have been left alone for the visit to count as settled. Longer than the bridge's own polling.
QUIET: Final = 0.3

SITE: Final = "www.site.test"
SITE_HOSTS: Final = re.compile(r"(^|\.)site\.test$")
SDK_HOSTS: Final = frozenset({"d2r1yp2w7bby2u.cloudfront.net", "sdk.site.test"})
COLLECTOR_HOSTS: Final = re.compile(r"(^|\.)(clevertap-prod\.com|wzrkt\.com|collect\.test)$")

_STATES: Final[dict[Until, str]] = {
    "commit": "true",
    "bridge": "window.bridgeIsReady",
    "sdk": "typeof clevertap === 'object' && typeof clevertap.getCleverTapID === 'function'",
    "device": "typeof clevertap === 'object' && !!(clevertap.getCleverTapID && clevertap.getCleverTapID())",
}
#: The SDK has its device id, or was made to forget it and asks for another with the next request only.
_AT_REST: Final = "clevertap.getCleverTapID() || /clear/.test(localStorage.WZRK_META)"
#: The browser's own report of a failed request; the rest are the page's.
_LOAD_ERROR: Final = "Failed to load resource"
#: The SDK's remarks on events and purchases that are larger than its newest limits, and that it sends all the same.
_REMARKS: Final = re.compile(r"^CleverTap \[\d+\]: CleverTap error: (522|544):")


#: A call in a page's JavaScript, as far as its first argument tells which it is.
_CALL: Final = re.compile(r"""\b(?:freshpaint|clevertap)\.(identify|track|event\.push)\(\s*(?:(['"])(.*?)\2)?(\)?)""")


class NotSettledError(AssertionError):
    """What a test waited for did not come."""


@dataclass(frozen=True, slots=True)
class Made:
    """A call that a page was given to make: ``page`` counts the visit's pages."""

    page: int
    name: str | None
    """The event's; None: an identify."""
    identity: str | None = None
    """Whom it identified, where the call says so by a text."""

    def is_of(self, request: Sent) -> bool:
        """Whether this is how it arrives."""
        if self.name is not None:
            return request.name == self.name
        return request.kind == "profile" and self.identity in (None, request.data.get("Identity"))


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call that reached CleverTap, and from which of the visit's pages."""

    page: int
    request: Sent


@dataclass(slots=True)
class Gate:
    """Holds back the answers to one kind of request until it is opened."""

    part: Part
    is_open: bool = False
    waiting: int = 0

    def open(self) -> None:
        """Let through what waits, and whatever comes later."""
        self.is_open = True


@dataclass
class Visit:
    """One visitor: cookies, storage and tabs of their own; what CleverTap received from them."""

    _last: Page
    site: Built | None
    sdk: bytes
    #: What its engine says without any fault of the page's.
    remarks: re.Pattern[str] = re.compile(r"(?!)")
    #: Takes the tab for another visit, where it can be made as it was after having been on these hosts.
    give_back: Callable[[Page, Iterable[str]], None] | None = None
    collector: Unreliable = field(default_factory=Unreliable)
    console_errors: list[str] = field(default_factory=list)
    page_errors: list[str] = field(default_factory=list)
    #: Requests to hosts that neither the site nor CleverTap has.
    strays: list[str] = field(default_factory=list)
    #: How often each part was asked for.
    loads: dict[Part, int] = field(default_factory=lambda: {"page": 0, "bridge": 0, "sdk": 0, "collector": 0})
    #: What the pages were given to call, by `open`, `run` and `notes`; what of it arrived, and from which page.
    made: list[Made] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    #: A test that provokes errors says so.
    errors_expected: bool = False
    #: A test that makes the SDK file a request under somebody else says so.
    moved_repeats_expected: bool = False
    _pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    _gates: list[Gate] = field(default_factory=list)
    _blocked: set[Part] = field(default_factory=set)
    _delays: dict[Part, float] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)
    _identified: str = ""
    _documents: dict[Page, int] = field(default_factory=dict)
    _in_flight: int = 0
    _last_traffic: float = field(default_factory=time.monotonic)
    _closing: bool = False
    _hosts: set[str] = field(default_factory=set)
    #: Whether the tab may keep something that is neither cookie nor storage.
    _leaves_traces: bool = False

    def __post_init__(self) -> None:
        self._context = self._last.context
        self._context.set_default_timeout(PATIENCE * 1000)
        self._context.on("console", self._note_console)
        self._context.on("weberror", self._note_error)
        self._context.route("**/*", self._serve)

    # -- what a visitor does -----------------------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The tab opened last, for whatever a test does with it: its clock, routes, listeners."""
        self._leaves_traces = True
        return self._tab

    @property
    def tab(self) -> Page:
        """The same, to run JavaScript in it, and for nothing else."""
        return self._tab

    @property
    def context(self) -> BrowserContext:
        """What the tabs share, likewise."""
        self._leaves_traces = True
        return self._context

    @property
    def cookies(self) -> Sequence[Cookie]:
        """All that the browser has, of any host."""
        return self._context.cookies()

    @property
    def _tab(self) -> Page:
        if self._last.is_closed():
            self._last = self._context.new_page()
        return self._last

    def open(
        self,
        path: str = "/",
        *,
        host: str = SITE,
        script: str = "",
        before: str = "",
        head: str = "",
        body: str = "",
        headers: dict[str, str] | None = None,
        until: Until = "device",
        new_tab: bool = False,
    ) -> None:
        """Load a page that carries the site's tag and wait until it has come as far as ``until``.

        ``before`` is HTML in front of the tag; ``script`` is JavaScript right behind it, run before the bridge is
        there; ``head`` and ``body`` are HTML behind that.
        """
        url = f"https://{host}{path}"
        tag = self.site.tag if self.site else ""
        inline = f"<script>{script}</script>" if script else ""
        content = f"<head><meta charset=utf-8>{before}{tag}{inline}{head}</head><body>{body}</body>"
        self._pages[url] = f"<!doctype html><html>{content}</html>", headers or {}
        if new_tab:
            self._last = self._context.new_page()
        self._tab.goto(url, wait_until="commit")
        self.notes(before + tag + script + head + body)
        self.reaches(until)

    def change_tab(self) -> None:
        """Go elsewhere in this tab, and on in a new one."""
        # Not closed at once: of a tab that has just begun to load, headless Chromium then takes nothing more to store.
        self._tab.goto("about:blank")
        left, self._last = self._tab, self._context.new_page()
        left.close()

    def run(self, script: str, tab: Page | None = None) -> Any:
        """Run JavaScript in the page as the site would, and give back what it returns."""
        self.notes(script, tab)
        return (tab or self._tab).evaluate(f"() => {{ {script} }}")

    def notes(self, script: str, tab: Page | None = None, *, times: int = 1) -> None:
        """Remember the calls in a script that a page runs now: ``times``, where it runs them in a loop.

        An identify that repeats the one before, and has nothing but the id, is that same call: it is sent once.
        """
        page = self._documents.get(tab or self._tab, 0)
        for method, _, text, ends in _CALL.findall(script) * times:
            if method != "identify":
                self.made.append(Made(page, text))
            elif not (ends and text and text == self._identified):
                self.made.append(Made(page, None, text or None))
            if method == "identify":
                self._identified = text

    # -- waiting -----------------------------------------------------------------------------------------------------

    def reaches(self, state: Until) -> None:
        """Wait until the page has come so far: the bridge ran, the SDK ran, the SDK has its device id."""
        if state == "bridge":
            self.run("freshpaint.ready(function () { window.bridgeIsReady = true; })")
        if state != "commit":
            self.until_page(_STATES[state], f"the page to reach {state!r}")

    def until_page(self, expression: str, what: str) -> None:
        """Wait until a JavaScript expression holds in the page."""

        def holds() -> bool:
            try:
                return self._tab.evaluate(f"() => !!({expression})") is True
            except Error as error:
                if "context was destroyed" in str(error) or "navigat" in str(error):
                    return False
                raise

        self.until(holds, what)

    def until(self, condition: Callable[[], bool], what: str, *, patience: float = PATIENCE) -> None:
        """Wait until a condition holds, for as long as ``patience``."""
        deadline = time.monotonic() + patience
        pause = 0.02
        while not condition():
            if time.monotonic() > deadline:
                raise NotSettledError(f"waited {patience:g} s for {what}; {self.report()}")
            self.lets_pass(pause)
            # What does not come soon is not asked for so often: each time costs the page, the browser and its driver.
            pause = min(pause * 1.5, 0.1)

    def arrives(self, calls: int) -> list[Call]:
        """Wait until CleverTap has so many of the page's calls, and give them back once the visit has settled."""
        self.until(lambda: len(self.collector.calls()) >= calls, f"{calls} calls to arrive")
        self.settled()
        return self.collector.calls()

    def settled(self) -> list[Call]:
        """Wait until nothing is under way any more: the SDK is at rest, all is answered, CleverTap is left alone.

        Gives back what CleverTap received.
        """
        if "sdk" not in self._blocked and "collector" not in self._blocked:
            self.reaches("sdk")
            self.until_page(_AT_REST, "the SDK to have its device id")
        self.left_alone()
        return self.collector.calls()

    def left_alone(self) -> None:
        """Wait until CleverTap's servers have answered all there is, and nothing more comes."""
        self._is_left_alone(QUIET)
        self._is_left_alone(QUIET + 5 * self._slowness())

    def _is_left_alone(self, seconds: float) -> None:
        deadline = time.monotonic() + PATIENCE
        while (remains := self._last_traffic + seconds - time.monotonic()) > 0 or self._in_flight:
            if time.monotonic() > deadline:
                raise NotSettledError(f"CleverTap's servers were not left alone for {PATIENCE:g} s; {self.report()}")
            self.lets_pass(max(remains, 0.02))

    def _slowness(self) -> float:
        """How long the page takes to answer at all, in seconds: on a busy machine, silence says less."""
        asked = time.monotonic()
        try:
            self._tab.evaluate("1")
        except Error:
            return 0.0
        return time.monotonic() - asked

    def stays_quiet(self, seconds: float = 0.5) -> None:
        """Give the page a fixed time and fail where any of its calls reaches CleverTap meanwhile."""
        had = self.collector.calls()
        self.lets_pass(seconds)
        came = self.collector.calls()[len(had) :]
        assert not came, f"nothing was to arrive, but: {came}"

    def lets_pass(self, seconds: float) -> None:
        """Let the page, its requests and their answers go on for so long."""
        self._tab.wait_for_timeout(seconds * 1000)

    def report(self) -> str:
        """What a person needs to see where a wait fails."""
        return (
            f"loads {self.loads}, under way {self._in_flight}, "
            f"held {[gate.part for gate in self._gates if gate.waiting]}, "
            f"calls {self.collector.calls()[-12:]}, console {self.console_errors}, errors {self.page_errors}"
        )

    # -- faults ------------------------------------------------------------------------------------------------------

    def hold(self, part: Part) -> Gate:
        """Keep back the answers to one kind of request until the gate is opened."""
        gate = Gate(part)
        self._gates.append(gate)
        return gate

    def block(self, *parts: Part) -> None:
        """Break every request of these kinds, as a script blocker does."""
        self._blocked.update(parts)

    def slow(self, seconds: float, *parts: Part) -> None:
        """Answer every request of these kinds that much later."""
        self._delays.update(dict.fromkeys(parts, seconds))

    def is_blocked(self, part: Part) -> bool:
        """Whether requests of a kind are broken now."""
        return part in self._blocked

    def unblock(self, *parts: Part) -> None:
        """Let these requests through again."""
        self._blocked.difference_update(parts)

    # -- ending ------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """End the visit, whatever is still under way; what is asked for meanwhile is still answered here."""
        if self._closing:
            return
        self._closing = True
        if self.give_back and not self._leaves_traces and self._hosts:
            self._context.remove_listener("console", self._note_console)
            self._context.remove_listener("weberror", self._note_error)
            self.give_back(self._tab, self._hosts)
        else:
            self._context.close()

    def assert_clean(self) -> None:
        """Fail on anything that no page may suffer from the bridge."""
        # What the SDK asks for itself on a fresh device names nobody: it is the same, letter for letter, as what it asks
        # for on the next fresh device within that second.
        moved = [repeat for repeat in self.collector.repeats if repeat.moved and not repeat.first.sdk_traffic]
        found: dict[str, Sequence[object]] = {
            "uncaught errors": [] if self.errors_expected else self.page_errors,
            "console errors": [] if self.errors_expected else self.console_errors,
            "requests to strange hosts": self.strays,
            "requests that CleverTap cannot decode": self.collector.undecodable,
            "requests sent again under somebody else": [] if self.moved_repeats_expected else moved,
        }
        assert not any(found.values()), {what: those for what, those in found.items() if those}

    # -- answering the browser ---------------------------------------------------------------------------------------

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type != "error" or self._closing:
            return
        provoked = message.text.startswith(_LOAD_ERROR) and message.location.get("url") in self._failed
        if not provoked and not _REMARKS.match(message.text) and not self.remarks.match(message.text):
            self.console_errors.append(message.text)

    def _note_error(self, error: WebError) -> None:
        if not self._closing and not self.remarks.match(str(error.error)):
            self.page_errors.append(str(error.error))

    def _serve(self, route: Route, request: Request) -> None:
        part = self._part(request)
        if part is None:
            self.strays.append(request.url)
            self._abort(route, request)
            return
        self.loads[part] += 1
        if part == "page":
            self._hosts.add(urlsplit(request.url).hostname or "")
            if request.is_navigation_request():
                # Of a tab that the page opens there is no frame yet.
                with suppress(Error):
                    if request.frame.parent_frame:
                        # What it stores may be apart from what its host stores in a tab.
                        self._leaves_traces = True
                    else:
                        self._documents[request.frame.page] = self.loads["page"]
        with self._under_way(part):
            self._pass_gates(part)
            if part in self._delays:
                self._pause(self._delays[part])
            try:
                self._answer(part, route, request)
            except Error:
                # The page that asked is gone.
                if not self._closing and not self._is_gone(request):
                    raise

    def _part(self, request: Request) -> Part | None:
        address = urlsplit(request.url)
        host = address.hostname or ""
        if host in SDK_HOSTS:
            return "sdk"
        if COLLECTOR_HOSTS.search(host):
            return "collector"
        if self.site and request.url in self.site.files:
            return "bridge"
        return "page" if SITE_HOSTS.search(host) else None

    @contextmanager
    def _under_way(self, part: Part) -> Iterator[None]:
        if part != "collector":
            yield
            return
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1
            self._last_traffic = time.monotonic()

    def _pass_gates(self, part: Part) -> None:
        for gate in [gate for gate in self._gates if gate.part == part]:
            gate.waiting += 1
            while not gate.is_open and not self._closing:
                self._pause(0.01)
            gate.waiting -= 1

    def _pause(self, seconds: float) -> None:
        """Wait inside a request's handler while everything else goes on."""
        if not self._closing:
            page = self._tab
            try:
                page.wait_for_timeout(seconds * 1000)
            except Error as error:
                if not self._closing and not page.is_closed() and "has been closed" not in str(error):
                    raise

    def _answer(self, part: Part, route: Route, request: Request) -> None:
        if part in self._blocked:
            self._abort(route, request)
        elif part == "collector":
            self._collect(route, request)
        elif part == "sdk":
            route.fulfill(body=self.sdk, content_type="text/javascript", headers={"Access-Control-Allow-Origin": "*"})
        elif part == "bridge":
            assert self.site is not None
            route.fulfill(
                body=self.site.files[request.url],
                content_type="text/javascript; charset=utf-8",
                headers={"Access-Control-Allow-Origin": "*"},
            )
        elif request.resource_type != "document":
            route.fulfill(status=204)
        else:
            plain = f"<!doctype html><meta charset=utf-8>{self.site.tag if self.site else ''}"
            html, headers = self._pages.get(request.url.partition("#")[0], (plain, {}))
            route.fulfill(body=html, headers={"content-type": "text/html; charset=utf-8", **headers})

    def _collect(self, route: Route, request: Request) -> None:
        had = len(self.collector.requests)
        reply = self.collector.answer(request.url, fetch=request.resource_type == "fetch")
        page = self._documents.get(request.frame.page, 0)
        self.arrivals += [Arrival(page, it) for it in self.collector.requests[had:] if not it.sdk_traffic]
        if reply.delay:
            self._pause(reply.delay)
        if reply.outcome == "hang":
            return
        if reply.outcome == "abort":
            self._abort(route, request)
            return
        if reply.status >= 400:
            self._failed.add(request.url)
        route.fulfill(
            status=reply.status,
            body=reply.body,
            headers={"content-type": reply.content_type, **reply.headers},
        )

    def _abort(self, route: Route, request: Request) -> None:
        self._failed.add(request.url)
        route.abort()

    @staticmethod
    def _is_gone(request: Request) -> bool:
        try:
            return request.frame.is_detached() or request.frame.page.is_closed()
        except Error:
            return True
