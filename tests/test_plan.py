"""What CleverTap and the bridge will do with a config: errors and warnings."""

from __future__ import annotations

from typing import Any

import pytest

from freshtap import config, plan
from freshtap.errors import ConfigError, labelled

RESERVED = "Stayed, UTM Visited, App Launched, Notification Sent, Notification Viewed, Notification Clicked"


def examined(tables: dict[str, Any], *, strict: bool = False) -> list[str]:
    """What a person reads about a config with these tables."""
    reading = config.from_mapping({"clevertap": {"account_id": "A-B-C"}, **tables})
    try:
        found = plan.examine(reading, strict=strict).warnings
    except ConfigError as error:
        found = error.problems
    return [labelled(problem).replace(" freshtap.toml:", "") for problem in found]


def events(*names: str, **keys: bool) -> list[dict[str, Any]]:
    return [{"name": name, **keys} for name in names]


def test_nothing_to_say() -> None:
    """A plan that reaches CleverTap as it is has neither errors nor warnings."""
    assert examined({"events": events("A", "B") + events("Order", "Refill", charged=True)}) == []


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"events": events("A", "B", "A")},
            ['Error: events[2].name: "A" is listed already, as events[0].'],
        ),
        (
            {"events": events("A") + events("A", enabled=False)},
            ['Error: events[1].name: "A" is listed already, as events[0].'],
        ),
        (
            {"events": events("50% off", "50 off")},
            [
                'Warning: events[0].name: "50% off" reaches CleverTap as "50 off": % cannot be in a name.',
                'Error: events[1].name: "50 off" reaches CleverTap as "50 off", and so does "50% off", events[0].name.',
            ],
        ),
        (
            {"events": events("Charged") + events("Order", charged=True)},
            ['Error: events[1].name: "Order" reaches CleverTap as "Charged", and so does "Charged", events[0].name.'],
        ),
        (
            {"events": events("Stayed")},
            [
                'Error: events[0].name: "Stayed" is reserved by CleverTap and would not be sent. '
                f"Allowed: any name but {RESERVED}."
            ],
        ),
        (
            {"events": events("App Launched!")},
            [
                'Error: events[0].name: "App Launched!" is reserved by CleverTap and would not be sent. '
                f"Allowed: any name but {RESERVED}."
            ],
        ),
        (
            {"events": events("%!")},
            [
                'Error: events[0].name: "%!" has nothing that CleverTap takes. '
                "Allowed: any text with more than & $ \" \\ % > < ! . : ' in it."
            ],
        ),
        (
            {"events": events("__proto__!")},
            ['Error: events[0].name: "__proto__!" has a meaning of its own in browsers. Allowed: any other name.'],
        ),
        (
            {"events": events("x" * 130)},
            [
                f'Warning: events[0].name: "{"x" * 59}… reaches CleverTap as "{"x" * 59}…: '
                "names end after 120 characters."
            ],
        ),
        (
            {"events": events(" A  b")},
            ['Warning: events[0].name: " A  b" reaches CleverTap as "A b": blanks are trimmed.'],
        ),
        (
            {"events": []},
            [
                'Warning: track.send: "defined" sends no event at all: none is listed and enabled. '
                'Allowed: [[events]] tables, or send = "all".'
            ],
        ),
        (
            {"events": events("Stayed", "%", enabled=False)},
            [
                'Warning: track.send: "defined" sends no event at all: none is listed and enabled. '
                'Allowed: [[events]] tables, or send = "all".'
            ],
        ),
        ({"track": {"send": "all"}}, []),
        ({"events": events("App launched", "stayed")}, []),
        ({"events": events("100% refill", charged=True)}, []),
    ],
    ids=[
        "twice",
        "twice, once disabled",
        "one name once cleaned",
        "two kinds of Charged",
        "reserved",
        "reserved once cleaned",
        "nothing left",
        "prototype",
        "too long",
        "blanks",
        "no event",
        "no event enabled",
        "all events",
        "reserved in another case",
        "charged under another name",
    ],
)
def test_events(tables: dict[str, Any], expected: list[str]) -> None:
    """Errors where CleverTap would refuse or two become one, warnings where the bridge repairs."""
    assert examined(tables) == expected


def test_event_types() -> None:
    """CleverTap takes 512 event types; all charged events are one, disabled ones none."""
    names = [f"Event {number}" for number in range(511)]
    charged = events("Order", "Refill", "Renewal", charged=True)
    disabled = events("Later", "Never", enabled=False)
    assert examined({"events": events(*names) + charged + disabled}) == []
    assert examined({"events": events(*names, "One more") + charged + disabled}) == [
        "Error: events: 513 event types are too many for one CleverTap account. "
        "Allowed: 512, not counting those with enabled = false."
    ]


@pytest.mark.parametrize(
    ("tables", "key", "sentence"),
    [
        ({"clevertap": {"token": "x"}}, "clevertap.token", '"x" {}. Allowed: no such key.'),
        (
            {"clevertap": {"target_domain": "a.b"}},
            "clevertap.target_domain",
            '"a.b" {}. Allowed: no such key.',
        ),
        ({"clevertap": {"spa": True}}, "clevertap.spa", "true {}. Allowed: false, or no such key."),
        (
            {"clevertap": {"transport": "fetch"}},
            "clevertap.transport",
            '"fetch" {}. Allowed: "jsonp", or no such key.',
        ),
        (
            {"freshpaint": {"mode": "companion"}},
            "freshpaint.mode",
            '"companion" {}. Allowed: "standalone", or no such key.',
        ),
        ({"consent": {"required": True}}, "consent.required", "true {}. Allowed: false, or no such key."),
        (
            {"consent": {"respect_gpc": True}},
            "consent.respect_gpc",
            "true {}. Allowed: false, or no such key.",
        ),
        (
            {"transformations": [{"op": "uppercase", "on": "*", "property": "x"}]},
            "transformations",
            "not supported yet, they come with a later release. Allowed: no such tables.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_not_supported_yet(tables: dict[str, Any], key: str, sentence: str) -> None:
    """What a later release brings is refused until then, never ignored."""
    tables = {**tables, "clevertap": {"account_id": "A-B-C", **tables.get("clevertap", {})}}
    expected = sentence.format("is not supported yet, it comes with a later release")
    assert examined({"events": events("A"), **tables}) == [f"Error: {key}: {expected}"]


def test_defaults_written_out() -> None:
    """A key that asks for nothing is harmless."""
    tables = {
        "clevertap": {"account_id": "A-B-C", "spa": False, "transport": "jsonp"},
        "freshpaint": {"mode": "standalone"},
        "consent": {"required": False, "respect_gpc": False},
        "transformations": [],
    }
    assert examined({"events": events("A"), **tables}) == []


@pytest.mark.parametrize(
    ("transformation", "expected"),
    [
        (
            {"op": "uppercase", "on": "Oder", "property": "x"},
            'Error: transformations[0].on: "Oder" is not an event of this config. '
            'Allowed: the name of one of the [[events]], "*" or "identify". Did you mean "Order"?',
        ),
        (
            {"op": "rename-event", "on": "Order", "to": "View"},
            'Error: events[1].name: "View" reaches CleverTap as "View", and so does "Order", transformations[0].to.',
        ),
        (
            {"op": "rename-event", "on": "Order", "to": "Stayed"},
            'Error: transformations[0].to: "Stayed" is reserved by CleverTap and would not be sent. '
            f"Allowed: any name but {RESERVED}.",
        ),
    ],
    ids=["no such event", "two become one", "reserved"],
)
def test_transformations(transformation: dict[str, str], expected: str) -> None:
    """A transformation is for an event of the plan, and a new name is checked like any other."""
    found = examined({"events": events("Order", "View"), "transformations": [transformation]})
    assert found[1:] == [expected]


def test_strict() -> None:
    """--strict makes errors of warnings."""
    assert examined({"events": events("A!")}, strict=True) == [
        'Error: events[0].name: "A!" reaches CleverTap as "A": ! cannot be in a name.'
    ]


def test_with_unreadable_parts() -> None:
    """Errors in the plan are named along with those of the file, events by their number in the file."""
    table = [{"nme": "A"}, {"name": "Stayed"}, {"name": 7}, {"name": "B"}, {"name": "B"}]
    found = examined({"clevertap": {"region": "x"}, "events": table, "consent": {"required": True}})
    assert [line.split(": ")[1] for line in found] == [
        "clevertap.account_id",
        "clevertap.region",
        "events[0].name",
        "events[0].nme",
        "events[2].name",
        "consent.required",
        "events[4].name",
        "events[1].name",
    ]


def test_nothing_readable() -> None:
    """A file without anything to read has no plan to find fault with."""
    assert examined({"clevertap": 3, "events": 3}) == [
        "Error: clevertap: 3 is not a table. Allowed: a table of keys and values.",
        "Error: events: 3 is not a list of tables. Allowed: any number of [[events]] tables.",
    ]
