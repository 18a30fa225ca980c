"""Everything beyond this machine, played by a proxy: it notes the hosts that are asked for, and is CleverTap itself.

Its key and certificate, for ``*.clevertap-prod.com``, are good for nothing else.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Lock
from typing import Final

from freshtap.collector import Collector
from web import running

CERTIFICATE: Final = Path(__file__).parent / "stand_in.pem"


@dataclass(slots=True)
class StandIn:
    """``asked`` has every host that a connection was wanted to. ``refuses``: no connection is made."""

    port: int
    collector: Collector = field(default_factory=Collector)
    asked: list[str] = field(default_factory=list)
    refuses: bool = False

    def start_over(self) -> None:
        """Forget everything, and refuse nothing."""
        self.collector, self.refuses = Collector(), False
        self.asked.clear()


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """A proxy that runs meanwhile."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    lock = Lock()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            host = _request(self.rfile.readline).partition(" ")[0].partition(":")[0]
            stand_in.asked.append(host)
            if stand_in.refuses or not host.endswith(".clevertap-prod.com"):
                self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
                return
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            self.wfile.flush()
            with suppress(OSError), context.wrap_socket(self.connection, server_side=True) as secure:
                self._serve(secure, host)

        def _serve(self, secure: socket.socket, host: str) -> None:
            with secure.makefile("rb") as lines:
                while path := _request(lines.readline).partition(" ")[0]:
                    with lock:
                        reply = stand_in.collector.answer(f"https://{host}{path}")
                    body = reply.body.encode()
                    head = f"HTTP/1.1 {reply.status} OK\r\nContent-Type: {reply.content_type}\r\n"
                    secure.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    class Server(ThreadingTCPServer):
        daemon_threads = True

    with running(Server(("127.0.0.1", 0), Handler)) as server:
        stand_in = StandIn(server.server_address[1])
        yield stand_in


def _request(readline: Callable[[], bytes]) -> str:
    """The target of a request, and what stands behind it; empty at the end of the connection."""
    line = readline().decode("ascii", "replace")
    while readline().strip():
        pass
    return line.partition(" ")[2]
