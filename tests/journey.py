"""A visitor's way through a site, step by step: what pages call, how they are left, what goes wrong meanwhile.

``play`` takes the steps in a browser and the model beside it; then comes peace: all is healed, and pages and time are
given until what is due has arrived. ``random_journey`` makes one from a seed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeVar

import sdk as sdks
from freshtap.collector import Request
from model import (
    AddEventProperties,
    Arrival,
    Arrived,
    BeforeIdentify,
    Call,
    Consent,
    Identify,
    Model,
    Reset,
    Track,
    Verdict,
    missing,
    verdict,
)
from sites import Config
from unreliable import Predicate, every_request
from visit import SITE, Gate, Part, Visit

Fault = Literal["lose_requests", "lose_answers", "slow", "refuse", "hang"]
Which = Literal["any", "login", "event"]
T = TypeVar("T")
Late = Literal["bridge", "sdk", "collector"]

WHICH: Final[dict[Which, Predicate]] = {
    "any": every_request,
    "login": lambda request: request.login,
    "event": lambda request: request.kind == "event",
}
FAULTS: Final[tuple[Fault, ...]] = ("lose_requests", "lose_answers", "slow", "refuse", "hang")
PEOPLE: Final = ("u1", "u2", "u3")
EMAILS: Final = ("a@mail.test", "b@mail.test")
A_DAY_AND_MORE: Final = 25 * 3600 * 1000
#: Pages of peace until everything has to be there. The SDK sends what was lost when a page begins, and once more after
#: ten seconds of it.
PEACE: Final = 6


# -- steps -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Open:
    """Go to another page, which makes calls before its bridge is there. What is ``late`` does not come for now."""

    calls: tuple[Call, ...] = ()
    late: Late | None = None
    tab: bool = False
    """In a new tab; in the one before, the visitor goes elsewhere."""


@dataclass(frozen=True, slots=True)
class Do:
    """Make calls on the page as it stands."""

    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """Make calls and leave for another page in the same task."""

    calls: tuple[Call, ...] = ()
    late: Late | None = None


@dataclass(frozen=True, slots=True)
class Come:
    """What was late comes."""


@dataclass(frozen=True, slots=True)
class Break:
    """From now on CleverTap's servers do something wrong with so many requests."""

    fault: Fault
    which: Which = "any"
    times: int = 1


@dataclass(frozen=True, slots=True)
class Block:
    """A script blocker keeps the SDK or CleverTap's servers away."""

    part: Literal["sdk", "collector"]


@dataclass(frozen=True, slots=True)
class Heal:
    """Whatever is broken or blocked works again."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Time passes: real milliseconds for requests to travel, or those of the browser's clock, for the rest."""

    milliseconds: int
    on_the_clock: bool = False


@dataclass(frozen=True, slots=True)
class NextDay:
    """All is well again and settles; the visitor comes back after more than 24 hours."""


Step = Open | Do | Leave | Come | Break | Block | Heal | Pass | NextDay


@dataclass(frozen=True, slots=True)
class Journey:
    """A site's settings, and the steps of one visitor on it."""

    steps: tuple[Step, ...]
    before_identify: BeforeIdentify = "hold"
    consent_required: bool = False
    sdk: sdks.Version = sdks.NEWEST

    @property
    def config(self) -> Config:
        """What the site's config says of it."""
        return {"track": {"before_identify": self.before_identify}, "consent": {"required": self.consent_required}}

    def __str__(self) -> str:
        """As Python that makes it again."""
        steps = "".join(f"        {step!r},\n" for step in self.steps)
        return (
            f"Journey(\n    (\n{steps}    ),\n    before_identify={self.before_identify!r},\n"
            f"    consent_required={self.consent_required!r},\n    sdk={self.sdk!r},\n)"
        )


# -- taking them -------------------------------------------------------------------------------------------------------


class _Traveller:
    """Takes the steps in a browser, and tells the model."""

    def __init__(self, visit: Visit, journey: Journey) -> None:
        self._visit = visit
        self.model = Model(journey.before_identify, consent_required=journey.consent_required)
        self._gates: list[Gate] = []
        self._page = 0
        self._runs = False
        self._with_sdk = True
        self._started = [0]
        self.shuffled: set[int] = set()

    def take(self, step: Step) -> None:
        take: dict[type[Step], Callable[[Any], None]] = {
            Open: self._open,
            Leave: self._leave,
            Do: lambda step: self._call(step.calls),
            Come: lambda _: self._come(),
            Break: self._break,
            Block: self._block,
            Heal: lambda _: self._heal(),
            Pass: self._pass,
            NextDay: lambda _: self._next_day(),
        }
        # A shortened journey may begin with something else than a page.
        if self._page or not isinstance(step, Do | Leave):
            take[type(step)](step)

    def make_peace(self) -> None:
        """Let everything settle, and one more page come and go."""
        self._settle()
        self._open(Open())
        self._breathe()
        self.model.ends()

    def arrivals(self) -> list[Arrival]:
        requests = [request for request in self._visit.collector.requests if not request.sdk_traffic]
        return [
            Arrival(request, sum(start <= at for start in self._started[1:])) for at, request in enumerate(requests)
        ]

    def _settle(self) -> None:
        """Heal everything, and let pages come and go until what is due is there."""
        self._heal()
        self._come()
        for _ in range(PEACE):
            self._open(Open())
            self._breathe()
            if not missing(self.model, self._arrived()):
                break

    def _breathe(self) -> None:
        """Let the SDK start, where it may, and do whatever it has left to do."""
        if self.model.permitted:
            self._visit.reaches("sdk")
        self._visit.page.clock.run_for(12_000)
        self._visit.left_alone()

    def _arrived(self) -> Arrived:
        return Counter(arrival.key for arrival in self.arrivals())

    def _open(self, step: Open) -> None:
        visit = self._visit
        if step.tab and self._page:
            visit.change_tab()
            # Other tabs see what this one stored a moment later.
            visit.lets_pass(0.2)
        self._left()
        before = self._hold(step.late)
        self.model.opens(new_session=step.tab)
        for call in step.calls:
            self.model.calls(call)
        visit.open(f"/{self._page}", script=";".join(map(str, step.calls)), until="commit")
        self._release(before)
        self._bridge(step.late)

    def _leave(self, step: Leave) -> None:
        visit = self._visit
        arrived = self._arrived()
        for call in step.calls:
            self.model.calls(call, arrived)
        here = self._page
        script = ";".join(map(str, step.calls))
        self._left()
        before = self._hold(step.late)
        self.model.opens()
        visit.run(f"{script}; location.href = '/{here + 1}'")
        visit.page.wait_for_url(f"https://{SITE}/{here + 1}", wait_until="commit")
        self._release(before)
        self._bridge(step.late)

    def _left(self) -> None:
        if self._page:
            self.model.leaves(self._arrived(), with_sdk=self._with_sdk)
        self._page += 1
        self._runs = False
        self._started.append(len(self.arrivals()))

    def _hold(self, part: Part | None) -> list[Gate]:
        """Keep back what is to be late on the next page; gives what is still kept back from this one."""
        if part == "collector":
            # What waited comes all at once, in any order, also after the page was left.
            self.shuffled |= {self._page, self._page + 1}
        self._with_sdk = part != "sdk" and not self._visit.is_blocked("sdk")
        before, self._gates = self._gates, [self._visit.hold(part)] if part else []
        return before

    @staticmethod
    def _release(gates: Sequence[Gate]) -> None:
        for gate in gates:
            gate.open()

    def _bridge(self, late: Part | None) -> None:
        if late != "bridge":
            self._runs = True
            self._visit.until_page("(window.freshtap || 0).version", "the bridge")
            self.model.runs(self._arrived())

    def _come(self) -> None:
        self._release(self._gates)
        self._gates = []
        self._with_sdk = True
        if self._page and not self._runs:
            self._bridge(None)

    def _call(self, calls: Sequence[Call]) -> None:
        arrived = self._arrived()
        self._visit.run(";".join(map(str, calls)))
        for call in calls:
            self.model.calls(call, arrived)

    def _heal(self) -> None:
        self._visit.unblock("sdk")
        self._visit.collector.heal()
        self._with_sdk = True

    def _pass(self, step: Pass) -> None:
        if step.on_the_clock:
            self._visit.page.clock.run_for(step.milliseconds)
        else:
            self._visit.lets_pass(step.milliseconds / 1000)

    def _next_day(self) -> None:
        self._settle()
        self._visit.page.clock.fast_forward(A_DAY_AND_MORE)
        self.model.day_passes()
        self._open(Open())

    def _block(self, step: Block) -> None:
        if step.part == "sdk":
            self._visit.block("sdk")
        else:
            # On the wire it is the same, and what was kept away is counted.
            self._visit.collector.lose_requests()

    def _break(self, step: Break) -> None:
        collector = self._visit.collector

        def which(request: Request) -> bool:
            return WHICH[step.which](request)

        def once(request: Request) -> bool:
            """Whether it may be lost: not again, and not where its page was left, which may have lost it already."""
            key = Arrival(request, 0).key
            first = request.sdk_traffic or key not in {Arrival(lost, 0).key for lost in collector.lost}
            return first and which(request) and self.model.is_of_this_page(key)

        broken: dict[Fault, Callable[[], None]] = {
            "slow": lambda: collector.slow(0.3, which, times=step.times),
            "refuse": lambda: collector.refuse(503, once, times=step.times),
            "hang": lambda: collector.hang(which, times=step.times),
            "lose_answers": lambda: collector.lose_answers(which, times=step.times),
            "lose_requests": lambda: collector.lose_requests(once, times=step.times),
        }
        broken[step.fault]()


def _of_a_new_device(request: Request) -> bool:
    """Whether it was nobody's, sent without a device id to get one."""
    return request.person is None and request.sent_device is None and not request.login


def play(visit: Visit, journey: Journey) -> Verdict:
    """Take a journey's steps, make peace, and say what became of its calls."""
    # The SDK sends its own page view again under the device id that it got in the meantime.
    visit.moved_repeats_expected = True
    visit.page.clock.install()
    traveller = _Traveller(visit, journey)
    for step in journey.steps:
        traveller.take(step)
    traveller.make_peace()
    found = verdict(traveller.model, traveller.arrivals(), visit.collector, shuffled=traveller.shuffled)
    moved = [
        f"{repeat.first.call} came again under {repeat.again.person} on {repeat.again.device}"
        for repeat in visit.collector.repeats
        if repeat.moved and not repeat.first.sdk_traffic and not _of_a_new_device(repeat.first)
    ]
    dirt = [f"the page saw: {error}" for error in (*visit.page_errors, *visit.console_errors)]
    wrong = [*found.deviations["under the wrong user"], *moved]
    return replace(found, deviations={**found.deviations, "under the wrong user": wrong, "on the page": dirt})


# -- making them -------------------------------------------------------------------------------------------------------


class _Writer:
    """Writes a journey by throwing dice."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - it has to be the same each time
        self._number = 0
        self._last: Identify | None = None

    def journey(self) -> Journey:
        dice = self._dice
        # A third of the journeys see nothing go wrong, so that each of their calls has its place.
        troubled = dice.random() < 2 / 3
        steps: list[Step] = [self._open()]
        steps += [self._step(troubled=troubled) for _ in range(dice.randint(4, 14))]
        return Journey(
            tuple(steps),
            before_identify=dice.choices(("hold", "send", "drop"), (5, 3, 2))[0],
            consent_required=dice.random() < 0.2,
            sdk=dice.choices(tuple(sdks.PINNED), (4, 1))[0],
        )

    def _step(self, *, troubled: bool) -> Step:
        dice = self._dice
        usual: list[tuple[float, Callable[[], Step]]] = [
            (10, lambda: Do(self._calls(1, 5))),
            (4, self._open),
            (4, lambda: Leave(self._calls(0, 4), self._late())),
            (1, lambda: Open(self._calls(0, 3), None, tab=True)),
            (3, Come),
            (5, lambda: Pass(dice.choice((20, 60, 150, 400, 800)))),
            (3, lambda: Pass(dice.choice((500, 2000, 6000, 12_000, 60_000)), on_the_clock=True)),
            (0.7, NextDay),
        ]
        trouble: list[tuple[float, Callable[[], Step]]] = [
            (4, lambda: Break(dice.choice(FAULTS), dice.choice(tuple(WHICH)), dice.randint(1, 3))),
            (1, lambda: Block(dice.choice(("sdk", "collector")))),
            (2, Heal),
        ]
        return self._one_of(usual + trouble if troubled else usual)

    def _one_of(self, choices: Sequence[tuple[float, Callable[[], T]]]) -> T:
        return self._dice.choices([make for _, make in choices], [weight for weight, _ in choices])[0]()

    def _open(self) -> Open:
        return Open(self._calls(0, 4), self._late())

    def _late(self) -> Late | None:
        return self._dice.choices((None, "bridge", "sdk", "collector"), (6, 2, 2, 2))[0]

    def _calls(self, least: int, most: int) -> tuple[Call, ...]:
        if self._dice.random() < 0.01:
            return tuple(Track(self._next()) for _ in range(120))
        return tuple(self._call() for _ in range(self._dice.randint(least, most)))

    def _call(self) -> Call:
        calls: list[tuple[float, Callable[[], Call]]] = [
            (20, lambda: Track(self._next())),
            (1, lambda: Track(self._next(), allowed=False)),
            (8, self._identify),
            (2, lambda: Identify(self._next())),
            (1.5, lambda: Identify(self._next(), email=self._dice.choice(EMAILS))),
            (2, lambda: self._last or self._identify()),
            (2, lambda: AddEventProperties(self._next())),
            (1.5, Reset),
            (0.7, lambda: Consent(agrees=True)),
            (0.5, lambda: Consent(agrees=False)),
        ]
        return self._one_of(calls)

    def _identify(self) -> Identify:
        self._last = Identify(self._next(), self._dice.choice(PEOPLE))
        return self._last

    def _next(self) -> int:
        self._number += 1
        return self._number


def random_journey(seed: int) -> Journey:
    """Make the journey that a seed stands for."""
    return _Writer(seed).journey()
