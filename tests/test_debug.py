"""A debug build tells the developer what became of each call and value; nobody else's build does."""

from __future__ import annotations

from typing import Any, Final

import pytest

from conftest import Visitor
from freshtap.reasons import REASONS
from visit import Visit

#: Code, what the page calls, what the config says.
CASES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "event-hold": ("freshpaint.track('A')", {}),
    "event-drop": ("freshpaint.track('A')", {"before_identify": "drop"}),
    "event-not-enabled": ("freshpaint.track('B')", {"send": "defined"}),
    "event-reserved": ("freshpaint.track('Stayed')", {}),
    "field-unusable": ("freshpaint.identify('u1', {phone: 'call me'})", {}),
    "identify-repeated": ("freshpaint.identify('u1'); freshpaint.identify('u1')", {}),
    "name-cleaned": ("freshpaint.identify('u1', {'a.b': 1})", {}),
    "name-empty": ("freshpaint.identify('u1', {'$': 1})", {}),
    "name-reserved": ("freshpaint.identify('u1', {customId: 'x'})", {}),
    "name-taken": ("freshpaint.identify('u1', {'a.b': 1, ab: 2})", {}),
    "not-allowed": ("freshpaint.track('A', {}, {integrations: {All: false}})", {}),
    "too-many": ("freshpaint.identify('u1', Object.fromEntries([...Array(300).keys()].map(n => ['k' + n, n])))", {}),
    "value-cut": ("freshpaint.identify('u1', {bio: 'x'.repeat(600)})", {}),
    "value-unusable": ("freshpaint.identify('u1', {none: NaN})", {}),
    "visitor-refused": ("freshpaint.opt_out_tracking(); freshpaint.track('A')", {}),
}


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
    visit.open(script="freshpaint.identify('u1', {plan: 'pro'}); freshpaint.track('A', {n: 1})")
    visit.arrives(2)
    assert reports(visit) == []


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
