"""A stand-in for CleverTap's servers: reads what the web SDK sends and answers as they do.

The logic only, no network: whoever intercepts the SDK's requests (the tests, ``verify``, ``preview``) hands each
address to :meth:`Collector.answer` and passes on the reply. What arrived is kept, decoded, under the person it would
be filed under at CleverTap: a device belongs to whoever was last identified on it.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, urlsplit

from lzstring import LZString

Kind = Literal["event", "profile", "page", "ping", "data", "other"]
_KINDS: tuple[Kind, ...] = get_args(Kind)
Call = tuple[str | None, str, dict[str, Any]]

#: The SDK's own traffic, told apart from the page's calls.
SDK_EVENTS = frozenset({"wzrk_fetch"})
SDK_PROPERTIES = frozenset({"tz"})
OPT_OUT_PROPERTY = "ct_optout"

#: A fetch from another origin, with the one header of its own that the SDK sends.
CORS_HEADERS: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "X-CleverTap-Encryption-Enabled",
}


class UndecodableError(ValueError):
    """What came in ``d`` is not LZString base64 of a JSON object."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the SDK, decoded."""

    kind: Kind
    name: str
    """The event's name; empty for every other kind."""
    data: Mapping[str, Any]
    """The event's properties or the profile's."""
    person: str | None
    """Whom CleverTap files it under: the Identity, else the e-mail, put on the device last; None: nobody yet."""
    device: str
    """The CleverTap id it is filed under."""
    sent_device: str | None
    """The CleverTap id that the SDK sent with it (``gc``); None on a device that has none, and for a login."""
    login: bool
    """The SDK asks for the device id of another user (``isOUL``)."""
    reset: bool
    """The first request after ``clevertap.clear()`` (``rc``)."""
    number: int
    """The SDK's request number (``rn``)."""
    account: str
    host: str
    query: Mapping[str, str]
    payload: Mapping[str, Any]

    @property
    def sdk_traffic(self) -> bool:
        """Whether the SDK sent it on its own account, without a call of the page."""
        if self.kind == "event":
            return self.name in SDK_EVENTS
        return self.kind != "profile" or OPT_OUT_PROPERTY in self.data

    @property
    def call(self) -> Call:
        """The person, what was called (the event's name, or ``identify``), and the properties less the SDK's own."""
        if self.kind == "profile":
            return self.person, "identify", {k: v for k, v in self.data.items() if k not in SDK_PROPERTIES}
        return self.person, self.name, dict(self.data)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A request that the SDK sent again from its store of unanswered ones."""

    first: Request
    again: Request

    @property
    def moved(self) -> bool:
        """Whether the second time it was filed under another device or person than the first.

        Whoever logs in where nobody was known takes over the device with all that was filed under it: nothing moves.
        """
        return self.first.device != self.again.device or self.first.person not in (None, self.again.person)


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to the browser."""

    body: str = ""
    status: int = 200
    content_type: str = "text/javascript"
    headers: Mapping[str, str] = field(default_factory=dict)


def decode(text: str) -> dict[str, Any]:
    """Read the SDK's ``d``: LZString works on UTF-16 units, so surrogates are put together again before it is read."""
    try:
        # The same bits as with decompressFromBase64, at a tenth of the time.
        bits = text.rstrip("=")
        raw = b64decode(bits + "A" * (-len(bits) % 8), validate=True)
        units: str = LZString.decompress(_units(raw, "big")) or ""
        decoded = json.loads(units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass"))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise UndecodableError(f"not LZString base64 of JSON: {text[:80]!r}") from error
    if not isinstance(decoded, dict):
        raise UndecodableError(f"not a JSON object: {text[:80]!r}")
    return decoded


def encode(payload: Mapping[str, Any]) -> str:
    """Write ``d`` as the SDK does: the inverse of :func:`decode`."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    encoded: str = LZString.compressToBase64(_units(text.encode("utf-16-le", "surrogatepass"), "little"))
    return encoded


def _units(raw: bytes, order: Literal["big", "little"]) -> str:
    """One character for each two bytes, as JavaScript's strings have it, whatever the two are in Unicode."""
    return "".join(chr(int.from_bytes(raw[at : at + 2], order)) for at in range(0, len(raw), 2))


class Collector:
    """Takes the SDK's requests in the order they come and answers each.

    ``requests`` are those that arrived, each once; ``repeats`` those that came again; ``undecodable`` the addresses
    that no SDK sends.
    """

    def __init__(self, *, session: int = 1_700_000_000) -> None:
        self.requests: list[Request] = []
        self.repeats: list[Repeat] = []
        self.undecodable: list[str] = []
        self._session = session
        self._devices = 0
        self._device_of: dict[str, str] = {}
        self._person_on: dict[str, str] = {}
        self._seen: dict[tuple[str, ...], Request] = {}

    # -- what arrived ------------------------------------------------------------------------------------------------

    def calls(self) -> list[Call]:
        """The page's calls as they arrived, identify and track in one line."""
        return [request.call for request in self.requests if not request.sdk_traffic]

    def events(self) -> list[Call]:
        """The page's events as they arrived: (person, name, properties)."""
        return [request.call for request in self._of_page("event")]

    def profiles(self) -> list[Call]:
        """The page's profiles as they arrived: (person, ``identify``, properties)."""
        return [request.call for request in self._of_page("profile")]

    def logins(self) -> list[Request]:
        """The requests that asked for another user's device id."""
        return [request for request in self.requests if request.login]

    def resets(self) -> list[Request]:
        """The requests that came first after a ``clevertap.clear()``."""
        return [request for request in self.requests if request.reset]

    def devices(self) -> list[str]:
        """Every CleverTap id that something was filed under, in order of its first use."""
        return list(dict.fromkeys(request.device for request in self.requests))

    def _of_page(self, kind: Kind) -> Iterable[Request]:
        return (request for request in self.requests if request.kind == kind and not request.sdk_traffic)

    # -- answering ---------------------------------------------------------------------------------------------------

    def knows(self, identity: str, device: str | None = None) -> str:
        """Make a person known to CleverTap from elsewhere; returns the device id that a login will get."""
        device = device or self._new_device()
        self._device_of[identity] = device
        self._person_on[device] = identity
        return device

    def person_on(self, device: str) -> str | None:
        """Whom the device belongs to now."""
        return self._person_on.get(device)

    def answer(self, url: str, *, fetch: bool = False) -> Reply:
        """Take one request and say what goes back: JSONP, or JSON where the SDK asks with fetch."""
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path != "/a":
            return Reply()
        try:
            payload = decode(query["d"])
        except (KeyError, UndecodableError):
            self.undecodable.append(url)
            return Reply(status=400)

        return self.take(self._read(parts.hostname or "", query, payload), fetch=fetch)

    def take(self, read: Request, *, fetch: bool) -> Reply:
        """File a request that was read, and say what goes back."""
        request = self._keep(read)
        return self._fetch_reply(request) if fetch else self._jsonp_reply(request)

    def _read(self, host: str, query: dict[str, str], payload: dict[str, Any]) -> Request:
        """Decode without yet letting it change who is who."""
        kind = _kind(query.get("type", ""), payload)
        return Request(
            kind=kind,
            name=str(payload.get("evtName", "")) if kind == "event" else "",
            data=_properties(kind, payload),
            person=None,
            device="",
            sent_device=query.get("gc") or None,
            login=payload.get("isOUL") is True,
            reset=payload.get("rc") is True,
            number=int(query["rn"]) if query.get("rn", "").isdigit() else 0,
            account=str(payload.get("id", "")),
            host=host,
            query=query,
            payload=payload,
        )

    def _keep(self, read: Request) -> Request:
        """File the request under its device and person, as a first arrival or as a repeat."""
        device = self._device_for(read)
        if read.kind == "profile":
            self._learn(read, device)
        request = replace(read, device=device, person=self._person_on.get(device))
        sent_as = tuple(request.query.get(key, "") for key in ("rn", "i", "sn", "d"))
        first = self._seen.setdefault(sent_as, request)
        if first is request:
            self.requests.append(request)
        else:
            self.repeats.append(Repeat(first, request))
        return request

    def _device_for(self, request: Request) -> str:
        """The known get their own device id back; the unknown take over a device that is nobody's, else a new one."""
        device = request.sent_device
        if not request.login:
            return device or self._new_device()
        for identity in _identities(request):
            if identity in self._device_of:
                return self._device_of[identity]
        return device if device and device not in self._person_on else self._new_device()

    def _learn(self, request: Request, device: str) -> None:
        """Remember who was identified on the device; an e-mail address names only a person who has no Identity."""
        for identity in _identities(request):
            self._device_of.setdefault(identity, device)
        if _text(request.data.get("Identity")):
            self._person_on[device] = _text(request.data["Identity"])
        elif _text(request.data.get("Email")):
            self._person_on.setdefault(device, _text(request.data["Email"]))

    def _new_device(self) -> str:
        self._devices += 1
        return f"{self._devices:03d}c1e7e27a9".ljust(32, "0")

    def _jsonp_reply(self, request: Request) -> Reply:
        arguments = (request.device, self._session, request.login, request.number)
        return Reply(f"$WZRK_WR.tr({_json(_tr(request))});$WZRK_WR.s({','.join(_json(value) for value in arguments)});")

    def _fetch_reply(self, request: Request) -> Reply:
        meta = {"g": request.device, "sid": self._session, "rf": request.login, "rn": request.number}
        return Reply(_json({"tr": _tr(request), "meta": meta}), content_type="application/json", headers=CORS_HEADERS)


def _kind(sent_type: str, payload: Mapping[str, Any]) -> Kind:
    said = payload.get("type", sent_type)
    return next((kind for kind in _KINDS if kind == said), "other")


def _properties(kind: Kind, payload: Mapping[str, Any]) -> dict[str, Any]:
    properties = payload.get({"event": "evtData", "profile": "profile"}.get(kind, ""), {})
    return properties if isinstance(properties, dict) else {}


def _identities(request: Request) -> Iterable[str]:
    """What CleverTap knows a person by, the strongest first."""
    return filter(None, (_text(request.data.get(key)) for key in ("Identity", "Email")))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _tr(request: Request) -> dict[str, Any]:
    arp: dict[str, Any] = {"i_n": "y", "j_n": "x"}
    if request.login:
        arp["isOUL"] = True
    return {"arp": arp}


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
