"""A web server on this machine: pages, scripts and CleverTap's real SDK, served as a test wants them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Thread
from typing import Final

import sdk as sdks

SCRIPT: Final = "text/javascript; charset=utf-8"
PAGE: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class File:
    """What is served under one path."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass(slots=True)
class Web:
    """Serves ``files`` by path, on two hosts that are strangers to each other. ``asked`` has every path asked for."""

    port: int
    files: dict[str, File] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def site(self) -> str:
        """Where the pages are."""
        return f"http://localhost:{self.port}"

    @property
    def static(self) -> str:
        """Another origin, for scripts."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sdk(self) -> str:
        """Where CleverTap's SDK is."""
        return f"{self.static}/ct.js"

    def start_over(self) -> None:
        """Serve nothing but the SDK."""
        self.files.clear()
        self.asked.clear()
        self.files["/ct.js"] = File(sdks.load(sdks.NEWEST), {"Content-Type": SCRIPT})

    def page(self, path: str, html: str, headers: Mapping[str, str] | None = None, status: int = 200) -> str:
        """Serve a page and give back its address."""
        self.files[path] = File(html.encode(), {"Content-Type": PAGE, **(headers or {})}, status)
        return self.site + path


@contextmanager
def serving() -> Iterator[Web]:
    """A server that runs meanwhile."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            web.asked.append(path)
            file = web.files.get(path, File(b"There is no such file.", {"Content-Type": "text/plain"}, 404))
            self.send_response(file.status)
            for name, value in file.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(file.body)))
            self.end_headers()
            self.wfile.write(file.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the standard library
            pass

    with running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        web = Web(server.server_address[1])
        yield web


@contextmanager
def running(server: TCPServer) -> Iterator[TCPServer]:
    """A server that answers meanwhile."""
    with server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
