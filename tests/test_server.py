"""The server behind ``freshtap preview`` opens no door: to no other name, no page of another origin, nobody without key."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, Final, NamedTuple

import pytest

from freshtap.errors import CommandError
from freshtap.preview.server import Answer, Server, as_json

FILES: Final = {"/": Answer("a file", "text/html", headers={"X-Own": "yes"})}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server with one file and two actions, which give back what they get: anything, or a number."""
    server = Server(0, FILES.get, {"/echo": as_json, "/number": lambda given: as_json(int(given["number"]))})
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class Answered(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def ask(server: Server, method: str, path: str, headers: dict[str, str], body: str | None = None) -> Answered:
    """One request, on a connection of its own."""
    with closing(http.client.HTTPConnection(server.host, timeout=5)) as connection:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return Answered(answer.status, dict(answer.headers), answer.read())


def keyed(server: Server, **more: str) -> dict[str, str]:
    return {"X-Freshtap-Key": server.key, **more}


def test_a_file(server: Server) -> None:
    """GET needs no key, and what it gives is neither kept nor of use to other origins."""
    answer = ask(server, "GET", "/", {})
    assert (answer.status, answer.content) == (200, b"a file")
    assert answer.headers["X-Own"] == "yes"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("value", [None, "text", [1, {"a": "ü"}]], ids=repr)
def test_an_action_with_the_key(server: Server, value: Any) -> None:
    """POST takes JSON and gives JSON."""
    answer = ask(server, "POST", "/echo", keyed(server), json.dumps(value))
    assert (answer.status, json.loads(answer.content)) == (200, value)


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("GET", "/none", {}, None, 404),
        ("GET", "/echo", {}, None, 404),
        ("POST", "/none", {"X-Freshtap-Key": "KEY"}, "1", 404),
        ("POST", "/echo", {}, "1", 403),
        ("POST", "/echo", {"X-Freshtap-Key": "wrong"}, "1", 403),
        ("POST", "/echo", {"X-Freshtap-Key": "wr\u00f6ng"}, "1", 403),
        ("POST", "/echo?key=KEY", {"Cookie": "key=KEY"}, "1", 403),
        ("POST", "/echo", {"X-Freshtap-Key": "KEY"}, "not JSON", 400),
        ("POST", "/echo", {"X-Freshtap-Key": "KEY"}, "[" * 100_000, 400),
        ("POST", "/echo", {"X-Freshtap-Key": "KEY", "Content-Length": "-1"}, "", 413),
        ("POST", "/echo", {"X-Freshtap-Key": "KEY", "Content-Length": "99999999"}, "", 413),
        ("OPTIONS", "/echo", {"Origin": "https://evil.test", "Access-Control-Request-Method": "POST"}, None, 501),
        ("PUT", "/echo", {"X-Freshtap-Key": "KEY"}, "1", 501),
    ],
)
def test_what_is_refused(
    server: Server, method: str, path: str, *, headers: dict[str, str], body: str | None, status: int
) -> None:
    """No action without the key in its header, none that there is not, and never a word to another origin."""
    given = {name: value.replace("KEY", server.key) for name, value in headers.items()}
    answer = ask(server, method, path.replace("KEY", server.key), given, body)
    assert answer.status == status
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_a_body_without_its_length(server: Server) -> None:
    """It is told as what it is."""
    with closing(http.client.HTTPConnection(server.host, timeout=5)) as connection:
        connection.putrequest("POST", "/echo")
        connection.putheader("X-Freshtap-Key", server.key)
        connection.endheaders()
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (411, b"This needs its length.")


@pytest.mark.parametrize("body", ["{}", "7", '{"number": "x"}', '{"number": null}', '{"number": Infinity}'])
def test_json_of_another_form(server: Server, body: str) -> None:
    """What an action cannot use is told apart from what is no JSON at all."""
    answer = ask(server, "POST", "/number", keyed(server), body)
    assert (answer.status, answer.content) == (400, b"That is not what this action takes.")
    assert ask(server, "POST", "/number", keyed(server), "{").content == b"That is not JSON."


@pytest.mark.parametrize("host", ["evil.test", "localhost", "127.0.0.1", "evil.test:PORT", "localhost:PORT", ""])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_name_that_points_here(server: Server, host: str, method: str) -> None:
    """DNS rebinding: a page of evil.test, whose name now means 127.0.0.1, gets nothing, not even with the key."""
    named = host.replace("PORT", server.host.partition(":")[2])
    answer = ask(server, method, "/" if method == "GET" else "/echo", keyed(server, Host=named), "1")
    assert answer.status == 421
    assert b"a file" not in answer.content


def test_every_server_has_a_key_of_its_own(server: Server) -> None:
    """And a long one."""
    other = Server(0, FILES.get, {})
    other.server_close()
    assert other.key != server.key
    assert len(other.key) >= 32


def test_it_listens_on_this_machine_alone(server: Server) -> None:
    """Not on the network."""
    assert server.server_address[0] == "127.0.0.1"


def test_a_port_that_is_taken(server: Server) -> None:
    """One sentence that says what to do."""
    port = server.server_address[1]
    with pytest.raises(CommandError, match=rf"Port {port} of this machine cannot be used .*--port"):
        Server(int(port), FILES.get, {})
