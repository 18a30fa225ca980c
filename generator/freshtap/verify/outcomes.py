"""What became of each call: what the debug build told, put together with what CleverTap received. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from freshtap.collector import Request
from freshtap.render.reasons import REASONS
from freshtap.verify.observation import Observation, Trace

Outcome = Literal["received", "sent", "held", "waiting", "dropped", "lost", "done", "ignored"]

#: What each means, for people.
OUTCOMES: Final[Mapping[Outcome, str]] = {
    "received": "CleverTap received it.",
    "sent": "handed to CleverTap's SDK, which did not send it.",
    "held": "held: it was to be sent once somebody is identified.",
    "waiting": "waiting: CleverTap's SDK has not been given it.",
    "dropped": "not sent.",
    "lost": "lost: noted by the snippet, and the script that sends it did not run.",
    "done": "done: nothing that CleverTap receives.",
    "ignored": "ignored: this destination takes identify and track.",
}

#: The calls that CleverTap is to have. ``known`` is somebody whom Freshpaint's own SDK knows from an earlier page.
SENDING: Final = frozenset({"identify", "track", "known"})

#: The calls that change what is sent, or when.
DOING: Final = frozenset(
    {
        *("addEventProperties", "register", "addInitialEventProperties", "register_once", "addPageviewProperties"),
        *("removeEventProperty", "unregister", "reset", "ready", "user", "get_distinct_id"),
        *("set_consent", "opt_in_tracking", "opt_out_tracking", "has_opted_out_tracking"),
    }
)

#: Reasons for which a call as a whole is not sent; all others are about one value of it.
DROPPING: Final = frozenset(
    {
        *(
            "consent-refused",
            "event-drop",
            "event-nameless",
            "event-not-enabled",
            "event-reserved",
            "identify-repeated",
        ),
        *("not-allowed", "other-account"),
    }
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a call or one of its values was changed, held or dropped."""

    code: str
    name: str
    """What it is about: an event, a property, a field."""
    value: Any

    @property
    def why(self) -> str:
        """The sentence."""
        return REASONS[self.code]


@dataclass(frozen=True, slots=True)
class Sent:
    """What CleverTap's SDK was given."""

    kind: str
    """``event``, ``onUserLogin`` or ``profile``."""
    name: str
    """The event's name; empty for the others."""
    properties: dict[str, Any]


@dataclass(slots=True)
class Call:
    """One call of the page's, with all that is known of it."""

    page: str
    method: str
    arguments: tuple[Any, ...]
    outcome: Outcome = "waiting"
    reasons: list[Reason] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    received: list[Request] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The page's calls in the order in which it made them, and the rest of what CleverTap received."""

    calls: tuple[Call, ...]
    others: tuple[Request, ...]
    """Events and profiles that came from something else on the page."""
    reasons: tuple[Reason, ...]
    """What was reported of no call in particular."""

    @property
    def reached(self) -> int:
        """How many calls reached CleverTap."""
        return sum(call.outcome == "received" for call in self.calls)


def of(observation: Observation, account: str) -> Outcomes:
    """Puts together what was seen. ``account``: CleverTap's account id, to leave other accounts' requests aside."""
    calls: dict[str, Call] = {}
    general: list[Reason] = []
    requests = [request for request in observation.requests if not request.sdk_traffic]
    open_requests = [request for request in requests if request.account == account]
    for trace in observation.traces:
        if trace.step == "called":
            method, *arguments = trace.value if isinstance(trace.value, list) and trace.value else ["push"]
            calls[trace.call] = Call(trace.page, str(method), tuple(arguments))
        elif trace.code:
            reasons = calls[trace.call].reasons if trace.call in calls and trace.code != "other-account" else general
            reasons.append(Reason(trace.code, "" if trace.name is None else str(trace.name), trace.value))
        elif trace.step == "sent" and trace.call in calls:
            _send(calls[trace.call], trace, open_requests)
    refused = [reason for reason in general if reason.code == "other-account"]
    steps = _steps(observation.traces)
    for number, call in calls.items():
        call.outcome = _outcome(call, steps.get(number, frozenset()), refused=bool(refused))
        if call.outcome == "dropped" and not call.reasons:
            call.reasons += refused
    lost = [
        Call(view.url, str(method), tuple(arguments), "lost")
        for view in observation.views
        for method, *arguments in view.noted
        if method in SENDING
    ]
    taken = {id(request) for call in calls.values() for request in call.received}
    others = tuple(request for request in requests if id(request) not in taken)
    return Outcomes((*calls.values(), *lost), others, tuple(general))


def _steps(traces: Iterable[Trace]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for trace in traces:
        found[trace.call] = found.get(trace.call, frozenset()) | {trace.step or trace.code}
    return found


def _send(call: Call, trace: Trace, requests: list[Request]) -> None:
    """Notes what the SDK was given, and takes the first request that carries it."""
    values: Sequence[Any] = trace.value if isinstance(trace.value, list) else ()
    kind = str(trace.name)
    if kind == "event" and values:
        properties = values[1] if len(values) > 1 and isinstance(values[1], dict) else {}
        call.sent.append(Sent(kind, str(values[0]), properties))
        fits = [request for request in requests if request.kind == "event" and request.name == values[0]]
    elif kind in ("onUserLogin", "profile") and values:
        profile = values[0].get("Site", {}) if isinstance(values[0], dict) else {}
        call.sent.append(Sent(kind, "", profile))
        fits = [
            request
            for request in requests
            if request.kind == "profile" and request.data.get("Identity") == profile.get("Identity")
        ]
    else:
        return
    if fits:
        requests.remove(fits[0])
        call.received.append(fits[0])


def _outcome(call: Call, steps: frozenset[str], *, refused: bool) -> Outcome:
    codes = {reason.code for reason in call.reasons}
    if call.method not in SENDING:
        return "done" if call.method in DOING else "ignored"
    if call.received:
        return "received"
    if call.sent:
        return "sent"
    if refused or codes & DROPPING or "joined" not in steps:
        return "dropped"
    return "held" if "event-hold" in codes else "waiting"
