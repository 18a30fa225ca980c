"""A debug build tells the developer what became of each call and value; nobody else's build does."""

from __future__ import annotations

from typing import Any, Final

import pytest

from conftest import Visitor
from freshtap.render.reasons import REASONS
from visit import Visit

#: Code, what the page calls, what the config says.
CASES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "calls-too-many": ("for (let n = 0; n < 101; n++) freshpaint.track('A')", {}),
    "consent-refused": ("freshpaint.opt_out_tracking(); freshpaint.track('A')", {}),
    "event-hold": ("freshpaint.track('A')", {}),
    "event-drop": ("freshpaint.track('A')", {"before_identify": "drop"}),
    "event-not-enabled": ("freshpaint.track('B')", {"send": "defined"}),
    "event-nameless": ("freshpaint.track(' ')", {}),
    "event-reserved": ("freshpaint.track('Stayed')", {}),
    "field-unusable": ("freshpaint.identify('u1', {phone: 'call me'})", {}),
    "held-forgotten": ("freshpaint.track('A'); freshpaint.reset()", {}),
    "id-unusable": ("freshpaint.identify(true)", {}),
    "identify-repeated": ("freshpaint.identify('u1'); freshpaint.identify('u1')", {}),
    "item-unusable": ("freshpaint.identify('u1', {list: ['a', null]})", {}),
    "name-cleaned": ("freshpaint.identify('u1', {'a.b': 1})", {}),
    "name-empty": ("freshpaint.identify('u1', {'$': 1})", {}),
    "name-reserved": ("freshpaint.identify('u1', {customId: 'x'})", {}),
    "name-taken": ("freshpaint.identify('u1', {'a.b': 1, ab: 2})", {}),
    "not-allowed": ("freshpaint.track('A', {}, {integrations: {All: false}})", {}),
    "properties-unusable": ("freshpaint.track('A', 'text')", {}),
    "too-many": ("freshpaint.identify('u1', Object.fromEntries([...Array(300).keys()].map(n => ['k' + n, n])))", {}),
    "value-cut": ("freshpaint.identify('u1', {bio: 'x'.repeat(600)})", {}),
    "value-quotes": ('freshpaint.identify("o\'brien")', {}),
    "value-unusable": ("freshpaint.identify('u1', {none: NaN})", {}),
}


#: Those that need more than a call: each has a test of its own.
ELSEWHERE: Final = {"calls-superseded", "calls-too-old", "failed", "other-account"}


def test_no_reason_is_left_out() -> None:
    """Each of them is provoked by a test."""
    assert CASES.keys() | ELSEWHERE == REASONS.keys()


def reports(visit: Visit) -> list[str]:
    codes: list[str] = visit.page.evaluate("freshtap.reports.map(report => report.code)")
    return codes


@pytest.mark.parametrize(("code", "call", "track"), [(code, *case) for code, case in CASES.items()], ids=CASES)
def test_each_reason_is_reported(visitor: Visitor, code: str, call: str, track: dict[str, Any]) -> None:
    """What was dropped, held or changed is told, with its reason."""
    config = {"track": {"send": "all", **track}, "events": [{"name": "A"}]}
    visit = visitor(config=config, debug=True)
    visit.open(script=call, until="bridge")
    visit.until(lambda: code in reports(visit), f"the report {code}")


def test_a_call_that_goes_as_it_is_is_not_reported(visitor: Visitor) -> None:
    """Nothing to say means silence."""
    visit = visitor(config={"track": {"send": "all"}}, debug=True)
    visit.open(script="freshpaint.identify('u1', {plan: 'pro', Age: 0}); freshpaint.track('A', {n: 0})")
    visit.arrives(2)
    assert reports(visit) == []


def test_calls_that_waited_for_more_than_a_day_are_reported(visitor: Visitor) -> None:
    """They were held, and are left out when their time has come."""
    visit = visitor(config={"track": {"send": "all"}}, debug=True)
    visit.page.clock.install()
    visit.open(script="freshpaint.track('A')")
    visit.settled()
    visit.page.clock.fast_forward("25:00:00")
    visit.run("freshpaint.identify('u1')")
    visit.until(lambda: "calls-too-old" in reports(visit), "the report")


def test_a_failing_sdk_is_reported(visitor: Visitor) -> None:
    """The page does not notice; whoever looks for the reason does."""
    visit = visitor(config={"track": {"send": "all", "before_identify": "send"}}, debug=True)
    visit.open()
    visit.run("clevertap.event.push = () => { throw Error('mine'); }; freshpaint.track('A')")
    assert reports(visit) == ["failed"]


def test_another_accounts_sdk_is_reported(visitor: Visitor) -> None:
    """Nothing is sent beside it, and that is told."""
    visit = visitor(debug=True)
    visit.open(before="<script>clevertap = {account: [{id: 'OTHER-1-2'}], event: []};</script>", until="bridge")
    assert reports(visit) == ["other-account"]


#: What the page calls, and all that is told of it.
ONLY: Final[dict[str, list[str]]] = {
    "freshpaint.track()": ["event-nameless"],
    "freshpaint.track('  ')": ["event-nameless"],
    "freshpaint.track(5)": ["event-nameless"],
    "freshpaint.track('$')": ["name-cleaned", "event-reserved"],
    "freshpaint.track('C')": ["event-not-enabled"],
    "freshpaint.track('a.b')": ["name-cleaned"],
    "freshpaint.track('A', [1])": ["properties-unusable"],
    "freshpaint.track('A', {list: [1, {}, null]})": ["item-unusable"],
    "freshpaint.track('A', {list: ['x'.repeat(300), 'y'.repeat(300)]})": ["value-cut"],
    "freshpaint.track('B', {products: 5})": [],
    "freshpaint.track('B', {products: [5]})": ["item-unusable"],
    "freshpaint.track('B', {Items: 5})": ["value-unusable"],
    "freshpaint.identify('u1', 5)": ["properties-unusable"],
    "freshpaint.identify(null, {plan: 'pro'})": [],
    "freshpaint.identify({plan: 'pro'})": [],
    "freshpaint.identify('x'.repeat(1100))": ["value-cut"],
    "freshpaint.identify('u1', {Age: 'old'})": ["field-unusable"],
}


@pytest.mark.parametrize(("call", "told"), ONLY.items(), ids=ONLY)
def test_only_what_happened_is_reported(visitor: Visitor, call: str, told: list[str]) -> None:
    """One cause, one reason."""
    events = [{"name": "A"}, {"name": "B", "charged": True}, {"name": "C", "enabled": False}]
    visit = visitor(config={"track": {"send": "all"}, "events": events}, debug=True)
    visit.open(script="freshpaint.identify('u0')")
    visit.arrives(1)
    visit.run(call)
    visit.settled()
    assert reports(visit) == told


def test_reports_can_be_read_on_the_console(visitor: Visitor) -> None:
    """A developer sees the sentence and the name."""
    visit = visitor(config={"track": {"send": "all"}}, debug=True)
    lines: list[str] = []
    visit.context.on("console", lambda message: lines.append(message.text))
    visit.open(script="freshpaint.identify('u1', {customId: 'x'})")
    visit.until(lambda: any(REASONS["name-reserved"] in line and "customId" in line for line in lines), "the sentence")


def test_production_builds_report_nothing(visitor: Visitor) -> None:
    """They have nowhere to report to."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1', {customId: 'x'})")
    visit.arrives(1)
    assert visit.page.evaluate("freshtap.reports") is None


#: How far each of these calls comes: which call, and its steps and reasons.
STEPS: Final[dict[str, list[tuple[int, str]]]] = {
    "freshpaint.track('B')": [(0, "called"), (0, "event-not-enabled")],
    "freshpaint.page()": [(0, "called")],
    "freshpaint.identify('u1')": [(0, "called"), (0, "joined"), (0, "turn"), (0, "sent")],
    "freshpaint.track('A')": [(0, "called"), (0, "joined"), (0, "turn"), (0, "event-hold")],
    "freshpaint.track('A'); freshpaint.identify('u1')": [
        *((0, "called"), (0, "joined"), (1, "called"), (1, "joined")),
        *((0, "turn"), (0, "event-hold"), (1, "turn"), (1, "sent"), (0, "turn"), (0, "sent")),
    ],
}
LISTEN: Final = "<script>heard = []; addEventListener('freshtap', event => heard.push(event.detail));</script>"


@pytest.mark.parametrize(("calls", "steps"), STEPS.items(), ids=STEPS)
def test_tools_hear_how_far_each_call_comes(visitor: Visitor, calls: str, steps: list[tuple[int, str]]) -> None:
    """By the event "freshtap" on window, with a number for each call, which a held one keeps."""
    visit = visitor(config={"track": {"send": "defined"}, "events": [{"name": "A"}]}, debug=True)
    visit.open(before=LISTEN, script=calls)
    visit.settled()
    heard = visit.page.evaluate("heard.map(({call, step, code}) => [call, step || code])")
    numbers = list(dict.fromkeys(number for number, _ in heard))
    assert [(numbers.index(number), what) for number, what in heard] == steps


def test_tools_tell_a_call_again_on_the_next_page(visitor: Visitor) -> None:
    """A call that another page hands over has the number that it was given where it was made."""
    visit = visitor(config={"track": {"send": "all"}}, debug=True)
    visit.open(before=LISTEN, script="freshpaint.track('A')")
    visit.settled()
    first = visit.page.evaluate("heard[0].call")
    visit.open("/next", before=LISTEN, script="freshpaint.identify('u1')")
    visit.arrives(2)
    sent = visit.page.evaluate("heard.filter(({step}) => step === 'sent').map(({call, value}) => [call, value[0]])")
    assert [first, "A"] in sent
