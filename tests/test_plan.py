"""What CleverTap and the bridge will do with a config: errors and warnings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from freshtap import clevertap, config, plan
from freshtap.errors import ConfigError, labelled

OWN = "Allowed: a name of its own for each event."
SOMETHING_ELSE = "would not be sent: to CleverTap's SDK that name means something else"
UNCHANGED = "Allowed: at most 120 characters with single blanks between them, and none of & $ \" \\ % > < ! . : '."
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


def test_a_name_is_looked_at_also_where_its_event_is_wrong() -> None:
    """All that is wrong with a transformation is told at once."""
    change = {"op": "rename-event", "on": "B", "to": "Stayed"}
    found = examined({"events": events("A"), "transformations": [change]})
    assert [line.partition(": ")[2].partition(":")[0] for line in found] == [
        "transformations[0].on",
        "transformations[0].to",
    ]
    twice = [{"op": "rename-event", "on": "A", "to": name} for name in ("Stayed", "Fine")]
    found = examined({"events": events("A"), "transformations": twice})
    assert {line.partition(": ")[2].partition(":")[0] for line in found} == {
        "transformations[1].on",
        "transformations[0].to",
    }


def test_nothing_to_say() -> None:
    """A plan that reaches CleverTap as it is has neither errors nor warnings."""
    assert examined({"events": events("A", "B") + events("Order", "Refill", charged=True)}) == []


@pytest.mark.parametrize(
    ("consent", "expected"),
    [
        ({}, []),
        ({"required": True}, ["consent.required forbids"]),
        ({"respect_gpc": True}, ["consent.respect_gpc forbids"]),
        ({"required": True, "respect_gpc": True}, ["consent.required and consent.respect_gpc forbid"]),
    ],
)
def test_preload(consent: dict[str, bool], expected: list[str]) -> None:
    """A browser preloads the SDK without asking, and so it cannot where a visitor may not have agreed."""
    tables = {"clevertap": {"account_id": "A-B-C", "preload": True}, "consent": consent, "events": events("A")}
    wrong = "Error: clevertap.preload: true would ask for the SDK where {} it. Allowed: false, or no [consent]."
    assert examined(tables) == [wrong.format(those) for those in expected]


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"events": events("A", "B", "A")},
            ['Error: events[2].name: "A" is listed already, as events[0]. Allowed: each event once.'],
        ),
        (
            {"events": events("A") + events("A", enabled=False)},
            ['Error: events[1].name: "A" is listed already, as events[0]. Allowed: each event once.'],
        ),
        (
            {"events": events("50% off", "50 off")},
            [
                'Warning: events[0].name: "50% off" reaches CleverTap as "50 off": % cannot be in a name. ' + UNCHANGED,
                'Error: events[1].name: "50 off" reaches CleverTap as "50 off", and so does "50% off", events[0].name. '
                + OWN,
            ],
        ),
        ({"events": events("Charged") + events("Order", charged=True)}, []),
        (
            {"events": events("Charged", "Charged!")},
            ['Warning: events[1].name: "Charged!" reaches CleverTap as "Charged": ! cannot be in a name. ' + UNCHANGED],
        ),
        (
            {"events": events("Charged", "Charged")},
            ['Error: events[1].name: "Charged" is listed already, as events[0]. Allowed: each event once.'],
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
                f'Warning: events[0].name: "{"x" * 59}…" reaches CleverTap as "{"x" * 59}…": '
                "names end after 120 characters. " + UNCHANGED
            ],
        ),
        (
            {"events": events(" A  b")},
            ['Warning: events[0].name: " A  b" reaches CleverTap as "A b": blanks are trimmed. ' + UNCHANGED],
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
        "Charged by name and by key",
        "Charged once cleaned",
        "Charged, twice",
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


EVERYTHING: dict[str, Any] = {
    "clevertap": {
        "account_id": "A-B-C",
        "token": "x",
        "target_domain": "ct.example.com",
        "use_ip": True,
        "spa": True,
        "transport": "fetch",
    },
    "freshpaint": {"mode": "companion"},
    "identify": {"default_country_code": "+1", "nested": "drop"},
    "track": {"send": "all", "before_identify": "send", "nested": "drop"},
    "consent": {"required": True, "respect_gpc": True},
    "transformations": [
        {"op": "rename-event", "on": "A", "to": "B"},
        {"op": "rename-property", "on": "*", "from": "a", "to": "b"},
        {"op": "change-type", "on": "identify", "property": "a", "to": "date"},
        {"op": "uppercase", "on": "A", "property": "a"},
        {"op": "lowercase", "on": "A", "property": "a"},
        {"op": "delete-property", "on": "*", "property": "a"},
        {"op": "send-builtin", "on": "*", "property": "url"},
        {"op": "send-constant", "on": "*", "property": "a", "value": "x" * 512},
    ],
}


@pytest.mark.parametrize("key", EVERYTHING)
def test_nothing_is_unsupported(key: str) -> None:
    """Every key of the config does something: none is refused for being there, alone or with all the others."""
    assert examined({"events": events("A"), key: EVERYTHING[key]}) == []
    assert examined({"events": events("A"), **EVERYTHING}) == []


def test_defaults_written_out() -> None:
    """A key that asks for nothing is harmless."""
    tables = {
        "clevertap": {"account_id": "A-B-C", "spa": False, "transport": "jsonp"},
        "freshpaint": {"mode": "standalone"},
        "consent": {"required": False, "respect_gpc": False},
        "transformations": [],
    }
    assert examined({"events": events("A"), **tables}) == []


OFF = '"Off" is not enabled for CleverTap, so that this changes nothing. Allowed: an event with enabled = true.'
PROHIBITED = "& $ \" \\ % > < ! . : '"


@pytest.mark.parametrize(
    ("transformations", "expected"),
    [
        (
            [{"op": "uppercase", "on": "Oder", "property": "x"}],
            [
                'Error: transformations[0].on: "Oder" is not an event of this config. '
                'Allowed: the name of one of the [[events]], "*" or "identify". Did you mean "Order"?'
            ],
        ),
        (
            [{"op": "uppercase", "on": " ORDER", "property": "x"}],
            [
                'Error: transformations[0].on: " ORDER" is not an event of this config. '
                'Allowed: the name of one of the [[events]], "*" or "identify". Did you mean "Order"?'
            ],
        ),
        (
            [{"op": "rename-event", "on": "Order", "to": "View"}],
            [
                'Error: events[1].name: "View" reaches CleverTap as "View", and so does "View", transformations[0].to. '
                + OWN
            ],
        ),
        (
            [{"op": "rename-event", "on": "Order", "to": "View"}, {"op": "rename-event", "on": "View", "to": "Order"}],
            [],
        ),
        (
            [{"op": "rename-event", "on": "Order", "to": "Charged"}],
            [],
        ),
        (
            [{"op": "rename-event", "on": "Order", "to": "Stayed"}],
            [
                'Error: transformations[0].to: "Stayed" is reserved by CleverTap and would not be sent. '
                f"Allowed: any name but {RESERVED}."
            ],
        ),
        (
            [{"op": "rename-event", "on": "Order", "to": "Order: done"}],
            [
                'Warning: transformations[0].to: "Order: done" reaches CleverTap as "Order done": : cannot be in a name. '
                + UNCHANGED
            ],
        ),
        (
            [{"op": "rename-event", "on": "Order", "to": "%"}],
            [
                'Error: transformations[0].to: "%" has nothing that CleverTap takes. '
                f"Allowed: any text with more than {PROHIBITED} in it."
            ],
        ),
        (
            [{"op": "rename-event", "on": "Order", "to": "A"}, {"op": "rename-event", "on": "Order", "to": "B"}],
            [
                'Error: transformations[1].on: "Order" is renamed already, by transformations[0]. Allowed: one rename-event for each event.'
            ],
        ),
        (
            [{"op": "rename-event", "on": "Bought", "to": "Paid"}],
            [
                'Warning: transformations[0].to: "Paid" does nothing: a purchase is sent as "Charged". '
                "Allowed: an event without charged = true."
            ],
        ),
        ([{"op": "rename-event", "on": "Off", "to": "View"}], [f"Warning: transformations[0].on: {OFF}"]),
        ([{"op": "uppercase", "on": "Off", "property": "x"}], [f"Warning: transformations[0].on: {OFF}"]),
        ([{"op": "uppercase", "on": on, "property": "x!"} for on in ("*", "identify", "Order")], []),
        (
            [{"op": "rename-property", "on": "*", "from": "a!", "to": "Coupon: code"}],
            [
                'Warning: transformations[0].to: "Coupon: code" reaches CleverTap as "Coupon code": '
                ": cannot be in a name. " + UNCHANGED
            ],
        ),
        (
            [{"op": "rename-property", "on": "identify", "from": "a", "to": "!"}],
            [
                'Error: transformations[0].to: "!" has nothing that CleverTap takes. '
                f"Allowed: any text with more than {PROHIBITED} in it."
            ],
        ),
        (
            [{"op": "send-constant", "on": "*", "property": "a.b", "value": 1}],
            [
                'Warning: transformations[0].property: "a.b" reaches CleverTap as "ab": . cannot be in a name. '
                + UNCHANGED
            ],
        ),
        (
            [{"op": "send-constant", "on": "*", "property": "...", "value": 1}],
            [
                'Error: transformations[0].property: "..." has nothing that CleverTap takes. '
                f"Allowed: any text with more than {PROHIBITED} in it."
            ],
        ),
        (
            [{"op": "send-constant", "on": "*", "property": "a", "value": "x" * 511 + "😀"}],
            [
                f'Warning: transformations[0].value: "{"x" * 59}…" is sent without what is beyond 512 characters. Allowed: at most 512 characters.',
            ],
        ),
        ([{"op": "send-constant", "on": "*", "property": "a", "value": "x" * 510 + "😀"}], []),
        (
            [{"op": "send-constant", "on": "*", "property": "a", "value": "The \"O'Brien\\"}],
            [
                'Warning: transformations[0].value: "The \\"O\'Brien\\\\" reaches CleverTap as "The ”O’Brien": '
                "its SDK deletes straight quotes and backslashes. Allowed: text without ' \" \\."
            ],
        ),
        ([{"op": "send-constant", "on": "*", "property": "a", "value": "”O’Brien"}], []),
        (
            [
                {"op": "send-constant", "on": "Nobody", "property": "%", "value": "y" * 600},
                {"op": "rename-event", "on": "Nobody", "to": "B"},
            ],
            [
                'Error: transformations[0].on: "Nobody" is not an event of this config. '
                'Allowed: the name of one of the [[events]], "*" or "identify".',
                'Error: transformations[0].property: "%" has nothing that CleverTap takes. '
                f"Allowed: any text with more than {PROHIBITED} in it.",
                f'Warning: transformations[0].value: "{"y" * 59}…" is sent without what is beyond 512 characters. Allowed: at most 512 characters.',
                'Error: transformations[1].on: "Nobody" is not an event of this config. '
                'Allowed: the name of one of the [[events]], "*" or "identify".',
            ],
        ),
    ],
    ids=[
        "no such event",
        "another case",
        "two become one",
        "two change places",
        "renamed to a purchase, beside another",
        "reserved",
        "cleaned",
        "nothing left of an event",
        "renamed twice",
        "a purchase renamed",
        "not enabled, renamed like another",
        "not enabled",
        "a prohibited character on the page's side",
        "a property cleaned",
        "nothing left of a property",
        "a constant cleaned",
        "nothing left of a constant",
        "a constant too long",
        "a constant just short enough",
        "a constant with straight quotes",
        "a constant with other quotes",
        "all at once",
    ],
)
def test_transformations(transformations: list[dict[str, Any]], expected: list[str]) -> None:
    """A transformation is for an event of the plan, and the names that it gives are checked like any other."""
    plan_events = events("Order", "View") + events("Bought", charged=True) + events("Off", enabled=False)
    assert examined({"events": plan_events, "transformations": transformations}) == expected


def test_what_can_be_read_of_an_entry_is_checked(tmp_path: Path) -> None:
    """What is wrong with one key of an event or a transformation hides nothing of the others, and makes up nothing."""
    path = tmp_path / "freshtap.toml"
    path.write_text(
        """[clevertap]
        account_id = "A-B-C"
        [[events]]
        name = "Stayed"
        enabled = "yes"
        [[events]]
        name = "A"
        charge = true
        [[events]]
        name = "A"
        [[transformations]]
        on = "A"
        op = "uppercase"
        property = "x"
        [[transformations]]
        on = "Zed"
        op = "nope"
        [[transformations]]
        on = "Zed"
        op = "rename-property"
        from = "a"
        [[transformations]]
        on = "Zed"
        op = "uppercase"
        property = "x"
        """,
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        plan.load(path)
    assert sorted(problem.key for problem in caught.value.problems) == [
        "events[0].enabled",
        "events[0].name",
        "events[1].charge",
        "events[2].name",
        "transformations[1].on",
        "transformations[1].op",
        "transformations[2].on",
        "transformations[2].to",
        "transformations[3].on",
    ]


@pytest.mark.parametrize(
    ("on", "name", "wrong"),
    [
        ("*", "__pro.to__", "has a meaning of its own in browsers"),
        ("identify", "__pro.to__", "has a meaning of its own in browsers"),
        ("*", "hasOwn.Property", SOMETHING_ELSE),
        ("identify", "hasOwnProperty", SOMETHING_ELSE),
        ("identify", "FBID", SOMETHING_ELSE),
        ("identify", "custom.Id", SOMETHING_ELSE),
        ("identify", "Identity", SOMETHING_ELSE),
        ("identify", "Ph.one", SOMETHING_ELSE),
    ],
)
def test_properties_that_would_not_be_sent(on: str, name: str, wrong: str) -> None:
    """A name that the config gives to a property is refused where the bridge would not send it."""
    changes: list[tuple[str, dict[str, Any]]] = [
        ("to", {"on": on, "op": "rename-property", "from": "x", "to": name}),
        ("property", {"on": on, "op": "send-constant", "property": name, "value": 1}),
    ]
    assert examined({"events": events("A"), "transformations": [change for _, change in changes]}) == [
        f'Error: transformations[{index}].{key}: "{name}" {wrong}. Allowed: any other name.'
        for index, (key, _) in enumerate(changes)
    ]


@pytest.mark.parametrize("name", ["FBID", "Identity", "Phone", "tz"])
def test_the_same_names_on_events(name: str) -> None:
    """What means something in a profile is a property like any other on an event."""
    change = {"on": "*", "op": "send-constant", "property": name, "value": 1}
    assert examined({"events": events("A"), "transformations": [change]}) == []


def test_a_standard_field_can_be_renamed_to() -> None:
    """Under its very name a standard field is sent."""
    changes = [
        {"on": "identify", "op": "rename-property", "from": "x", "to": name} for name in clevertap.PROFILE_FIELDS
    ]
    assert examined({"events": events("A"), "transformations": changes}) == []


def test_the_standard_fields_are_the_templates() -> None:
    """The fields that the build knows of are those that identify.js makes."""
    template = (Path(__file__).parents[1] / "templates" / "identify.js").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^  \[\"(\w+)\", ", template, re.MULTILINE)) == clevertap.PROFILE_FIELDS


def rename(old: str, new: str, on: str = "*") -> dict[str, Any]:
    return {"on": on, "op": "rename-property", "from": old, "to": new}


def constant(name: str, on: str = "*") -> dict[str, Any]:
    return {"on": on, "op": "send-constant", "property": name, "value": 1}


def builtin(name: str, on: str = "*") -> dict[str, Any]:
    return {"on": on, "op": "send-builtin", "property": name}


def delete(name: str, on: str = "*") -> dict[str, Any]:
    return {"on": on, "op": "delete-property", "property": name}


TOO = "too: where both apply, only this one's value is sent. Allowed: any other name, or only one of the two."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([rename("a", "x"), rename("b", "x")], []),
        ([constant("x"), constant("x")], [f'transformations[1].property: "x" is written by transformations[0], {TOO}']),
        (
            [constant("url"), rename("a", "url"), builtin("url")],
            [
                f'transformations[1].to: "url" is written by transformations[0], {TOO}',
                f'transformations[2].property: "url" is written by transformations[1], {TOO}',
            ],
        ),
        (
            [constant("x", "identify"), constant("x", "identify")],
            [f'transformations[1].property: "x" is written by transformations[0], {TOO}'],
        ),
        (
            [constant("Coupon code"), rename("coupon", "Coupon: code")],
            [
                'transformations[1].to: "Coupon: code" reaches CleverTap as "Coupon code": : cannot be in a name. '
                + UNCHANGED,
                'transformations[1].to: "Coupon: code" reaches CleverTap as "Coupon code", and so does "Coupon code", '
                "transformations[0]: one of them is not sent. "
                "Allowed: any other name, or only one of the two.",
            ],
        ),
        ([constant("x"), constant("x", "A"), constant("x", "B"), constant("x", "identify")], []),
        ([constant("x"), constant("X")], []),
        ([rename("a", "x"), rename("x", "y"), rename("b", "x")], []),
        ([constant("x"), delete("x"), constant("x")], []),
        (
            [constant("x y"), delete("x  y"), constant("x y")],
            [f'transformations[2].property: "x y" is written by transformations[0], {TOO}'],
        ),
        ([constant("x"), {"on": "*", "op": "change-type", "property": "x", "to": "text"}, rename("x", "x")], []),
    ],
    ids=[
        "alternatives",
        "two constants",
        "three kinds",
        "user properties",
        "one name once cleaned",
        "on different calls",
        "in another case",
        "renamed in between",
        "deleted in between",
        "another deleted in between",
        "changed in place",
    ],
)
def test_transformations_that_write_one_property(changes: list[dict[str, Any]], expected: list[str]) -> None:
    """Two that write the same property of the same calls are a warning: one of the values would be lost without a word."""
    found = examined({"events": events("A", "B"), "transformations": changes})
    assert found == [f"Warning: {line}" for line in expected]


@pytest.mark.parametrize(
    ("word", "meaning"), [("*", "every event"), ("identify", "user properties")], ids=["*", "identify"]
)
@pytest.mark.parametrize("enabled", [True, False])
def test_an_event_that_no_transformation_can_be_on(word: str, meaning: str, *, enabled: bool) -> None:
    """Where it is listed, a transformation may be meant for it, and is for something else."""
    change = {"op": "uppercase", "on": word, "property": "x"}
    assert examined({"events": events("A"), "transformations": [change]}) == []
    assert examined({"events": events("A") + events(word, enabled=enabled), "transformations": [change]}) == [
        f'Warning: transformations[0].on: "{word}" means {meaning} here, and never the event of that name. '
        "Allowed: the name of another event, or no event of that name."
    ]


def test_few_guesses_among_many_events() -> None:
    """Guessing what was meant takes a while: thousands of events that are not there are named without."""
    changes = [{"on": f"Event {index} vieved", "op": "uppercase", "property": "x"} for index in range(1000)]
    found = examined({"events": events(*(f"Event {index} viewed" for index in range(500))), "transformations": changes})
    assert len(found) == 1000
    assert ["Did you mean" in line for line in found] == [index < 20 for index in range(1000)]


def test_transformations_of_all_events() -> None:
    """With send = "all" they can be on events that are not listed; those that are renamed are checked, too."""
    on_any = [{"op": "uppercase", "on": "Anything", "property": "x"}, {"op": "rename-event", "on": "A", "to": "B"}]
    assert examined({"track": {"send": "all"}, "transformations": on_any}) == []
    onto_listed = [{"op": "rename-event", "on": "A", "to": "Order"}, {"op": "rename-event", "on": "B", "to": "C!"}]
    assert examined({"track": {"send": "all"}, "events": events("Order"), "transformations": onto_listed}) == [
        'Error: transformations[0].to: "Order" reaches CleverTap as "Order", and so does "Order", events[0].name. '
        + OWN,
        'Warning: transformations[1].to: "C!" reaches CleverTap as "C": ! cannot be in a name. ' + UNCHANGED,
    ]


def test_a_rename_is_no_event_type_more() -> None:
    """512 event types are those that CleverTap receives: a renamed event counts once, under its new name."""
    names = [f"Event {number}" for number in range(512)]
    rename = [{"op": "rename-event", "on": "Event 7", "to": "Another"}]
    assert examined({"events": events(*names), "transformations": rename}) == []


def test_strict() -> None:
    """--strict makes errors of warnings."""
    assert examined({"events": events("A!")}, strict=True) == [
        'Error: events[0].name: "A!" reaches CleverTap as "A": ! cannot be in a name. ' + UNCHANGED
    ]


def test_with_unreadable_parts() -> None:
    """Errors in the plan are named along with those of the file, events by their number in the file."""
    table = [{"nme": "A"}, {"name": "Stayed"}, {"name": 7}, {"name": "B"}, {"name": "B"}]
    found = examined({"clevertap": {"region": "x"}, "events": table, "consent": {"required": 1}})
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


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"events": events("A!"), "transformations": [{"op": "uppercase", "on": "A!"}]},
            ["Error: transformations[0].property", "Warning: events[0].name"],
        ),
        (
            {"events": events("A", enabled=False) + events("B"), "transformations": [{"op": "upper", "on": "A"}]},
            ["Error: transformations[0].op", "Warning: transformations[0].on"],
        ),
        ({"events": [{"name": 7}]}, ["Error: events[0].name"]),
        ({"events": events("A", enabled=False), "consent": {"required": 1}}, ["Error: consent.required"]),
    ],
    ids=["a name", "a transformation", "no event that can be read", "no event that is enabled"],
)
def test_warnings_beside_errors(tables: dict[str, Any], expected: list[str]) -> None:
    """Those about what could be read are told at once with what could not; what a half-read file lacks is none."""
    assert [": ".join(line.split(": ")[:2]) for line in examined(tables)] == expected


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ([{"nmae": "Order"}], ["events[0].name", "events[0].nmae", "transformations[0].to"]),
        ([{"name": 7}, {"name": "A"}], ["events[0].name", "transformations[0].to"]),
        ([7], ["events[0]", "transformations[0].to"]),
        (7, ["events", "transformations[0].to"]),
        ([{"name": "A", "charge": True}], ["events[0].charge", "transformations[0].on", "transformations[0].to"]),
    ],
    ids=["another key", "no text", "no table", "no list", "every name readable"],
)
def test_an_event_whose_name_cannot_be_read(table: Any, expected: list[str]) -> None:
    """It may be the one that a transformation is on: what follows from it is no problem more, what does not is one."""
    rename = {"op": "rename-event", "on": "Order", "to": "Stayed"}
    found = examined({"events": table, "transformations": [rename]})
    assert [line.split(": ")[1] for line in found] == expected


def test_nothing_readable() -> None:
    """A file without anything to read has no plan to find fault with."""
    assert examined({"clevertap": 3, "events": 3}) == [
        "Error: clevertap: 3 is not a table. Allowed: a table of keys and values.",
        "Error: events: 3 is not a list of tables. Allowed: any number of [[events]] tables.",
    ]
