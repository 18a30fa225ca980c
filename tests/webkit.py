"""WebKit, as WebKitGTK has it, in the shape of Playwright's browsers, as far as a visit makes use of that.

Its driver cannot intercept requests and has no clock to turn. So every request goes to a proxy on this machine, which
hands it to the visit's own thread and gives back what that answers; and where a test lets the clock run, time passes. The
proxy's certificate is good for another host: the driver is told to take it. Errors of the page are not seen.

WebKit sends requests on up to six connections at once, and which of them is through first is chance. So a connection takes
one request here, and requests are handed on in the order in which their connections were asked for.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import ssl
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event
from typing import Any, Final

import greenlet
from playwright.sync_api import Error
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from proxy import CERTIFICATE
from web import running

#: How long one command or one page may take.
PATIENCE: Final = 15.0
#: How long a request waits for the one before it: a connection may be asked for and then not used.
GRACE: Final = 1.0


@dataclass(slots=True)
class Frame:
    """Where a request came from, as far as its headers tell."""

    page: Page
    parent_frame: Frame | None = None

    def is_detached(self) -> bool:
        """Nobody can say: a connection that was broken off is found when it is answered."""
        return False


@dataclass(slots=True)
class Request:
    """A request of the browser. Which tab it is of nobody says: that which was driven last."""

    url: str
    resource_type: str
    _frame: Frame | None

    @property
    def frame(self) -> Frame:
        """Where it came from; as with Playwright, of a tab that the page opens there is none yet."""
        if self._frame is None:
            raise Error("there is no frame yet")
        return self._frame

    def is_navigation_request(self) -> bool:
        """Whether it asks for a document."""
        return self.resource_type == "document"


@dataclass(slots=True)
class Route:
    """A request that waits for its answer."""

    request: Request
    answered: Event = field(default_factory=Event)
    answer: bytes = b""
    """Empty: the connection breaks."""

    def fulfill(
        self,
        *,
        status: int = 200,
        body: str | bytes = b"",
        content_type: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer it."""
        content = body.encode() if isinstance(body, str) else body
        lines = {**(headers or {}), "Content-Length": str(len(content)), "Connection": "close"}
        if content_type:
            lines["Content-Type"] = content_type
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.answer = f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + content
        self.answered.set()

    def abort(self) -> None:
        """Break its connection."""
        self.answered.set()


Handler = Callable[[Any, Any], None]


class Clock:
    """Time that passes by itself."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def install(self) -> None:
        """Nothing is to be done."""

    def run_for(self, milliseconds: float) -> None:
        """Let so much time pass."""
        self._page.wait_for_timeout(milliseconds)


class Inner:
    """A frame of a page, by its number."""

    def __init__(self, page: Page, number: int) -> None:
        self._page = page
        self._number = number

    @property
    def url(self) -> str:
        """The address of its document; empty while it is on its way."""
        with suppress(Error):
            return str(self.evaluate("document.URL"))
        return ""

    def evaluate(self, script: str) -> Any:
        """What a JavaScript expression gives there."""
        return self._page.evaluate(script, self._number)


@dataclass(slots=True)
class Popup:
    """The tab that a page has opened, once it is there."""

    value: Any = None


class Page:
    """A tab. One that a page opened counts as that page: their requests cannot be told apart."""

    def __init__(self, context: Context, handle: str, opener: Page | None = None) -> None:
        self.counts_as: object = opener.counts_as if opener else object()
        self.context = context
        self._driver = context.driver
        self._handle = handle
        self._closed = False
        self.clock = Clock(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Page) and self.counts_as is other.counts_as

    def __hash__(self) -> int:
        return hash(self.counts_as)

    def _does(self, command: Callable[[], Any]) -> Any:
        """Have the driver do something in this tab."""

        def here() -> Any:
            if self.context.current is not self:
                self._driver.switch_to.window(self._handle)
                self.context.current = self
            return command()

        return self.context.does(here)

    def is_closed(self) -> bool:
        """Whether it, or the visit, has ended."""
        return self._closed or self.context.closed

    def close(self, **_options: Any) -> None:
        """End it."""
        self.context.keeps_a_tab()
        self._does(self._driver.close)
        self._closed = True
        self.context.current = None

    def goto(self, url: str, **_options: Any) -> None:
        """Open an address, and wait until its document is there."""
        self._does(lambda: self._driver.get(url))
        self.wait_for_url(url)

    def go_back(self, **_options: Any) -> None:
        """Go to the page before."""
        self._does(self._driver.back)

    def wait_for_url(self, url: str, **_options: Any) -> None:
        """Wait until the document of an address is there."""
        self._waits_for(f"document.URL === {json.dumps(url)}", f"{url} was not opened")

    def wait_for_function(self, expression: str) -> None:
        """Wait until a JavaScript expression holds."""
        self._waits_for(f"!!({expression})", f"{expression} did not hold")

    def _waits_for(self, expression: str, failure: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(Error):
                if self.evaluate(expression) is True:
                    return
            self.wait_for_timeout(20)
        raise Error(failure)

    def evaluate(self, script: str, frame: int | None = None) -> Any:
        """What a JavaScript expression gives; a function is called."""
        code = f"const it = ({script}); return typeof it === 'function' ? it() : it;"

        def run() -> Any:
            if frame is None:
                return self._driver.execute_script(code)
            self._driver.switch_to.frame(self._driver.find_elements("css selector", "iframe")[frame])
            try:
                return self._driver.execute_script(code)
            finally:
                self._driver.switch_to.default_content()

        try:
            return self._does(run)
        except WebDriverException as error:
            raise Error(f"context was destroyed, or: {error.msg}") from error

    @property
    def frames(self) -> list[Inner]:
        """The frames in it, without itself."""
        return [Inner(self, number) for number in range(self.evaluate("frames.length"))]

    @contextmanager
    def expect_popup(self) -> Iterator[Popup]:
        """Find the tab that the page opens meanwhile."""
        popup = Popup()
        with self.context.expects_popup() as handles:
            yield popup
            deadline = time.monotonic() + PATIENCE
            while not (opened := self.context.handles() - handles):
                if time.monotonic() > deadline:
                    raise Error("no tab was opened")
                self.wait_for_timeout(20)
        popup.value = Page(self.context, opened.pop(), self)

    @contextmanager
    def expect_event(self, _event: str) -> Iterator[None]:
        """What the driver does it has done when it says so."""
        yield

    def wait_for_timeout(self, milliseconds: float) -> None:
        """Answer requests for so long."""
        self.context.waits(time.monotonic() + milliseconds / 1000)

    def route(self, url: str, handler: Callable[[Any], None]) -> None:
        """Have one address answered by another handler."""
        self.context.routes[url] = handler

    def unroute(self, url: str) -> None:
        """As before."""
        del self.context.routes[url]

    def on(self, _event: str, _listener: object) -> None:
        """Nothing is heard."""


class Context:
    """One visitor: a session of the driver has cookies and storage of its own."""

    def __init__(self, program: str, display: str, timezone: str) -> None:
        self._ends = ExitStack()
        self._waiting: queue.Queue[Route] = queue.Queue()
        self._handler: Handler | None = None
        # As with Playwright, an answer that waits for something holds up neither the test nor the others.
        self._visit = greenlet.getcurrent()
        self._paused: dict[greenlet.greenlet, float] = {}
        self.routes: dict[str, Callable[[Any], None]] = {}
        server = self._ends.enter_context(running(self._proxy()))
        address = f"127.0.0.1:{server.server_address[1]}"
        options = Options()
        options.binary_location = program
        options.add_argument("--automation")
        options.add_argument("--javascript-can-open-windows-automatically=true")
        options.page_load_strategy = "none"
        options.set_capability("acceptInsecureCerts", True)
        options.add_argument(f"--proxy=http://{address}")
        options.add_argument("--ignore-tls-errors")
        environment = {**os.environ, "DISPLAY": display, "TZ": timezone}
        self._thread = self._ends.enter_context(ThreadPoolExecutor(1))
        self.driver = self._begins(options, environment)
        self.closed = False
        self.current: Page | None = None
        self._first = Page(self, self.driver.current_window_handle)
        self._unused: Page | None = self._first
        self._opening = False

    def _begins(self, options: Options, environment: Mapping[str, str]) -> webdriver.WebKitGTK:
        """A session. Now and then one does not come about, and the driver would wait for it for ever."""

        def begin() -> webdriver.WebKitGTK:
            with warnings.catch_warnings():
                # Of selenium, about its own call.
                warnings.simplefilter("ignore", DeprecationWarning)
                return webdriver.WebKitGTK(options=options, service=self._service)

        for _ in range(3):
            self._service = Service(shutil.which("WebKitWebDriver"), env=environment)
            begun = self._thread.submit(begin)
            wait([begun], PATIENCE)
            if not begun.done():
                self._service.process.kill()
            if not begun.exception():
                return begun.result()
        raise Error("WebKit's driver begins no session")

    def set_default_timeout(self, _milliseconds: float) -> None:
        """It has its own."""

    def on(self, _event: str, _listener: object) -> None:
        """Nothing is heard."""

    def route(self, _pattern: str, handler: Handler) -> None:
        """Have every request answered."""
        self._handler = handler

    def new_page(self) -> Page:
        """Another tab."""
        page = self._unused or self._opened()
        self._unused = None
        return page

    def keeps_a_tab(self) -> None:
        """Have one more: with its last tab a session ends."""
        if len(self.handles()) == 1:
            self._unused = self._opened()

    def _opened(self) -> Page:
        self.does(lambda: self.driver.switch_to.new_window("tab"))
        self.current = page = Page(self, self.driver.current_window_handle)
        return page

    def handles(self) -> set[str]:
        """All tabs that are there."""
        return set(self.does(lambda: self.driver.window_handles))

    @contextmanager
    def expects_popup(self) -> Iterator[set[str]]:
        """A tab is opened meanwhile: the documents that are asked for are of that one. Gives the tabs that were there."""
        self._opening = True
        try:
            yield self.handles()
        finally:
            self._opening = False

    def clear_cookies(self) -> None:
        """Those of the page."""
        self.does(self.driver.delete_all_cookies)

    def close(self) -> None:
        """End the session; what still waits is broken off."""
        self.closed = True
        self._handler = None
        ended = self._thread.submit(self.driver.quit)
        deadline = time.monotonic() + PATIENCE
        while not ended.done() and time.monotonic() < deadline:
            self.answers(0.005)
        if not ended.done():
            self._service.process.kill()
        self._ends.close()

    def does(self, command: Callable[[], Any]) -> Any:
        """Have the driver do something, and answer the browser's requests meanwhile."""
        done: Future[Any] = self._thread.submit(command)
        while not done.done():
            self.answers(0.005)
        return done.result()

    def waits(self, until: float) -> None:
        """Answer requests until then; within an answer, let everything else go on until then."""
        current = greenlet.getcurrent()
        if current is self._visit:
            while (left := until - time.monotonic()) > 0:
                self.answers(left)
        else:
            self._paused[current] = until
            self._visit.switch()

    def answers(self, seconds: float) -> None:
        """Go on with the answers that are due, and begin with the next request that comes within some time."""
        for paused, until in list(self._paused.items()):
            if until <= time.monotonic():
                del self._paused[paused]
                paused.switch()
        try:
            route = self._waiting.get(timeout=min(seconds, 0.02))
        except queue.Empty:
            return
        greenlet.greenlet(self._answer).switch(route)

    def _answer(self, route: Route) -> None:
        own = self.routes.get(route.request.url)
        if own:
            own(route)
        elif self._handler:
            self._handler(route, route.request)
        else:
            route.abort()

    def _proxy(self) -> ThreadingTCPServer:
        secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        secure.load_cert_chain(CERTIFICATE)
        context = self

        class Connection(StreamRequestHandler):
            server: Server

            def handle(self) -> None:
                before, begun = self.server.places.pop(self.client_address)
                try:
                    self._serve(before, begun)
                finally:
                    begun.set()

            def _serve(self, before: Event, begun: Event) -> None:
                line, _ = _head(self.rfile.readline)
                method, _, rest = line.partition(" ")
                if method != "CONNECT":
                    return
                host = rest.partition(":")[0]
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                self.wfile.flush()
                with (
                    suppress(OSError),
                    secure.wrap_socket(self.connection, server_side=True) as through,
                    through.makefile("rb") as lines,
                ):
                    request = _head(lines.readline)
                    if request[0]:
                        before.wait(GRACE)
                        route = context.hands_on(host, *request)
                        begun.set()
                        through.sendall(context.answer_to(route))

        class Server(ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False
            # By the client's address: when the connection before has its request, and when this one has.
            places: dict[Any, tuple[Event, Event]]
            last: Event

            def process_request(self, request: Any, client_address: Any) -> None:
                begun = Event()
                self.places[client_address] = self.last, begun
                self.last = begun
                super().process_request(request, client_address)

        server = Server(("127.0.0.1", 0), Connection)
        server.places, server.last = {}, Event()
        server.last.set()
        return server

    def hands_on(self, host: str, line: str, headers: Mapping[str, str]) -> Route:
        """Hand a request to the visit's thread."""
        kind = headers.get("sec-fetch-dest", "")
        frame: Frame | None = Frame(self.current or self._first)
        if kind == "iframe":
            frame = Frame(self.current or self._first, frame)
        elif kind == "document" and self._opening:
            frame = None
        type_of = {"document": "document", "iframe": "document", "empty": "fetch"}.get(kind, kind)
        route = Route(Request(f"https://{host}{line.split(' ')[1]}", type_of, frame))
        self._waiting.put(route)
        return route

    def answer_to(self, route: Route) -> bytes:
        """Wait for what the visit's thread says; nothing: the connection breaks."""
        while not route.answered.wait(0.1):
            if self.closed:
                return b""
        return route.answer


class Browser:
    """Starts sessions, on a screen that nobody sees."""

    def __init__(self, program: str) -> None:
        self._program = program
        reading, writing = os.pipe()
        self._screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp"],  # noqa: S607 - found where the system has it
            pass_fds=(writing,),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as pipe:
            self._display = f":{pipe.readline().strip()}"

    def new_context(self, *, timezone_id: str) -> Context:
        """A visitor."""
        return Context(self._program, self._display, timezone_id)

    def close(self) -> None:
        """Take the screen away."""
        self._screen.terminate()
        self._screen.wait()


def _head(readline: Callable[[], bytes]) -> tuple[str, dict[str, str]]:
    """A request's first line, and its headers; empty at the end of the connection."""
    first = readline().decode("latin-1").strip()
    headers: dict[str, str] = {}
    while line := readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return first, headers
