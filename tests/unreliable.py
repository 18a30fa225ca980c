"""CleverTap's servers on a bad day: what the stand-in for them does not do, and the network between does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from freshtap.collector import Collector, Reply, Request

Predicate = Callable[[Request], bool]
Outcome = Literal["answer", "abort", "hang"]
Effect = Literal["slow", "lose-request", "lose-answer", "hang", "refuse", "garble"]
_OUTCOMES: Mapping[Effect, Outcome] = {"lose-request": "abort", "lose-answer": "abort", "hang": "hang"}


@dataclass(frozen=True, slots=True)
class Answer(Reply):
    """What goes back to the browser, and how."""

    delay: float = 0.0
    """Seconds until it is given."""
    outcome: Outcome = "answer"
    """``abort``: the connection breaks. ``hang``: nothing ever comes."""


@dataclass(slots=True)
class _Fault:
    effect: Effect
    when: Predicate
    skip: int
    times: int | None
    seconds: float = 0.0
    status: int = 200
    body: str = ""

    def takes(self, request: Request) -> bool:
        if self.times == 0 or not self.when(request):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


def every_request(_request: Request) -> bool:
    """The predicate that takes each request."""
    return True


class Unreliable(Collector):
    """A collector that can be told what to do wrong. ``lost`` are the requests that never arrived."""

    def __init__(self, *, session: int = 1_700_000_000) -> None:
        super().__init__(session=session)
        self.lost: list[Request] = []
        self._faults: list[_Fault] = []

    # Each takes the requests for which `when` holds, after the first `skip` of them, and no more than `times`.

    def slow(self, seconds: float, when: Predicate = every_request, *, skip: int = 0, times: int | None = None) -> None:
        """Answer late."""
        self._faults.append(_Fault("slow", when, skip, times, seconds=seconds))

    def lose_requests(self, when: Predicate = every_request, *, skip: int = 0, times: int | None = None) -> None:
        """Let the request break on its way here: CleverTap never has it."""
        self._faults.append(_Fault("lose-request", when, skip, times))

    def lose_answers(self, when: Predicate = every_request, *, skip: int = 0, times: int | None = None) -> None:
        """Take the request and let the answer break on its way back."""
        self._faults.append(_Fault("lose-answer", when, skip, times))

    def hang(self, when: Predicate = every_request, *, skip: int = 0, times: int | None = None) -> None:
        """Take the request and never answer, with the connection open."""
        self._faults.append(_Fault("hang", when, skip, times))

    def refuse(self, status: int, when: Predicate = every_request, *, skip: int = 0, times: int | None = None) -> None:
        """Answer with an error and keep nothing."""
        self._faults.append(_Fault("refuse", when, skip, times, status=status))

    def garble(self, body: str, when: Predicate = every_request, *, skip: int = 0, times: int | None = None) -> None:
        """Take the request and answer something that the SDK cannot read."""
        self._faults.append(_Fault("garble", when, skip, times, body=body))

    def heal(self) -> None:
        """Be healthy again."""
        self._faults.clear()

    def answer(self, url: str, *, fetch: bool = False) -> Answer:
        """Take one request, or let it or its answer come to grief."""
        reply = super().answer(url, fetch=fetch)
        return (
            reply if isinstance(reply, Answer) else Answer(reply.body, reply.status, reply.content_type, reply.headers)
        )

    def take(self, read: Request, *, fetch: bool) -> Reply:
        """File a request that was read, unless a fault keeps it from arriving."""
        fault = next((fault for fault in self._faults if fault.takes(read)), None)
        if fault is None:
            return super().take(read, fetch=fetch)
        outcome = _OUTCOMES.get(fault.effect, "answer")
        if fault.effect in ("lose-request", "refuse"):
            self.lost.append(read)
            return Answer(status=fault.status, outcome=outcome)
        reply = super().take(read, fetch=fetch)
        body = fault.body if fault.effect == "garble" else reply.body
        return Answer(body, reply.status, reply.content_type, reply.headers, fault.seconds, outcome)
