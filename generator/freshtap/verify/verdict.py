"""What ``verify`` found out, as lines for people and as JSON for programs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import click

from freshtap.collector import SDK_PROPERTIES, Request
from freshtap.config.site import Site
from freshtap.errors import printable, shown
from freshtap.verify.diagnoses import Diagnosis
from freshtap.verify.observation import Observation
from freshtap.verify.outcomes import DROPPING, OUTCOMES, Call, Outcome, Outcomes, Reason
from freshtap.verify.phrases import counted

VERSION: Final = 1

#: A mark in front of each call, and its colour.
_MARKS: Final[Mapping[Outcome, tuple[str, str]]] = {
    "received": ("✓", "green"),
    "sent": ("✗", "red"),
    "lost": ("✗", "red"),
    "held": ("…", "yellow"),
    "waiting": ("…", "yellow"),
    "dropped": ("–", "yellow"),
    "done": ("·", "bright_black"),
    "ignored": ("·", "bright_black"),
}
_COLOURS: Final = {"error": "red", "warning": "yellow"}
#: Characters of a call's arguments, and of one text in them.
_WIDTH: Final = 100
_TEXT: Final = 40


@dataclass(frozen=True, slots=True)
class Verdict:
    """One page, judged."""

    site: Site
    seen: Observation
    outcomes: Outcomes
    diagnoses: tuple[Diagnosis, ...]
    live: bool

    @property
    def good(self) -> bool:
        """Whether something reached CleverTap, and no diagnosis is an error."""
        return self.outcomes.reached > 0 and not self._count("error")

    def as_json(self) -> dict[str, Any]:
        """The shape that the README describes."""
        return {
            "version": VERSION,
            "good": self.good,
            "page": {"url": self.seen.url, "status": self.seen.status},
            "site": {
                "name": self.site.name,
                "account_id": self.site.clevertap.account_id,
                "region": self.site.region,
            },
            "live": self.live,
            "reached": self.outcomes.reached,
            "calls": [_call(call) for call in self.outcomes.calls],
            "others": [_received(request) for request in self.outcomes.others],
            "diagnoses": [
                {"code": each.code, "severity": each.severity, "what": each.what, "remedy": each.remedy}
                for each in self.diagnoses
            ],
        }

    def text(self) -> str:
        """For people, in colour; whoever prints it takes the colours out where there is no terminal."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        account = f"{self.site.clevertap.account_id} in {self.site.region}"
        if self.site.name != self.site.clevertap.account_id:
            account = f"{self.site.name}, {account}"
        yield f"{click.style(printable(self.seen.url), bold=True)} with {account}"
        if self.outcomes.calls:
            yield ""
            yield "What the page called:"
        for same in _repeated(self.outcomes.calls):
            yield from _call_lines(same[0], len(same))
        if self.outcomes.others:
            yield ""
            yield "What CleverTap received besides, not by freshpaint:"
            yield from (f"  · {_request(request)}" for request in self.outcomes.others)
        if self.diagnoses:
            yield ""
        for diagnosis in self.diagnoses:
            yield click.style(f"{diagnosis.severity.capitalize()}: ", fg=_COLOURS[diagnosis.severity], bold=True) + (
                diagnosis.what
            )
            yield f"  → {diagnosis.remedy}"
        yield ""
        yield click.style(self._summary(), fg="green" if self.good else "red", bold=True)

    def _summary(self) -> str:
        sending = sum(call.outcome not in ("done", "ignored") for call in self.outcomes.calls)
        reached = self.outcomes.reached
        calls = f"{reached} of {counted(sending, 'call')} reached CleverTap" if reached else "Nothing reached CleverTap"
        wrong = [counted(self._count(severity), severity) for severity in ("error", "warning") if self._count(severity)]
        return ". ".join([calls, ", ".join(wrong) or "Nothing is wrong"]) + "."

    def _count(self, severity: str) -> int:
        return sum(diagnosis.severity == severity for diagnosis in self.diagnoses)


def _call(call: Call) -> dict[str, Any]:
    return {
        "page": call.page,
        "method": call.method,
        "arguments": list(call.arguments),
        "outcome": call.outcome,
        "reasons": [
            {"code": reason.code, "name": reason.name, "value": reason.value, "why": reason.why}
            for reason in call.reasons
        ],
        "sent": [{"as": sent.kind, "name": sent.name, "properties": sent.properties} for sent in call.sent],
        "received": [_received(request) for request in call.received],
    }


def _received(request: Request) -> dict[str, Any]:
    return {
        "as": request.kind,
        "name": request.name,
        "properties": _properties(request),
        "person": request.person,
        "device": request.device,
    }


def _properties(request: Request) -> dict[str, Any]:
    return {name: value for name, value in request.data.items() if name not in SDK_PROPERTIES}


def _repeated(calls: tuple[Call, ...]) -> Iterator[list[Call]]:
    """Calls of which there is nothing to tell, like a page's many ``user()``, in one where they follow each other."""
    quiet = ("done", "ignored")
    for _key, same in groupby(enumerate(calls), lambda at: at[1].method if at[1].outcome in quiet else at[0]):
        yield [call for _number, call in same]


def _call_lines(call: Call, times: int) -> Iterator[str]:
    mark, colour = _MARKS[call.outcome]
    repeated = f" ({times} times)" if times > 1 else ""
    line = f"{_written(call)}{repeated}"
    if call.outcome in ("done", "ignored"):
        yield click.style(f"  {mark} {line}  {OUTCOMES[call.outcome].partition(':')[0]}", fg=colour)
        return
    yield f"  {click.style(mark, fg=colour, bold=True)} {line}"
    for request in call.received:
        yield f"      {click.style('CleverTap:', fg=colour)} {_request(request)}"
    whole = [reason for reason in call.reasons if reason.code in DROPPING]
    if call.outcome != "received" and not (call.outcome == "dropped" and whole):
        yield f"      {click.style(OUTCOMES[call.outcome], fg=colour)}"
    for reason in call.reasons:
        if reason.code != "event-hold":
            yield f"      {_reason(reason, call)}"
        elif call.outcome == "received":
            yield "      held until somebody was identified."


def _written(call: Call) -> str:
    """The call as one would write it."""
    if call.method == "known":
        return f"somebody whom Freshpaint knows already: {shown(call.arguments[0] if call.arguments else None)}"
    arguments = ", ".join(shown(_brief(argument), _WIDTH) for argument in call.arguments)
    cut = arguments if len(arguments) <= _WIDTH else f"{arguments[:_WIDTH]}…"
    return f"{printable(call.method)}({cut})"


def _request(request: Request) -> str:
    who = f"of {shown(request.person)}" if request.person else "of an anonymous visitor"
    what = f"event {shown(request.name)}" if request.kind == "event" else "profile"
    properties = _properties(request)
    return f"{what} {who}" + (f" {shown(_brief(properties), 2 * _WIDTH)}" if properties else "")


def _brief(value: Any) -> Any:
    """The value with long texts in it cut, so that the rest of it can be seen, too."""
    if isinstance(value, dict):
        return {name: _brief(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_brief(each) for each in value]
    return f"{value[:_TEXT]}…" if isinstance(value, str) and len(value) > _TEXT else value


def _reason(reason: Reason, call: Call) -> str:
    if reason.code in DROPPING:
        return reason.why
    subject = reason.name or (shown(_brief(reason.value)) if reason.value is not None else call.method)
    return f"{printable(subject)}: {reason.why}"
