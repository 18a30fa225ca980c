"""``freshtap preview`` as a person uses it: the page in a browser, the config in a file, CleverTap's SDK on loopback.

Whatever would leave the machine goes through a proxy that lets nothing through and notes who was asked for.
"""

from __future__ import annotations

import re
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

import sdk as sdks
from freshtap import preview
from freshtap.preview import Preview
from freshtap.preview.server import Answer, Server
from visit import PATIENCE

CONFIG: Final = """name = "shop"

[clevertap]
account_id = "TEST-86K-4Z9-K85Z"
region = "in1"
sdk_url = "SDK"

[[events]]
name = "Product Viewed"

[[events]]
name = "Order Completed"
charged = true
"""


@dataclass
class Workbench:
    """The page, and what stands behind it."""

    page: Page
    preview: Preview
    #: What the browser wanted from elsewhere than this machine.
    left: Sequence[str]
    #: Errors of the page that a person would see on its console.
    errors: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.page.context.on("console", self._note)
        self.page.context.on("request", self._keep)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _keep(self, request: Request) -> None:
        self.requests.append(request)

    def answered_by_worker(self, host: str) -> list[bool]:
        """Of each request to a host: whether the service worker answered it."""
        answers = (request.response() for request in self.requests if urlsplit(request.url).hostname == host)
        return [answer is not None and answer.from_service_worker for answer in answers]

    def tab(self, name: str) -> None:
        """Show one of the four things to do."""
        self.page.get_by_role("tab", name=name).click()

    def fire(self, method: str) -> None:
        """Send a form off as it is filled in."""
        self.tab(method.capitalize())
        self.page.get_by_role("button", name=f"Fire {method}").click()

    def run(self, code: str) -> None:
        """Paste code and run it."""
        self.tab("Code")
        self.page.get_by_label("JavaScript, as a page would run it").fill(code)
        self.page.get_by_role("button", name="Run").click()

    def edit(self, config: str) -> None:
        """Put another config into the editor."""
        self.tab("Config")
        self.page.locator("#config").fill(config)

    def ready(self) -> None:
        """Wait until the SDK is there."""
        self.page.locator("#status[data-state=ready]").wait_for()

    def call(self, what: str, state: str | None = None) -> Locator:
        """The newest call by method and name, once it has come to a state."""
        method, _, name = what.partition(" ")
        heading = self.page.locator("h3", has_text=re.compile(f"^{re.escape(name)}$"))
        named = self.page.locator(f"li.call[data-state={state}]" if state else "li.call")
        found = named.filter(has=heading).filter(has=self.page.locator(f".method[data-method={method}]")).first
        found.wait_for()
        return found

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"waited for {what}"
            self.page.wait_for_timeout(20)


class Opens:
    """Opens workbenches, and closes what it opened."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._file = folder / "freshtap.toml"
        self._closing: list[Callable[[], object]] = []
        self._sdk = Server(0, {"/clevertap.min.js": _sdk()}.get, {})
        self._proxy = _Proxy()
        for server in (self._sdk, self._proxy):
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.sdk = f"{self._sdk.origin}/clevertap.min.js"

    def __call__(self, config: str = CONFIG, *, ready: bool = True, **context: Any) -> Workbench:
        """Open the page on a config, in a browser of its own."""
        running = preview.running(self.file(config))
        served = running.__enter__()
        self._closing.append(lambda: running.__exit__(None, None, None))
        page = self.page(**context)
        workbench = Workbench(page, served, self._proxy.asked)
        page.goto(served.address)
        if ready:
            workbench.ready()
        return workbench

    def file(self, config: str = CONFIG) -> Path:
        """A config that names the SDK's address, as a file."""
        self._file.write_text(config.replace("SDK", self.sdk), encoding="utf-8")
        return self._file

    def page(self, **context: Any) -> Page:
        """An empty page, in a browser of its own."""
        proxy: Any = {"server": self._proxy.address, "bypass": "127.0.0.1"}
        visitor = self._browser.new_context(proxy=proxy, **context)
        self._closing.append(visitor.close)
        visitor.set_default_timeout(PATIENCE * 1000)
        return visitor.new_page()

    def close(self) -> None:
        """End everything, the last first."""
        for close in reversed(self._closing):
            close()
        self._closing.clear()
        self._proxy.asked.clear()

    def end(self) -> None:
        """End the SDK's server and the proxy, too."""
        self.close()
        for server in (self._sdk, self._proxy):
            server.shutdown()
            server.server_close()


@contextmanager
def opening(browser: Browser, folder: Path) -> Iterator[Opens]:
    """What opens workbenches, for as long as it is needed."""
    opens = Opens(browser, folder)
    try:
        yield opens
    finally:
        opens.end()


def _sdk() -> Answer:
    # Other origins load it, as they load CleverTap's.
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
    return Answer(sdks.load(sdks.NEWEST).decode(), "text/javascript", headers=headers)


class _Proxy(socketserver.ThreadingTCPServer):
    """Notes the first line of each request, and answers none."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Refusal)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Refusal(socketserver.StreamRequestHandler):
    server: _Proxy

    def handle(self) -> None:
        self.server.asked.append(self.rfile.readline().decode("latin-1").strip())
