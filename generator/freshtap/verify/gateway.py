"""What a page asks for passes here: it is answered in CleverTap's place, from a folder, or by whoever else has it.

CleverTap's servers are played by the collector: what the page sends them never leaves this machine, unless ``live``.
CleverTap's SDK, and everything else on the page, comes from where it always comes from.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Error, Request, Route

from freshtap import artifacts, collector
from freshtap.artifacts import Options
from freshtap.clevertap import COLLECTOR_DOMAINS
from freshtap.collector import Collector, UndecodableError, decode
from freshtap.config import addresses
from freshtap.config.site import Site
from freshtap.verify import pages

#: The device id in CleverTap's answer, by script or by fetch.
_DEVICE = re.compile(r'\$WZRK_WR\.s\("([^"]+)"|"g":"([^"]+)"')


class Gateway:
    """Answers the requests of one context, whose page is at ``address`` or in a folder.

    ``inject`` puts the site's tag into the page; ``heard`` is called whenever something is sent to CleverTap.
    """

    def __init__(
        self,
        site: Site,
        context: BrowserContext,
        heard: Callable[[], None],
        *,
        address: str,
        folder: pages.Folder | None,
        inject: bool,
        live: bool,
    ) -> None:
        self._site = site
        self._context = context
        self._heard = heard
        self._address = address
        self._folder = folder
        self._inject = inject
        self._live = live
        self._collector = Collector()
        self._line: list[Request] = []
        self._made = artifacts.make(site, Options(base_url="/")) if inject else None

    @property
    def requests(self) -> Sequence[collector.Request]:
        """What CleverTap has been sent."""
        return self._collector.requests

    def route(self, route: Route, request: Request) -> None:
        """Answers one request, or lets it pass."""
        try:
            self._answer(route, request)
        except Error:
            # The page is gone, or its server is: the browser finds out by itself.
            with contextlib.suppress(Error):
                route.abort()

    def is_clevertap(self, url: str) -> bool:
        """Whether it is a request to CleverTap's servers, or to a proxy in front of them: by host, or by its shape."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if any(host == domain or host.endswith(f".{domain}") for domain in COLLECTOR_DOMAINS):
            return True
        if host == self._site.collector_host and host != urlsplit(self._address).hostname:
            return not addresses.same_file(url, self._site.clevertap.sdk_url)
        return parts.path.endswith("/a") and {"d", "t", "rn"} <= parse_qs(parts.query).keys()

    def injected(self, url: str) -> bytes | None:
        """The script of a tag that was put in, which lies on no server."""
        path = urlsplit(url).path.removeprefix("/")
        return self._made.files[path] if self._made and path == self._made.entry["script"] else None

    def _answer(self, route: Route, request: Request) -> None:
        if self.is_clevertap(request.url):
            self._collect(route, request)
            return
        injected = self.injected(request.url)
        if injected is not None:
            route.fulfill(body=injected, content_type="text/javascript; charset=utf-8")
        elif self._folder and request.url.startswith(pages.ORIGIN + "/"):
            answer = self._folder.answer(request.url)
            body = self._tagged(answer.body) if self._is_page(request) else answer.body
            route.fulfill(status=answer.status, headers=dict(answer.headers), body=body)
        elif self._inject and self._is_page(request):
            response = route.fetch(max_redirects=0)
            # What it was compressed with no longer holds.
            dropped = ("content-encoding", "content-length")
            headers = {name: value for name, value in response.headers.items() if name not in dropped}
            route.fulfill(status=response.status, headers=headers, body=self._tagged(response.body()))
        else:
            route.continue_()

    def _is_page(self, request: Request) -> bool:
        return request.is_navigation_request() and request.frame.parent_frame is None

    def _tagged(self, html: bytes) -> bytes:
        if self._made is None or pages.carries_tag(html):
            return html
        return pages.with_tag(html, self._made.files[self._made.entry["snippet"]].decode())

    def _collect(self, route: Route, request: Request) -> None:
        self._heard()
        if self._live:
            with self._in_turn(request):
                response = route.fetch()
                if response.ok:
                    self._learn(request.url, response.text())
                    self._collector.answer(request.url)
            route.fulfill(response=response)
            return
        reply = self._collector.answer(request.url, fetch=request.resource_type == "fetch")
        route.fulfill(
            status=reply.status, body=reply.body, headers={"content-type": reply.content_type, **reply.headers}
        )

    @contextlib.contextmanager
    def _in_turn(self, request: Request) -> Iterator[None]:
        """Lets requests go in the order in which the page makes them, as far as CleverTap is concerned."""
        self._line.append(request)
        try:
            while self._line[0] is not request:
                self._context.pages[0].wait_for_timeout(10)
            yield
        finally:
            self._line.remove(request)

    def _learn(self, url: str, answer: str) -> None:
        """Lets the collector know which device id CleverTap itself has given to a person."""
        found = _DEVICE.search(answer)
        try:
            payload = decode(parse_qs(urlsplit(url).query)["d"][0])
        except (KeyError, UndecodableError):
            return
        profile = payload.get("profile")
        if found and isinstance(profile, dict) and payload.get("isOUL"):
            who = next((str(profile[name]) for name in ("Identity", "Email") if profile.get(name)), "")
            if who:
                self._collector.knows(who, found[1] or found[2])
