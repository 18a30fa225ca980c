"""Tables of cases: what the page calls on the left, what CleverTap receives on the right.

All cases of a table are sent from one page, one after another, and judged one by one. A table is given to a test with
``@pytest.mark.table(CASES)``; ``conftest.py`` makes one test of each row and variant.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

import sdk as sdks
from sites import Config, Form
from visit import Visit

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Variant:
    """What a table runs on."""

    form: Form = "minified"
    sdk: sdks.Version = sdks.NEWEST
    timezone: str = "America/Los_Angeles"

    def __str__(self) -> str:
        return f"{self.form}-{self.sdk}-{self.timezone.rpartition('/')[2]}"


#: Every row runs on this one.
BASE: Final = Variant()
#: The rows that differ run on these as well: each form, SDK version and time zone is among them.
OTHERS: Final = (
    Variant("readable", "2.5.2", "Asia/Kolkata"),
    Variant("tdewolff", "2.3.3", "Pacific/Auckland"),
)
#: With ``--full``, every row runs on all of these.
FULL: Final = tuple(
    Variant(form, version, timezone)
    for form in get_args(Form)
    for version in sdks.PINNED
    for timezone in ("America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland", "UTC")
)


@dataclass(frozen=True, slots=True)
class Case:
    """One row."""

    name: str
    """What the row claims, in words; the test's name."""
    given: str
    """JavaScript: the arguments of the call."""
    sent: Properties | Callable[[Variant], Properties] | None
    """The properties that arrive, exactly; None: nothing arrives."""
    config: str = "plain"
    """Which of the table's configs it runs under."""
    differs: bool = False
    """Whether builds, SDK versions or time zones could treat it differently."""
    arrives_as: str | None = None
    """The event's name, where it is not the row's own."""

    def __str__(self) -> str:
        return self.name

    def expected(self, variant: Variant) -> Properties | None:
        """What arrives in this variant."""
        return self.sent(variant) if callable(self.sent) else self.sent


@dataclass(frozen=True, eq=False)
class Table:
    """Rows that are sent in the same way."""

    method: str
    """``identify`` or ``track``."""
    cases: Sequence[Case]
    configs: Mapping[str, Config]
    before: str = ""
    """JavaScript that runs on each page before the rows."""

    def rows(self, *, full: bool) -> list[tuple[Table, Variant, Case]]:
        """Which case runs on which variant."""
        names = [case.name for case in self.cases]
        doubled = {name for name in names if names.count(name) > 1}
        assert not doubled, f"rows by the same name: {doubled}"
        return [
            (self, variant, case)
            for variant in (FULL if full else (BASE, *OTHERS))
            for case in self.on(variant, full=full)
        ]

    def on(self, variant: Variant, *, full: bool) -> list[Case]:
        """The rows that run on a variant."""
        return [case for case in self.cases if full or variant == BASE or case.differs]


def noon(day: str) -> str:
    """A birthday on the wire: noon UTC of a calendar day."""
    return f"$D_{int(datetime.fromisoformat(f'{day}T12:00:00+00:00').timestamp())}"


def date(moment: str) -> str:
    """A Date on the wire."""
    return f"$D_{int(datetime.fromisoformat(moment).timestamp())}"


def local_day(moment: str, variant: Variant) -> str:
    """The day that a calendar in the visitor's time zone shows at a moment."""
    local = datetime.fromisoformat(moment).astimezone(UTC).astimezone(ZoneInfo(variant.timezone))
    return local.date().isoformat()


@dataclass(frozen=True, slots=True)
class Received:
    """What came of one table under one config and variant."""

    calls: Mapping[str, list[tuple[str, Properties]]]
    """By row: each event's name or ``identify``, with its properties."""
    thrown: Mapping[str, str]
    """By row: what the call threw into the page."""

    def of(self, case: Case) -> Properties | None:
        """What arrived for a row, if anything; at most one call may have."""
        assert case.name not in self.thrown, self.thrown[case.name]
        arrived = self.calls.get(case.name, [])
        assert len(arrived) <= 1, f"arrived {len(arrived)} times: {arrived}"
        if not arrived:
            return None
        name, properties = arrived[0]
        assert name == (case.arrives_as or OWN_NAME), f"arrived as {name!r}"
        return properties


#: So many calls are made in one go before the page is given time to send them: fewer than the bridge would store.
BATCH: Final = 40
#: The property by which a row's call is recognised where neither its user id nor its name tells.
MARK: Final = "row"
#: The user of all rows that are recognised by a property: nobody has to be switched to for each of them.
SOMEBODY: Final = "somebody"
#: Stands for an event's name that is its row's, and for ``identify``.
OWN_NAME: Final = ""


def send(visit: Visit, table: Table, cases: Sequence[Case]) -> Received:
    """Make every call from one page and sort what arrives by row.

    In a row's JavaScript, ``ROW`` is the text by which its call is recognised: as a user id, as an event's name, or as
    the value of the property ``row``.
    """
    texts = {case.name: f"row {number}" for number, case in enumerate(cases)}
    visit.open()
    visit.run(f"window.thrown = {{}}; {table.before}")
    for start in range(0, len(cases), BATCH):
        batch = cases[start : start + BATCH]
        end = f"rows sent up to {start}"
        calls = "".join(_guarded(table.method, case, texts[case.name]) for case in batch)
        visit.run(f"{calls} freshpaint.track({json.dumps(end)});")
        _wait_for(visit, end)
    visit.settled()
    return Received(_by_row(visit, {text: name for name, text in texts.items()}), visit.run("return thrown"))


def _guarded(method: str, case: Case, text: str) -> str:
    """A row's call, so that what it throws costs only its own test."""
    return (
        f"try {{ const ROW = {json.dumps(text)}; freshpaint.{method}({case.given}); }} "
        f"catch (error) {{ thrown[{json.dumps(case.name)}] = String(error); }}\n"
    )


def _wait_for(visit: Visit, event: str) -> None:
    visit.until(lambda: any(name == event for _, name, _ in visit.collector.events()), f"the event {event!r}")


def _by_row(visit: Visit, rows: Mapping[str, str]) -> dict[str, list[tuple[str, Properties]]]:
    """What arrived, by the row's name, without what the row was recognised by."""
    found: dict[str, list[tuple[str, Properties]]] = {}
    for _, name, properties in visit.collector.calls():
        text = next((text for text in (properties.get(MARK), properties.get("Identity"), name) if text in rows), None)
        if text is not None:
            own = OWN_NAME if name in (text, "identify") else name
            kept = {key: value for key, value in properties.items() if value not in (text, SOMEBODY)}
            found.setdefault(rows[text], []).append((own, kept))
    return found
