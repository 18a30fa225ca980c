"""A web server for this machine alone, which opens no door to anybody else.

It listens on 127.0.0.1 and answers to no other name: a host name that is made to point here (DNS rebinding) is refused
by its ``Host`` header. ``GET`` gives files that tell nothing, or lie where nobody can guess. ``POST``, which tells or
changes something, takes a key in a header of its own: a page of another origin could only send it after a preflight,
and those are never granted. There are no CORS headers at all.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from freshtap.errors import CommandError

ADDRESS: Final = "127.0.0.1"
KEY_HEADER: Final = "X-Freshtap-Key"
#: More than any config or request of the SDK has.
_LARGEST_BODY: Final = 8 * 2**20
#: What comes of a body of another form than the action reads.
_UNFIT: Final = (ArithmeticError, LookupError, TypeError, ValueError)
#: On every answer: nothing is guessed, kept, passed on, or of use to a page of another origin.
_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the browser."""

    content: str = ""
    content_type: str = "text/plain"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


#: A file by its path, or None where there is none.
Files = Callable[[str], Answer | None]
#: From the body of a POST, parsed as JSON, to the answer.
Action = Callable[[Any], Answer]


def as_json(value: object) -> Answer:
    """A value for a script to read."""
    return Answer(json.dumps(value), "application/json")


class Server(ThreadingHTTPServer):
    """One origin on this machine: files by path, for whoever knows it, actions by path that need the key.

    ``port`` 0 takes any free one. Raises :class:`CommandError` where the port is taken.
    """

    daemon_threads = True

    def __init__(self, port: int, files: Files, actions: Mapping[str, Action]) -> None:
        self.files = files
        self.actions = actions
        self.key = secrets.token_urlsafe(24)
        try:
            super().__init__((ADDRESS, port), _Handler)
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} of this machine cannot be used ({error}). Name another with --port."
            ) from None

    @property
    def host(self) -> str:
        """What a browser must call it."""
        return f"{ADDRESS}:{self.server_address[1]}"

    @property
    def origin(self) -> str:
        """Its scheme, address and port."""
        return f"http://{self.host}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser that goes away while it is answered is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "freshtap"
    sys_version = ""

    def do_GET(self) -> None:
        if self._is_for_us():
            self._give(self.server.files(urlsplit(self.path).path) or Answer("There is no such file.", status=404))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > _LARGEST_BODY:
            if length:
                self._refuse(413, "That is too long.")
            else:
                self._refuse(411, "This needs its length.")
            return
        body = self.rfile.read(int(length))
        if not self._is_for_us():
            return
        if not hmac.compare_digest(self.headers.get(KEY_HEADER, "").encode(), self.server.key.encode()):
            self._refuse(403, "This needs the key that freshtap preview printed with its address.")
            return
        action = self.server.actions.get(urlsplit(self.path).path)
        if action is None:
            self._refuse(404, "There is no such action.")
            return
        try:
            given = json.loads(body or "null")
        except (ValueError, RecursionError):
            self._refuse(400, "That is not JSON.")
            return
        try:
            answer = action(given)
        except _UNFIT:
            self._refuse(400, "That is not what this action takes.")
            return
        self._give(answer)

    def _is_for_us(self) -> bool:
        """Whether the browser asks for this very server, and not for a name that was made to point to it."""
        if self.headers.get("Host") == self.server.host:
            return True
        self._refuse(421, f"This server is {self.server.origin} and answers to no other name.")
        return False

    def _refuse(self, status: int, sentence: str) -> None:
        # Whatever came with the request and was not read must not be taken for the next one.
        self.close_connection = True
        self._give(Answer(sentence, status=status))

    def _give(self, answer: Answer) -> None:
        content = answer.content.encode("utf-8", "backslashreplace")
        with suppress(ConnectionError):
            self.send_response(answer.status)
            self.send_header("Content-Type", f"{answer.content_type}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            for name, value in {**_HEADERS, **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server has
        """Say nothing: the terminal shows the address, and stays readable."""
