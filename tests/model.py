"""What must have arrived at CleverTap, under whom and in which order, after whatever a page called.

This is the README's "Who an event belongs to", written down a second time, without a browser, an SDK or a clock: one line of
calls, and one visitor who is somebody or nobody. A journey (``journey.py``) tells it what the page called and when a
bridge was there to hear it; ``verdict`` compares what CleverTap received with what was due.

What the model leaves open, because nobody could foresee it, it leaves open by name (``Due.reason``):

- Order is that of the calls for whatever arrives while the page that called it is still open. What CleverTap's SDK sends
  again, after a request was lost or the page was left, comes when the SDK's clock says so: late, and in no promised place.
- Where nobody was known, what was sent is whoever's takes over the device, as at CleverTap.
- A request may be lost once: the SDK sends it again once, and marks it as fired. Lost a second time it is lost for good,
  and where it was a user's first identify, their events are nobody's.
- What was sent while nobody was known, and while the SDK had no device id, it sends again under the one that it gets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from freshtap.collector import Request
from unreliable import Unreliable

BeforeIdentify = Literal["hold", "send", "drop"]

#: How many calls are stored, and how many events are held.
STORED: Final = 100

SAME: Final = "the same identify was sent right before"
SAME_ELSEWHERE: Final = "the same identify was sent before, in another tab"


# -- what a page calls -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Track:
    """An event that no other call of the journey has."""

    number: int
    allowed: bool = True
    """Whether options.integrations let it through to CleverTap."""

    @property
    def key(self) -> str:
        """What it is recognised by at CleverTap."""
        return f"E{self.number}"

    def __str__(self) -> str:
        options = "" if self.allowed else ", {integrations: {CleverTap: false}}"
        return f"freshpaint.track('{self.key}', {{n: {self.number}}}{options})"


@dataclass(frozen=True, slots=True)
class Identify:
    """An identify, with a user id, with an e-mail address, or without; those with the same number are the same."""

    number: int
    person: str | None = None
    email: str | None = None

    @property
    def key(self) -> str:
        """What it is recognised by at CleverTap."""
        return f"identify {self.number}"

    def __str__(self) -> str:
        who = f"'{self.person}', " if self.person else ""
        email = f", email: '{self.email}'" if self.email else ""
        return f"freshpaint.identify({who}{{n: {self.number}{email}}})"


@dataclass(frozen=True, slots=True)
class AddEventProperties:
    """An event property for all events from then on."""

    value: int

    def __str__(self) -> str:
        return f"freshpaint.addEventProperties({{added: {self.value}}})"


@dataclass(frozen=True, slots=True)
class Reset:
    """The page forgets its user."""

    def __str__(self) -> str:
        return "freshpaint.reset()"


@dataclass(frozen=True, slots=True)
class Consent:
    """The visitor agrees or refuses."""

    agrees: bool

    def __str__(self) -> str:
        return f"freshpaint.opt_{'in' if self.agrees else 'out'}_tracking()"


Call = Track | Identify | AddEventProperties | Reset | Consent
#: How often CleverTap has received a call of a key.
Arrived = Mapping[str, int]
NOTHING: Final[Arrived] = {}


# -- what is due -------------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Due:
    """One call that CleverTap takes, and what is to become of it."""

    call: Track | Identify
    page: int
    """The page that called it."""
    properties: Mapping[str, Any]
    person: str | None = None
    heirs: set[str | None] = field(default_factory=set)
    """Whose it may be instead: whoever took over the device, where it was sent while nobody was known."""
    must: bool = True
    """It has to arrive."""
    may: bool = True
    """It is allowed to."""
    reason: str = ""
    """Why it need not arrive, or may not."""

    def excuse(self, reason: str) -> None:
        """It may be lost now, by necessity."""
        if self.must:
            self.must, self.reason = False, reason

    def forbid(self, reason: str) -> None:
        """It must not arrive."""
        self.must, self.may, self.reason = False, False, reason


class Model:
    """One visitor, as the contract has it."""

    def __init__(self, before_identify: BeforeIdentify = "hold", *, consent_required: bool = False) -> None:
        self._before_identify = before_identify
        self._consent_required = consent_required
        #: Calls in the order in which CleverTap gets them, and those that it must not get.
        self.line: list[Due] = []
        self.never: list[Due] = []
        #: All that the bridge has taken, in the order of the calls; None for what is no call to CleverTap.
        self._joined: list[Due | None] = []
        self._page = 0
        self._bridge_runs = False
        #: What only the snippet has seen, and what waits in the page's memory until the visitor has agreed.
        self._noted: list[tuple[Call, int]] = []
        self._undecided: list[tuple[Call, int]] = []
        #: Who is known, by whom CleverTap files it, and the field that tells.
        self._person: str | None = None
        self._known_by: dict[str, str] = {}
        #: Whose an e-mail address is at CleverTap: whoever came with it first.
        self._whose: dict[str, str] = {}
        self._properties: dict[str, Any] = {}
        self._held: list[Due] = []
        #: Those that went while nobody was known, under the device that is there now.
        self._nobodys: list[Due] = []
        self._last: dict[str, Any] | None = None
        #: Whether the browser session that the last identify was sent in is over.
        self._last_is_elsewhere = False
        self._agreed: bool | None = None

    @property
    def permitted(self) -> bool:
        """Whether anything may be stored and sent."""
        return not self._consent_required if self._agreed is None else self._agreed

    def is_of_this_page(self, key: str) -> bool:
        """Whether a call was made on the page that is open."""
        return all(due.page == self._page for due in self.line if due.call.key == key)

    # -- what befalls the visitor --------------------------------------------------------------------------------------

    def opens(self, *, new_session: bool = False) -> None:
        """A page is there; in a new tab, a new browser session has begun."""
        if new_session:
            # What was called twice may stand in the line, half of it: a new tab has not heard of the other half.
            for due in [due for due in self.never if due.reason == SAME]:
                self.never.remove(due)
                due.reason, due.may = SAME_ELSEWHERE, True
                self.line.append(due)
        self._page += 1
        self._bridge_runs = False
        self._last_is_elsewhere |= new_session

    def runs(self, arrived: Arrived) -> None:
        """The page's bridge runs: it takes what the snippet has noted. ``arrived`` is what CleverTap has already."""
        self._bridge_runs = True
        noted, self._noted = self._noted, []
        for call, page in noted:
            self._take(call, page, arrived)

    def calls(self, call: Call, arrived: Arrived = NOTHING) -> None:
        """The page makes a call."""
        if self._bridge_runs:
            self._take(call, self._page, arrived)
        else:
            self._noted.append((call, self._page))

    def leaves(self, arrived: Arrived, *, with_sdk: bool = True) -> None:
        """The page is left. Where it had no SDK all the time, its calls are the next page's, and in their order."""
        for call, page in self._noted:
            self._lose(call, page, "only the snippet had seen it when its page was left")
        for call, page in self._undecided:
            self._lose(call, page, "it waited for consent, in memory only, when its page was left")
        self._noted, self._undecided = [], []
        # Resets and repeated identifies have their places in the line, too.
        waiting = missing(self, arrived)
        waits = [due is None or due in waiting for due in self._joined]
        since = next((at for at, due in enumerate(self._joined) if due and waits[at]), len(waits))
        # Nobody sees whether what stands right before that has gone already.
        while since and self._joined[since - 1] is None:
            since -= 1
        events = [due for due in self._joined[since:] if due and due in waiting and isinstance(due.call, Track)]
        for due in events[: max(0, len(waits) - since - STORED)]:
            due.excuse(f"it was among the oldest beyond {STORED} calls when its page was left")
        if not with_sdk:
            for carried in missing(self, arrived):
                carried.page += carried.page == self._page

    def day_passes(self) -> None:
        """More than 24 hours go by, with nothing under way."""
        for due in self._held:
            due.forbid("it was held for a day")
        self.never += self._held
        self._held = []

    # -- what becomes of a call ----------------------------------------------------------------------------------------

    def _take(self, call: Call, page: int, arrived: Arrived) -> None:
        if isinstance(call, Consent):
            self._decide(call.agrees, arrived)
        elif self._agreed is None and self._consent_required:
            self._undecided.append((call, page))
        elif self._agreed is False:
            self._lose(call, page, "the visitor had refused", may=False)
        elif isinstance(call, AddEventProperties):
            self._properties = {"added": call.value}
        elif isinstance(call, Reset):
            self._joined.append(None)
            # With nobody known and nothing held it leaves CleverTap alone, and with it the device.
            nobodys = [] if self._person or self._held else self._nobodys
            self._forget("reset() came before anybody was identified")
            self._nobodys = nobodys
        elif isinstance(call, Identify):
            self._identify(call, page)
        elif call.allowed:
            self._track(call, page)
        else:
            self._lose(call, page, "options.integrations kept it from CleverTap", may=False)

    def _track(self, call: Track, page: int) -> None:
        due = Due(call, page, {"n": call.number, **self._properties}, self._person)
        self._joined.append(due)
        if self._person or self._before_identify == "send":
            self._send(due)
        elif self._before_identify == "drop":
            due.forbid("nobody was known")
            self.never.append(due)
        else:
            self._held.append(due)
            if len(self._held) > STORED:
                self._held[-STORED - 1].excuse(f"it was among the oldest beyond {STORED} held events")

    def _identify(self, call: Identify, page: int) -> None:
        known_by = dict(self._known_by)
        person = self._person
        if call.person:
            known_by, person = {"Identity": call.person}, call.person
        elif call.email and "Identity" not in known_by:
            known_by = {"Email": call.email}
            person = self._whose.get(call.email, call.email)
        properties = {"n": call.number, **known_by, **({"Email": call.email} if call.email else {})}
        if call.email:
            self._whose.setdefault(call.email, person or call.email)
        due = Due(call, page, properties, person)
        self._joined.append(due)
        if self._last == properties:
            if self._last_is_elsewhere:
                due.excuse(SAME_ELSEWHERE)
            else:
                due.forbid(SAME)
                self.never.append(due)
                return
        self._last, self._last_is_elsewhere = properties, False
        if person and not self._person:
            for earlier in self._nobodys:
                earlier.heirs.add(person)
            self._nobodys = []
        self._person, self._known_by = person, known_by
        self._send(due)
        if person:
            for held in self._held:
                held.person, held.page = person, page
                self._send(held)
            self._held = []

    def _send(self, due: Due) -> None:
        self.line.append(due)
        if due.person is None:
            self._nobodys.append(due)

    def _decide(self, agrees: bool, arrived: Arrived) -> None:
        before, self._agreed = self._agreed, agrees
        if agrees and before is None:
            waited, self._undecided = self._undecided, []
            for call, page in waited:
                self._take(call, page, arrived)
        elif before is not agrees:
            if not agrees:
                for call, page in self._undecided:
                    self._lose(call, page, "the visitor refused before it could be sent", may=False)
                self._undecided = []
                for due in missing(self, arrived):
                    due.excuse("the visitor refused before it could be sent")
                    # What is on its way may arrive while the identify in front of it is forgotten.
                    due.heirs.add(None)
            self._forget("the visitor refused while it was held")

    def _forget(self, reason: str) -> None:
        for due in self._held:
            due.forbid(reason)
        self.never += self._held
        self._held, self._nobodys = [], []
        self._person, self._known_by, self._properties, self._last = None, {}, {}, None

    def _lose(self, call: Call, page: int, reason: str, *, may: bool = False) -> None:
        if isinstance(call, Track | Identify):
            due = Due(call, page, {})
            due.forbid(reason)
            due.may = may
            self.never.append(due)

    def ends(self) -> None:
        """Nobody will be identified any more: what is still held stays held."""
        for due in self._held:
            due.forbid("nobody was identified behind it")
        self.never += self._held
        self._held = []


# -- what came ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call as CleverTap received it, and the page that was open then."""

    request: Request
    page: int

    @property
    def key(self) -> str:
        """What the call is recognised by."""
        return f"identify {self.request.data.get('n')}" if self.request.kind == "profile" else self.request.name


Deviation = Literal["lost", "not called", "twice", "under the wrong user", "changed", "out of order", "on the page"]
DEVIATIONS: Final[tuple[Deviation, ...]] = get_args(Deviation)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a journey's calls."""

    deviations: Mapping[Deviation, Sequence[str]]
    arrived: int
    late: int
    excused: Counter[str]
    """How many were lost by necessity, or had to stay away, by reason."""

    @property
    def wrong(self) -> Sequence[str]:
        """All that is not as it has to be."""
        return [what for kind in DEVIATIONS for what in self.deviations.get(kind, ())]

    @property
    def calls(self) -> int:
        """How many identifies and events the pages called."""
        return self.arrived + self.excused.total()


def missing(model: Model, arrived: Arrived) -> list[Due]:
    """What has to arrive and has not."""
    came = Counter(arrived)
    waiting = []
    for due in model.line:
        if came[due.call.key]:
            came[due.call.key] -= 1
        elif due.must:
            waiting.append(due)
    return waiting


def verdict(
    model: Model, arrivals: Sequence[Arrival], collector: Unreliable, *, shuffled: Collection[int] = ()
) -> Verdict:
    """Compare what arrived with what was due. On ``shuffled`` pages the network did not keep the order of requests."""
    came = Counter(arrival.key for arrival in arrivals)
    lost = Counter(_key(request) for request in collector.lost)
    _excuse_lost_twice(model.line, came, lost)
    allowed = Counter(due.call.key for due in model.line if due.may)
    required = Counter(due.call.key for due in model.line if due.must)
    reasons = {due.call.key: due.reason for due in model.never}
    deviations: dict[Deviation, Sequence[str]] = {
        "lost": [f"{key} was lost" for key in required if came[key] < required[key]],
        "not called": [
            f"{key} arrived, although {reasons.get(key, 'nobody called it')}" for key in came if not allowed[key]
        ],
        "twice": [
            f"{key} arrived {came[key]} times instead of {allowed[key]}" for key in came if came[key] > allowed[key] > 0
        ],
        "under the wrong user": _misattributed(model.line, arrivals, collector),
        "changed": _changed(model.line, arrivals),
        "out of order": _disordered(
            model.line, [it for it in arrivals if not lost[it.key] and it.page not in shuffled]
        ),
    }
    late = _late(model.line, arrivals)
    excused = Counter(due.reason for due in model.never)
    excused.update(due.reason for due in model.line if not due.must and due.call.key not in came)
    return Verdict(deviations, len(arrivals), len(late), excused)


def _excuse_lost_twice(line: Iterable[Due], came: Counter[str], lost: Counter[str]) -> None:
    """What the network lost twice the SDK does not send a third time."""
    nobody_heard_of = set()
    for due in line:
        if due.must and not came[due.call.key] and lost[due.call.key] > 1:
            due.excuse("it was lost on its way, and once more when the SDK sent it again")
            if isinstance(due.call, Identify):
                nobody_heard_of.add(due.person)
        elif due.person in nobody_heard_of:
            due.heirs.add(None)


def _by_key(line: Iterable[Due]) -> dict[str, list[Due]]:
    due_by_key: dict[str, list[Due]] = {}
    for due in line:
        due_by_key.setdefault(due.call.key, []).append(due)
    return due_by_key


def _misattributed(line: Iterable[Due], arrivals: Iterable[Arrival], collector: Unreliable) -> list[str]:
    """What came under somebody else."""
    due_by_key = _by_key(line)
    wrong = []
    owners: dict[str, set[str]] = {}
    for arrival in arrivals:
        request = arrival.request
        if request.person:
            owners.setdefault(request.device, set()).add(request.person)
        candidates = due_by_key.get(arrival.key, [])
        people = {person for due in candidates for person in (due.person, *due.heirs)}
        # Whoever is identified on a device later takes over what was filed under it while it was nobody's.
        owner = request.person or collector.person_on(request.device)
        if candidates and owner not in people:
            wrong.append(f"{arrival.key} is {owner}'s instead of {candidates[0].person}'s")
    wrong += [f"{sorted(people)} share the device {device}" for device, people in owners.items() if len(people) > 1]
    return wrong


def _changed(line: Iterable[Due], arrivals: Iterable[Arrival]) -> list[str]:
    """What came with other properties than it was called with."""
    due_by_key = _by_key(line)
    wrong = []
    for arrival in arrivals:
        _, _, properties = arrival.request.call
        candidates = [dict(due.properties) for due in due_by_key.get(arrival.key, [])]
        if candidates and properties not in candidates:
            wrong.append(f"{arrival.key} came with {properties} instead of {candidates[0]}")
    return wrong


def _late(line: Iterable[Due], arrivals: Iterable[Arrival]) -> set[str]:
    """What arrived when the page that called it was no longer there."""
    page = {due.call.key: due.page for due in line}
    return {arrival.key for arrival in arrivals if arrival.page > page.get(arrival.key, arrival.page)}


def _disordered(line: Sequence[Due], arrivals: Sequence[Arrival]) -> list[str]:
    """What came in time, and nevertheless behind something that was called after it."""
    late = _late(line, arrivals)
    place = {due.call.key: at for at, due in enumerate(line)}
    repeated = {key for key, times in Counter(due.call.key for due in line).items() if times > 1}
    wrong = []
    furthest, reached = -1, ""
    for arrival in arrivals:
        if arrival.key in late or arrival.key in repeated or arrival.key not in place:
            continue
        if place[arrival.key] < furthest:
            wrong.append(f"{arrival.key} came behind {reached}")
        else:
            furthest, reached = place[arrival.key], arrival.key
    return wrong


def _key(request: Request) -> str:
    return Arrival(request, 0).key
