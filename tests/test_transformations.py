"""Transformations: what the config does to calls before they are mapped to CleverTap, in the order written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

import pytest

import sdk as sdks
from conftest import Visitor
from freshtap import config as configs
from freshtap import render
from freshtap.config.site import Site
from freshtap.config.transformations import SendBuiltin
from moments import Moment, at_each_moment, by_snippet_and_bridge
from sites import BASE, Config, Form, merged
from tables import Case, Properties, Table, Variant, date, noon
from visit import SITE, Visit
from wire import SEND, VARIANTS, arrive, leave, received

Arrived = Callable[[Table, Variant, Case], Properties | None]
Row = dict[str, Any]

BUILTINS: Final[tuple[str, ...]] = get_args(SendBuiltin.model_fields["property"].annotation)


def operations(on: str) -> list[Row]:
    """One operation on a property of each name that the rows below use."""
    return [
        *({"op": "change-type", "on": on, "property": to, "to": to} for to in ("text", "number", "boolean", "date")),
        {"op": "uppercase", "on": on, "property": "loud"},
        {"op": "lowercase", "on": on, "property": "quiet"},
        {"op": "delete-property", "on": on, "property": "secret"},
        {"op": "rename-property", "on": on, "from": "old", "to": "new"},
        {"op": "rename-property", "on": on, "from": "same", "to": "same"},
    ]


def constants(on: str) -> list[Row]:
    """Constants of every type."""
    values = {"text": "it's 100%", "whole": 7, "half": 0.5, "yes": True, "no": False, "empty": ""}
    return [{"op": "send-constant", "on": on, "property": name, "value": value} for name, value in values.items()]


#: What the constants above are on the wire.
CONSTANTS: Final = {"text": "it’s 100%", "whole": 7, "half": 0.5, "yes": True, "no": False, "empty": ""}

#: Each row shows by its result where it stands among the others.
INTERLEAVED: Final[list[Row]] = [
    {"op": "rename-property", "on": "*", "from": "a", "to": "b"},
    {"op": "uppercase", "on": "Order", "property": "b"},
    {"op": "rename-property", "on": "*", "from": "b", "to": "c"},
    {"op": "send-constant", "on": "Order", "property": "b", "value": "Constant"},
    {"op": "lowercase", "on": "*", "property": "b"},
]

CONFIGS: Final[dict[str, Config]] = {
    "every event": {"transformations": operations("*")},
    "user properties": {"transformations": operations("identify")},
    "one event": {"transformations": operations("Order")},
    "interleaved": {"transformations": INTERLEAVED},
    "constants": {"transformations": constants("*")},
    "user constants": {"transformations": constants("identify")},
    "named like a scope": {
        "transformations": [
            {"op": "send-constant", "on": "identify", "property": "user", "value": 1},
            {"op": "send-constant", "on": "*", "property": "every", "value": 2},
        ]
    },
    "renamed": {
        "events": [{"name": "Bought", "charged": True}, {"name": "Off", "enabled": False}],
        "transformations": [
            {"op": "rename-event", "on": "Old", "to": "New: $name!"},
            {"op": "send-constant", "on": "Old", "property": "n", "value": 1},
            {"op": "send-constant", "on": "New name", "property": "never", "value": 1},
            {"op": "rename-event", "on": "Sold", "to": "Charged"},
            {"op": "rename-event", "on": "Bought", "to": "Paid"},
            {"op": "rename-event", "on": "Off", "to": "On"},
            {"op": "rename-property", "on": "*", "from": "sum", "to": "total"},
            {"op": "rename-property", "on": "*", "from": "lines", "to": "products"},
            {"op": "change-type", "on": "Bought", "property": "order_id", "to": "text"},
        ],
    },
    "not enabled": {
        "events": [{"name": "Off", "enabled": False}, {"name": "Bought", "enabled": False, "charged": True}],
        "transformations": [{"op": "send-constant", "on": "Off", "property": "never", "value": 1}],
    },
    "before mapping": {
        "identify": {"default_country_code": "+1"},
        "transformations": [
            {"op": "rename-property", "on": "identify", "from": "mail", "to": "email"},
            {"op": "rename-property", "on": "identify", "from": "born", "to": "birthday"},
            {"op": "change-type", "on": "identify", "property": "birthday", "to": "date"},
            {"op": "delete-property", "on": "identify", "property": "gender"},
            {"op": "rename-property", "on": "identify", "from": "phone", "to": "Office: phone"},
            {"op": "change-type", "on": "identify", "property": "address", "to": "text"},
        ],
    },
}

TEXT: Final = {
    "a number": ("7", "7"),
    "a fraction": ("-0.5", "-0.5"),
    "true": ("true", "true"),
    "false": ("false", "false"),
    "a text": ("'a  b'", "a  b"),
    "an object, as JSON": ("{a: 1, b: {c: [true, null]}}", "{”a”:1,”b”:{”c”:[true,null]}}"),
    "null in an object": ("{a: null, b: [null]}", "{”a”:null,”b”:[null]}"),
    "an array, as JSON": ("[1, 'two', {three: 3}]", "[1,”two”,{”three”:3}]"),
    "an empty object": ("{}", "{}"),
    "an empty array": ("[]", "[]"),
    "a Date, as ISO text": ("new Date(0)", "1970-01-01T00:00:00.000Z"),
    "a Date in an object": ("{at: new Date(0)}", "{”at”:”1970-01-01T00:00:00.000Z”}"),
    "a BigInt": ("12345678901234567890n", "12345678901234567890"),
    "JSON that is too long": ("Array(600).fill(1)", ("[" + "1," * 600)[:512]),
}
NOT_TEXT: Final = {
    "null": ("null", None),
    "undefined": ("undefined", None),
    "NaN": ("NaN", None),
    "Infinity": ("Infinity", None),
    "a function": ("function secret() {}", None),
    "a symbol": ("Symbol('x')", None),
    "an invalid Date": ("new Date(NaN)", None),
    "a Map": ("new Map([[1, 2]])", None),
    "what cannot be written as JSON": ("{toJSON() { throw Error('mine'); }}", None),
}
NUMBER: Final = {
    "-1": ("'-1'", -1),
    "24.6": ("'24.6'", 24.6),
    "blanks around it": ("' 12 '", 12),
    "an exponent": ("'1e3'", 1000),
    "a number": ("7", 7),
    "zero": ("'0'", 0),
    "a BigInt": ("12n", 12),
}
NOT_NUMBER: Final = {
    "$812.37": ("'$812.37'", "$812.37"),
    "button": ("'button'", "button"),
    "an empty text": ("''", ""),
    "a blank, which the SDK trims": ("' '", ""),
    "null": ("null", None),
    "true": ("true", True),
    "Infinity, written out": ("'Infinity'", "Infinity"),
    "thousands": ("'1,234'", "1,234"),
    "an array of one": ("['1']", "1"),
    "a Date": ("new Date(5000)", "$D_5"),
}
BOOLEAN: Final = {
    "true, written out": ("'true'", True),
    "TRUE": ("'TRUE'", True),
    "False": ("'False'", False),
    "one": ("1", True),
    "zero": ("0", False),
    "one, written out": ("'1'", True),
    "zero, written out": ("'0'", False),
    "true": ("true", True),
    "false": ("false", False),
}
NOT_BOOLEAN: Final = {
    "yes": ("'yes'", "yes"),
    "two": ("2", 2),
    "an empty text": ("''", ""),
    "more than the word": ("'true story'", "true story"),
    "null": ("null", None),
    "an array of one": ("['true']", "true"),
}
DATE: Final = {
    "a day": ("'2024-02-29'", date("2024-02-29T00:00:00+00:00")),
    "a moment": ("'2024-02-29T10:30:00Z'", date("2024-02-29T10:30:00+00:00")),
    "milliseconds": ("'2024-02-29T10:30:00.400Z'", date("2024-02-29T10:30:00+00:00")),
    "an offset": ("'2024-02-29T10:30+05:30'", date("2024-02-29T05:00:00+00:00")),
    "a blank for the T": ("'2024-02-29 10:30:00Z'", date("2024-02-29T10:30:00+00:00")),
    "a number of milliseconds": ("1709164800000", date("2024-02-29T00:00:00+00:00")),
    "zero": ("0", "$D_0"),
    "before 1970": ("-1000", "$D_-1"),
    "a Date": ("new Date(5000)", "$D_5"),
}
NOT_DATE: Final = {
    "an impossible day": ("'2023-02-29'", "2023-02-29"),
    "tomorrow": ("'tomorrow'", "tomorrow"),
    "digits": ("'1709164800000'", "1709164800000"),
    "more than a day": ("'2024-02-29 or so'", "2024-02-29 or so"),
    "a number that no Date reaches": ("9e15", 9e15),
    "NaN": ("NaN", None),
    "true": ("true", True),
    "an array of one": ("['2024-02-29']", "2024-02-29"),
    "a symbol": ("Symbol('2024-02-29')", None),
    "null": ("null", None),
}
LOUD: Final = {
    "text": ("'aBc é'", "ABC É"),
    "a number": ("7", 7),
    "true": ("true", True),
    "an array of one": ("['a']", "a"),
    "a Date": ("new Date(5000)", "$D_5"),
}
QUIET: Final = {**LOUD, "text": ("'aBc É'", "abc é")}
SECRET: Final = {"text": ("'x'", None), "an object": ("{a: 1}", None)}

#: Rows in which builds, SDK versions or time zones could differ.
DIFFERS: Final = frozenset(
    {
        *("text: an object, as JSON", "text: a Date, as ISO text", "text: a BigInt", "not text: a symbol"),
        *("number: 24.6", "not number: $812.37", "boolean: TRUE", "date: a day", "date: an offset"),
        *("date: a blank for the T", "not date: a symbol", "not date: an impossible day", "uppercase: text"),
    }
)


def conversions(before: str, config: str) -> Iterable[Case]:
    """One row for each value of the tables above, as the property that its operation is on."""
    groups: dict[str, tuple[str, Mapping[str, tuple[str, Any]]]] = {
        "text": ("text", TEXT),
        "not text": ("text", NOT_TEXT),
        "number": ("number", NUMBER),
        "not number": ("number", NOT_NUMBER),
        "boolean": ("boolean", BOOLEAN),
        "not boolean": ("boolean", NOT_BOOLEAN),
        "date": ("date", DATE),
        "not date": ("date", NOT_DATE),
        "uppercase": ("loud", LOUD),
        "lowercase": ("quiet", QUIET),
        "deleted": ("secret", SECRET),
    }
    for group, (name, values) in groups.items():
        for value, (given, sent) in values.items():
            claim = f"{group}: {value}"
            # A custom user property that is an array stays one.
            wrapped = before == "" and given.startswith("['")
            arrives = {} if sent is None else {name: [sent] if wrapped else sent}
            yield Case(claim, f"{before}{{row: ROW, {name}: {given}}}", arrives, config, claim in DIFFERS)


def local_time(variant: Variant) -> Properties:
    """A date and time without a zone, in the browser's."""
    return {"date": date(datetime(2024, 2, 29, 10, 30, tzinfo=ZoneInfo(variant.timezone)).isoformat())}


def on_properties(before: str, config: str) -> Iterable[Case]:
    """What is the same for events and user properties, besides the conversions."""

    def row(
        claim: str, given: str, sent: Properties | Callable[[Variant], Properties], *, differs: bool = False
    ) -> Case:
        return Case(claim, f"{before}{given.replace('{', '{row: ROW, ', 1)}", sent, config, differs)

    return [
        row("a date in the browser's time zone", "{date: '2024-02-29T10:30'}", local_time, differs=True),
        row("an object is no date", "{date: {a: 1}}", {"date_a": 1}, differs=True),
        row("an object without a prototype", "{text: Object.create(null), date: Object.create(null)}", {"text": "{}"}),
        row("a property is renamed", "{old: 1, kept: 2}", {"new": 1, "kept": 2}, differs=True),
        row("renamed, an object", "{old: {a: 1}}", {"new_a": 1}),
        row("an absent property is not renamed", "{new: 1}", {"new": 1}),
        row("undefined is absent", "{old: undefined, new: 1}", {"new": 1}),
        row("renamed onto another it wins", "{old: 1, new: 2}", {"new": 1}, differs=True),
        row("renamed onto another behind it", "{new: 2, old: 1}", {"new": 1}),
        row("renamed to itself it stays", "{same: 1}", {"same": 1}),
        row("what is inherited is not there", "{__proto__: {old: 1, text: 2}, kept: 3}", {"kept": 3}),
        row("names that objects have", "{toString: 1, constructor: 2}", {"toString": 1, "constructor": 2}),
        row("a getter that throws", "{get text() { throw Error('mine'); }, kept: 1}", {"kept": 1}, differs=True),
        row("a getter", "{get text() { return 7; }}", {"text": "7"}),
        row(
            "proxies",
            "{text: new Proxy({a: 1}, {}), loud: new Proxy({}, {get() { throw Error('mine'); }}), "
            "date: new Proxy({}, {ownKeys() { throw Error('mine'); }})}",
            {"text": "{”a”:1}"},
            differs=True,
        ),
        row("a frozen object", "Object.freeze({text: 7, old: 1})", {"text": "7", "new": 1}),
        row(
            "all at once",
            "{text: 1, number: '2', boolean: 'true', date: 3000, loud: 'a', quiet: 'B', secret: 4, old: 5}",
            {"text": "1", "number": 2, "boolean": True, "date": "$D_3", "loud": "A", "quiet": "b", "new": 5},
            differs=True,
        ),
    ]


#: Everything that the operations are on.
ALL: Final = "text: 1, number: '2', loud: 'a', secret: 4, old: 5"
CHANGED: Final = {"text": "1", "number": 2, "loud": "A", "new": 5}
UNCHANGED: Final = {"text": 1, "number": "2", "loud": "a", "secret": 4, "old": 5}
ITEMS: Final = [{"sku": "a"}]

TRACK: Final = Table(
    "track",
    [
        *conversions("ROW, ", "every event"),
        *on_properties("ROW, ", "every event"),
        Case("on its event", f"'Order', {{row: ROW, {ALL}}}", CHANGED, "one event", True, "Order"),
        Case("not on another event", f"ROW, {{{ALL}}}", UNCHANGED, "one event", True),
        Case("not in another case", f"'order', {{row: ROW, {ALL}}}", UNCHANGED, "one event", arrives_as="order"),
        Case("user properties' are not on events", f"ROW, {{{ALL}}}", UNCHANGED, "user properties", True),
        Case(
            "in the order written",
            "'Order', {row: ROW, a: 'x'}",
            {"c": "X", "b": "constant"},
            "interleaved",
            True,
            "Order",
        ),
        Case("in the order written, another event", "ROW, {a: 'x', b: 'y'}", {"c": "x"}, "interleaved", True),
        Case("constants", "ROW, {kept: 1}", {"kept": 1, **CONSTANTS}, "constants", True),
        Case("constants win", "ROW, {text: 'mine', no: 1, whole: {a: 1}}", CONSTANTS, "constants"),
        Case("constants without properties", "ROW", CONSTANTS, "constants"),
        Case("an event called identify", "'identify', {row: ROW}", {"every": 2}, "named like a scope", True),
        Case("an event called *", "'*', {row: ROW}", {"every": 2}, "named like a scope", True, "*"),
        Case("a renamed event", "'Old', {row: ROW}", {"n": 1}, "renamed", True, "New name"),
        Case("a renamed event's own name", "'New name', {row: ROW}", {"never": 1}, "renamed", False, "New name"),
        Case("named almost like it", "'Old ', {row: ROW}", {}, "renamed", False, "Old"),
        Case(
            "renamed to Charged",
            "'Sold', {row: ROW, sum: '7', lines: [{sku: 'a'}]}",
            {"Amount": 7, "Items": ITEMS},
            "renamed",
            True,
            "Charged",
        ),
        Case(
            "a purchase's properties",
            "'Bought', {row: ROW, sum: 7, total: 8, order_id: 9, lines: [{sku: 'a'}]}",
            {"Charged ID": "9", "Amount": 7, "Items": ITEMS},
            "renamed",
            True,
            "Charged",
        ),
        Case("not enabled and renamed", "'Off', {row: ROW}", None, "renamed"),
        Case("not enabled", "'Off', {row: ROW}", None, "not enabled", True),
        Case("a purchase not enabled", "'Bought', {row: ROW, total: 1}", None, "not enabled", True),
        Case("all others are sent", "'off', {row: ROW}", {}, "not enabled", True, "off"),
        Case("the name of one not enabled", "'On', {row: ROW}", {}, "renamed", False, "On"),
    ],
    CONFIGS,
    before="freshpaint.identify('u1');",
)

IDENTIFY: Final = Table(
    "identify",
    [
        *conversions("", "user properties"),
        *on_properties("", "user properties"),
        Case("with an id", f"ROW, {{{ALL}}}", CHANGED, "user properties", True),
        Case("events' are not on user properties", f"{{row: ROW, {ALL}}}", UNCHANGED, "every event", True),
        Case("one event's are not", f"{{row: ROW, {ALL}}}", UNCHANGED, "one event"),
        Case("user constants", "{row: ROW}", CONSTANTS, "user constants", True),
        Case("the scope is told apart", "{row: ROW}", {"user": 1}, "named like a scope", True),
        Case("mail to Email", "{row: ROW, mail: 'a@site.test'}", {"Email": "a@site.test"}, "before mapping", True),
        Case("born to DOB", "{row: ROW, born: '1988-09-28'}", {"DOB": noon("1988-09-28")}, "before mapping", True),
        Case("a birthday with a zone", "{row: ROW, birthday: '1988-09-28T00:00Z'}", {"DOB": noon("1988-09-28")}, "before mapping", True),
        Case("milliseconds to DOB", "{row: ROW, born: 591408000000}", {"DOB": noon("1988-09-28")}, "before mapping", True),
        Case("no birthday", "{row: ROW, born: 'in spring'}", {}, "before mapping"),
        Case("a deleted Gender", "{row: ROW, gender: 'F'}", {}, "before mapping"),
        Case("Phone to a custom property", "{row: ROW, phone: '0123'}", {"Office phone": "0123"}, "before mapping", True),
        Case("an object as text", "{row: ROW, address: {city: 'Oslo'}}", {"address": "{”city”:”Oslo”}"}, "before mapping"),
    ],
    CONFIGS,
    before="freshpaint.identify('somebody');",
)  # fmt: skip


@pytest.mark.table(TRACK)
def test_events(arrived: Arrived, table: Table, variant: Variant, case: Case) -> None:
    """An event's properties are changed as the config says; what cannot be converted is left as it was."""
    assert arrived(table, variant, case) == case.expected(variant)


@pytest.mark.table(IDENTIFY)
def test_user_properties(arrived: Arrived, table: Table, variant: Variant, case: Case) -> None:
    """User properties are changed as the config says, before they are mapped to CleverTap's fields."""
    assert arrived(table, variant, case) == case.expected(variant)


def test_defined_events(visitor: Visitor) -> None:
    """With send = "defined", too: a transformation's event is named as Freshpaint knows it, and only listed ones go."""
    visit = visitor(
        config={
            "track": {"send": "defined", "before_identify": "send"},
            "events": [{"name": "Old"}, {"name": "Kept"}, {"name": "Bought", "charged": True}, {"name": "Sold"}],
            "transformations": [
                {"op": "rename-event", "on": "Old", "to": "It's new!"},
                {"op": "rename-event", "on": "Sold", "to": "Charged"},
                {"op": "send-constant", "on": "Old", "property": "n", "value": 1},
                {"op": "rename-property", "on": "*", "from": "sum", "to": "value"},
            ],
        }
    )
    visit.open()
    visit.run(
        """freshpaint.track('Old', {sum: 1}); freshpaint.track('Its new'); freshpaint.track("It's new!");
        freshpaint.track('Kept', {sum: 2}); freshpaint.track('Bought', {sum: '3'}); freshpaint.track('Other');
        freshpaint.track('Sold', {sum: '4'});"""
    )
    assert visit.arrives(4) == [
        (None, "Its new", {"value": 1, "n": 1}),
        (None, "Kept", {"value": 2}),
        (None, "Charged", {"Amount": 3}),
        (None, "Charged", {"Amount": 4}),
    ]


@at_each_moment
def test_event_properties_are_transformed(visitor: Visitor, moment: Moment) -> None:
    """Those that ride along count like the call's own; what is kept of them is what the page gave."""
    visit = visitor(config={**SEND, "transformations": operations("*")})
    moment(
        visit,
        """freshpaint.addEventProperties({text: 1, old: 2}); freshpaint.addPageviewProperties({number: '3', secret: 4});
        freshpaint.track('A', {new: 5, loud: 'a'}); freshpaint.track('B', {text: {}});""",
    )
    assert visit.arrives(2) == [
        (None, "A", {"loud": "A", "number": 3, "text": "1", "new": 2}),
        (None, "B", {"number": 3, "text": "1", "new": 2}),
    ]


def test_what_the_page_is_told_of_its_user_is_not_transformed(visitor: Visitor) -> None:
    """user().traits() gives what the page gave."""
    visit = visitor(config={"transformations": [*operations("identify"), *constants("identify")]})
    visit.open()
    visit.run("freshpaint.identify('u1', {text: 1, old: 2, secret: 3}); freshpaint.identify({loud: 'a'})")
    visit.arrives(2)
    assert visit.run("return freshpaint.user().traits()") == {"text": 1, "old": 2, "secret": 3, "loud": "a"}
    assert visit.collector.profiles()[1][2] == {"Identity": "u1", **CONSTANTS, "loud": "A"}


@by_snippet_and_bridge
def test_the_pages_objects_are_never_changed(visitor: Visitor, moment: Moment) -> None:
    """Neither what it passes in, nor what is in that."""
    visit = visitor(
        config={**SEND, "transformations": [*operations("*"), *operations("identify"), *constants("*"), *builtins()]}
    )
    script = """window.deep = {a: [1]}; window.given = {text: deep, number: '1', date: 0, loud: 'a', secret: 1, old: deep, url: 1};
        window.before = JSON.stringify(given);
        window.mine = function () { freshpaint.track('B', given); };
        freshpaint.identify('u1', given); freshpaint.addEventProperties(given); freshpaint.track('A', given);
        freshpaint.push(mine);"""
    moment(visit, script)
    arrive(visit, "u1 identify", "u1 A", "u1 B")
    assert visit.run(
        "return JSON.stringify(given) === before && given.text === deep && given.old === deep && Object.keys(mine).length === 0"
    )


def test_a_cycle_as_text(visitor: Visitor) -> None:
    """What goes round in circles is written out as far as it was copied."""
    visit = visitor(config={**SEND, "transformations": operations("*")})
    visit.open()
    visit.run("const ring = {n: 1}; ring.ring = ring; freshpaint.track('A', {text: ring, list: [ring], kept: 1})")
    [(_, name, properties)] = visit.arrives(1)
    assert (name, properties["kept"]) == ("A", 1)
    assert properties["text"].startswith("{”n”:1,”ring”:{”n”:1,”ring”:{”n”:1,")


# -- what is read from the page ----------------------------------------------------------------------------------------


def builtins(on: str = "*", *names: str) -> list[Row]:
    """Built-in properties, all of them where none is named."""
    return [{"op": "send-builtin", "on": on, "property": name} for name in names or BUILTINS]


def read(visit: Visit) -> dict[str, Any]:
    """What the page itself says about each, apart from the time."""
    values: dict[str, Any] = visit.run(
        """return {url: location.href, path: location.pathname, title: document.title, referrer: document.referrer,
        search: location.search, user_agent: navigator.userAgent, language: navigator.language,
        screen_width: screen.width, screen_height: screen.height};"""
    )
    return values


@pytest.mark.parametrize(("form", "sdk"), [*VARIANTS, ("tdewolff", "2.5.2")])
def test_builtins(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """Each built-in property is what the page says when the call is made; timestamp is a Date."""
    visit = visitor(config={**SEND, "transformations": builtins()}, form=form, sdk=sdk)
    visit.open("/from")
    visit.page.clock.set_fixed_time(1_700_000_123)
    leave(visit, to="/shop/%C3%BC?q=a%20b&r=2#part")
    visit.run("document.title = 'The shop'; freshpaint.track('A', {url: 'mine', kept: 1})")
    [(_, _, properties)] = visit.arrives(1)
    expected = {**read(visit), "timestamp": "$D_1700000123", "kept": 1}
    assert properties == expected
    assert set(properties) == {*BUILTINS, "kept"}
    assert properties["path"] == "/shop/%C3%BC"
    assert properties["search"] == "?q=a%20b&r=2"
    assert properties["referrer"] == f"https://{SITE}/from"
    assert properties["url"].endswith("#part")


def test_builtins_of_user_properties(visitor: Visitor) -> None:
    """On identify they are user properties, and those on events are not."""
    visit = visitor(config={"transformations": [*builtins("identify", "path", "language"), *builtins("*", "title")]})
    visit.open("/signup")
    visit.run("freshpaint.identify('u1')")
    language = visit.run("return navigator.language")
    assert visit.arrives(1) == [("u1", "identify", {"Identity": "u1", "path": "/signup", "language": language})]


@at_each_moment
def test_builtins_are_read_when_the_call_is_made(visitor: Visitor, moment: Moment) -> None:
    """Not when it is sent: the page may be at another address by then, under another title."""
    visit = visitor(
        config={
            **SEND,
            "transformations": [*builtins("*", "url", "path", "search", "title"), *builtins("identify", "path")],
        }
    )
    moment(
        visit,
        """document.title = 'One'; history.replaceState(null, '', '/one?n=1');
        freshpaint.track('A');
        document.title = 'Two'; history.pushState(null, '', '/two?n=2');
        freshpaint.identify('u1');
        document.title = 'Three'; history.pushState(null, '', '/three?n=3#end');
        freshpaint.push(['track', 'B', {kept: 1}]);
        document.title = 'Four'; history.pushState(null, '', '/four');""",
    )
    assert visit.arrives(3) == [
        (None, "A", {"url": f"https://{SITE}/one?n=1", "path": "/one", "search": "?n=1", "title": "One"}),
        ("u1", "identify", {"Identity": "u1", "path": "/two"}),
        (
            "u1",
            "B",
            {
                "kept": 1,
                "url": f"https://{SITE}/three?n=3#end",
                "path": "/three",
                "search": "?n=3",
                "title": "Three",
            },
        ),
    ]


@pytest.mark.parametrize("part", ["bridge", "sdk"])
def test_timestamp_is_the_time_of_the_call(visitor: Visitor, part: str) -> None:
    """Also where the call has to wait for the bridge or for the SDK, which arrive later."""
    visit = visitor(config={**SEND, "transformations": builtins("*", "timestamp")})
    gate = visit.hold("bridge" if part == "bridge" else "sdk")
    visit.page.clock.set_fixed_time(1_700_000_000)
    visit.open(until="commit" if part == "bridge" else "bridge")
    visit.run("freshpaint.track('A')")
    visit.page.clock.set_fixed_time(1_700_000_060)
    gate.open()
    visit.reaches("device")
    visit.run("freshpaint.track('B')")
    assert visit.arrives(2) == [
        (None, "A", {"timestamp": "$D_1700000000"}),
        (None, "B", {"timestamp": "$D_1700000060"}),
    ]


def test_held_events_keep_what_was_read(visitor: Visitor) -> None:
    """An event that waits for an identify on another page tells of its own."""
    visit = visitor(config={"transformations": builtins("*", "path", "timestamp")})
    visit.page.clock.set_fixed_time(1_700_000_000)
    visit.open("/landing")
    visit.run("freshpaint.track('A')")
    visit.page.clock.set_fixed_time(1_700_000_060)
    visit.open("/signup", script="freshpaint.identify('u1')")
    arrive(visit, "u1 identify", "u1 A")
    assert received(visit)[1].data == {"path": "/landing", "timestamp": "$D_1700000000"}


#: What is no call of a method; most of it no page would ever write.
NO_CALLS: Final = (
    *("null", "undefined", "7", "'text'", "Symbol('x')", "{}", "[]", "Object.freeze(['track', 'Frozen'])"),
    *("Object.freeze(function () {})", "() => { throw Error('mine'); }", "new Map()"),
    "new Proxy([], {get() { throw Error('mine'); }})",
    "Object.defineProperty([], 'moment', {get() { throw Error('mine'); }})",
)


@by_snippet_and_bridge
def test_hostile_calls_throw_nothing_and_cost_no_other(visitor: Visitor, moment: Moment) -> None:
    """Nothing the page does to freshpaint throws, also where the page's state is noted with each call."""
    visit = visitor(config={**SEND, "transformations": builtins("*", "path")})
    script = "window.thrown = [];" + "".join(
        f"try {{ freshpaint.push({call}); }} catch (error) {{ thrown.push({call!r} + error); }}\n" for call in NO_CALLS
    )
    script += "freshpaint.track('After');"
    moment(visit, script)
    arrive(visit, "- Frozen", "- After")
    assert visit.run("return thrown") == []
    assert {request.data["path"] for request in received(visit)} == {"/"}


# -- what is in the script ---------------------------------------------------------------------------------------------

#: Words that only the one operation, type or built-in needs.
WORDS: Final = {
    "rename-property": "rename(",
    "change-type": "date(value)",
    "uppercase": "uppercase:",
    "lowercase": "lowercase:",
    "delete-property": "delete(",
    "send-builtin": "call.moment",
    "send-constant": "send: ",
}
TYPES: Final = {"text": "text(value)", "number": "number: toNumber", "boolean": "boolean: ", "date": "date(value)"}


def site(transformations: list[Row]) -> Site:
    """The site with these transformations."""
    return configs.from_mapping(merged(BASE, {"transformations": transformations})).valid()


def script(transformations: list[Row]) -> str:
    """What its pages load, without the site's own values."""
    return render.bridge(site(transformations), minifier="none").rpartition("})(")[0]


def one_of_each() -> dict[str, Row]:
    """One transformation for each operation."""
    return {row["op"]: row for row in [*operations("*"), *builtins("*", "url"), *constants("*")]}


@pytest.mark.parametrize("operation", WORDS)
def test_an_operation_that_is_not_used_is_not_in_the_script(operation: str) -> None:
    """The script has the operations of its site, and no others."""
    source = script([one_of_each()[operation]])
    assert [word for word in WORDS.values() if word in source] == [WORDS[operation]]
    assert [word for word in TYPES.values() if word in source] == (
        [TYPES["date"]] if operation == "change-type" else []
    )


@pytest.mark.parametrize("name", BUILTINS)
def test_a_builtin_that_is_not_used_is_not_in_the_script(name: str) -> None:
    """The script reads what its site sends, and nothing else."""
    source = script(builtins("*", name))
    assert [other for other in BUILTINS if f"\n  {other}: () =>" in source] == [name]


@pytest.mark.parametrize("to", TYPES)
def test_a_type_that_is_not_used_is_not_in_the_script(to: str) -> None:
    """The script converts to the types of its site."""
    source = script([{"op": "change-type", "on": "*", "property": "x", "to": to}])
    assert [word for word in TYPES.values() if word in source] == [TYPES[to]]


def test_a_site_without_transformations_pays_no_byte() -> None:
    """Renaming events costs its names alone, and the snippet notes the page's state only where it is sent."""
    renamed = [{"op": "rename-event", "on": "A", "to": "B"}]
    for source in (script([]), script(renamed)):
        assert "transform" not in source
        assert "operations" not in source
        assert not [word for word in (*WORDS.values(), *TYPES.values()) if word in source]
    plain = render.snippet(site([]))
    assert plain == render.snippet(site([*operations("*"), *constants("*"), *renamed]))
    assert len(plain) < len(render.snippet(site(builtins())))
