"""options.integrations: which calls are for CleverTap."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import pytest

from conftest import Visitor
from moments import Moment, by_snippet_and_bridge
from tables import Case, Properties, Table, Variant
from wire import SEND, arrive

CONFIGS: Final = {
    "plain": {},
    "named": {"freshpaint": {"destination": "Clever 'Tap' (India)"}},
}

#: The third argument of a call, and whether the call is for CleverTap.
OPTIONS: Final[dict[str, tuple[str, bool]]] = {
    "no options": ("undefined", True),
    "null for options": ("null", True),
    "options without integrations": ("{timestamp: 7}", True),
    "none but All": ("{integrations: {All: false}}", False),
    "CleverTap alone": ("{integrations: {All: false, CleverTap: true}}", True),
    "all but CleverTap": ("{integrations: {All: true, CleverTap: false}}", False),
    "CleverTap switched off": ("{integrations: {CleverTap: false}}", False),
    "CleverTap switched on": ("{integrations: {CleverTap: true}}", True),
    "all": ("{integrations: {All: true}}", True),
    "an object counts as true": ("{integrations: {All: false, CleverTap: {}}}", True),
    "an object with settings": ("{integrations: {CleverTap: {x: 1}, All: false}}", True),
    "an empty object and nothing else": ("{integrations: {CleverTap: {}}}", True),
    "All as an object": ("{integrations: {All: {}}}", True),
    "another destination switched off": ("{integrations: {Other: false}}", True),
    "another destination alone": ("{integrations: {All: false, Other: true}}", False),
    "CleverTap in another case": ("{integrations: {All: false, clevertap: true}}", False),
    "CleverTap undefined": ("{integrations: {All: false, CleverTap: undefined}}", False),
    "no keys": ("{integrations: {}}", True),
    "null": ("{integrations: null}", True),
    "a text": ("{integrations: 'none'}", True),
    "a number": ("{integrations: 7}", True),
    "a list": ("{integrations: ['Other']}", True),
    "a function": ("{integrations: () => ({All: false})}", True),
    "a frozen object": ("Object.freeze({integrations: Object.freeze({All: false})})", False),
    "a getter that throws": ("{get integrations() { throw Error('mine'); }}", True),
    "a key that throws": ("{integrations: {get CleverTap() { throw Error('mine'); }, All: false}}", False),
    "All that throws": ("{integrations: {get All() { throw Error('mine'); }, CleverTap: false}}", False),
    "a proxy that throws": ("{integrations: new Proxy({}, {get() { throw Error('mine'); }})}", True),
    "what is inherited does not count": ("{integrations: Object.create({All: false})}", True),
}

#: Under a config that names the destination otherwise.
NAMED: Final[dict[str, tuple[str, bool]]] = {
    "the config's name alone": ("""{integrations: {All: false, "Clever 'Tap' (India)": true}}""", True),
    "all but the config's name": ("""{integrations: {All: true, "Clever 'Tap' (India)": false}}""", False),
    "the destination's usual name alone": ("{integrations: {All: false, CleverTap: true}}", False),
    "all but the destination's usual name": ("{integrations: {All: true, CleverTap: false}}", True),
}

#: Rows in which a build or an SDK version could differ.
DIFFERS: Final = frozenset({"CleverTap alone", "all but CleverTap", "a getter that throws"})


def rows(call: str) -> Iterable[Case]:
    """One row for each kind of options."""
    for config, options in (("plain", OPTIONS), ("named", NAMED)):
        for name, (given, sent) in options.items():
            arrives: Properties | None = {"n": 1} if sent else None
            yield Case(name, call.replace("OPTIONS", given), arrives, config, name in DIFFERS)


def traits_first() -> Iterable[Case]:
    """The form without an id, in which the options keep their place: these are about the current user."""
    for name in ("none but All", "CleverTap alone", "all but CleverTap"):
        given, sent = OPTIONS[name]
        for form, call in {"no id": "undefined, {row: ROW}", "properties first": "{row: ROW}, undefined"}.items():
            yield Case(f"{name}, {form}", f"{call}, {given}", {} if sent else None)


TRACK: Final = Table("track", list(rows("ROW, {n: 1}, OPTIONS")), CONFIGS, before="freshpaint.identify('u1');")
IDENTIFY: Final = Table(
    "identify",
    [*traits_first(), *rows("ROW, {n: 1}, OPTIONS")],
    CONFIGS,
    before="freshpaint.identify('somebody');",
)


@pytest.mark.table(TRACK)
def test_track(
    arrived: Callable[[Table, Variant, Case], Properties | None], table: Table, variant: Variant, case: Case
) -> None:
    """An event arrives where options.integrations are for CleverTap, or decide nothing."""
    assert arrived(table, variant, case) == case.expected(variant)


@pytest.mark.table(IDENTIFY)
def test_identify(
    arrived: Callable[[Table, Variant, Case], Properties | None], table: Table, variant: Variant, case: Case
) -> None:
    """A profile arrives where options.integrations are for CleverTap, or decide nothing."""
    assert arrived(table, variant, case) == case.expected(variant)


@by_snippet_and_bridge
def test_options_keep_the_values_they_were_made_with(visitor: Visitor, moment: Moment) -> None:
    """What the page changes in its options afterwards decides nothing about the call."""
    script = """{ const options = {integrations: {All: false}};
        freshpaint.track('A', {}, options);
        options.integrations.All = true;
        freshpaint.track('B', {}, options);
        options.integrations.All = false; }"""
    visit = visitor(config=SEND)
    moment(visit, script)
    arrive(visit, "- B")


def test_the_user_changes_also_where_clevertap_is_not_told(visitor: Visitor) -> None:
    """user() is the page's: an identify that is not for CleverTap changes it, and nothing about whom CleverTap knows."""
    visit = visitor()
    visit.open()
    visit.run("freshpaint.identify('u1', {plan: 'pro'})")
    visit.arrives(1)
    visit.run(
        "freshpaint.identify('u2', {city: 'Oslo'}, {integrations: {CleverTap: false}}); freshpaint.track('A');"
        "freshpaint.identify('u3', {}, {integrations: {All: false}}); freshpaint.identify('u3', {seats: 3}, {integrations: {All: false}})"
    )
    assert visit.run("return [freshpaint.user().id(), freshpaint.user().traits()]") == ["u3", {"seats": 3}]
    arrive(visit, "u1 identify", "u1 A")


def test_properties_of_a_user_whom_clevertap_was_not_told(visitor: Visitor) -> None:
    """They are the current user's, whose id goes along: they are not added to whoever CleverTap was told of before."""
    visit = visitor()
    visit.open()
    visit.run("freshpaint.identify('u1', {plan: 'pro'})")
    visit.arrives(1)
    visit.run("freshpaint.identify('u2', {}, {integrations: {CleverTap: false}}); freshpaint.identify({city: 'Oslo'})")
    visit.arrives(2)
    assert visit.collector.profiles()[-1] == ("u2", "identify", {"Identity": "u2", "city": "Oslo"})


def test_an_identify_for_others_releases_nothing(visitor: Visitor) -> None:
    """Events wait for an identify that CleverTap is told of."""
    visit = visitor()
    visit.open(
        script="freshpaint.track('A'); freshpaint.identify('u1', {}, {integrations: {All: false}}); freshpaint.track('B')"
    )
    visit.settled()
    visit.run("freshpaint.identify('u1')")
    arrive(visit, "u1 identify", "u1 A", "u1 B")
