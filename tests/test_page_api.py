"""What a page sees: window.freshpaint and its methods, before the bridge is there and once it is."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final, Literal

import pytest

import sdk as sdks
from conftest import Visitor
from moments import Moment, after_the_sdk, before_the_bridge, by_snippet_and_bridge
from sites import Form
from visit import Visit
from wire import SEND, VARIANTS, arrive, leave, order, received

#: Every method that the contract names; what opts out stands before what opts in again.
METHODS: Final = (
    "identify",
    "track",
    "addEventProperties",
    "addInitialEventProperties",
    "removeEventProperty",
    "addPageviewProperties",
    "register",
    "register_once",
    "unregister",
    "ready",
    "user",
    "get_distinct_id",
    "has_opted_out_tracking",
    "init",
    "push",
    "page",
    "group",
    "alias",
    "set_consent",
    "opt_out_tracking",
    "opt_in_tracking",
    "reset",
)

#: Values that pages should not pass, and some do.
HOSTILE: Final = """
    const revocable = (target) => {
        const made = Proxy.revocable(target, {});
        made.revoke();
        return made.proxy;
    };
    const fails = () => { throw Error('mine'); };
    const throwing = new Proxy({}, new Proxy({}, {get: () => fails}));
    const revoked = revocable({});
    const cycle = {a: 1};
    cycle.self = cycle;
    const web = (size) => {
        const all = Array.from({length: size}, (_, a) => ({a}));
        all.forEach((one) => all.forEach((other, number) => { one['to' + number] = other; }));
        return all[1];
    };
    const hostile = {
        undefined, null: null, true: true, zero: 0, number: 7.5, NaN, infinity: Infinity, bigint: 10n, symbol: Symbol('mine'),
        empty: '', blank: ' \\t', half: '\\ud800', text: 'x'.repeat(1000), proto: '__proto__', then: 'then',
        list: [], holes: [, 1, , 2], object: {}, bare: Object.create(null), frozen: Object.freeze({a: 1}), cycle, throwing, revoked,
        revokedList: revocable([]), getter: {a: 1, get b() { return fails(); }}, tag: {get [Symbol.toStringTag]() { return fails(); }},
        convert: {toString: fails, valueOf: fails, toJSON: fails}, date: new Date(NaN), boxed: new String('mine'), pattern: /mine/g,
        map: new Map([[1, 2]]), promise: Promise.resolve(1), bytes: new Uint8Array(8), error: Error('mine'),
        element: document.documentElement, window: window, storage: localStorage, nothing: () => {},
        own: JSON.parse('{"__proto__": {"mine": 1}, "constructor": {"prototype": {"mine": 1}}}')
    };"""

#: Notes what is thrown, and the longest time that one call or one task of the page took.
WATCH: Final = """
    window.thrown = [];
    window.longest = ['', 0];
    const lasted = (what, duration) => { longest = duration > longest[1] ? [what, duration] : longest; };
    const attempt = (what, call) => {
        const start = performance.now();
        try { call(); } catch (error) { thrown.push(what + ': ' + error); }
        lasted(what, performance.now() - start);
    };
    new PerformanceObserver((list) => list.getEntries().forEach((task) => lasted('a task', task.duration)))
        .observe({entryTypes: ['longtask']});"""

#: How long a call, or the task in which the bridge replays it, may keep the page from everything else: milliseconds.
BLOCKED: Final = 2000


def properties(visit: Visit) -> dict[str, Mapping[str, Any]]:
    """What each event arrived with."""
    return {request.name: request.data for request in received(visit) if request.kind == "event"}


# -- the methods -------------------------------------------------------------------------------------------------------


@by_snippet_and_bridge
def test_every_method_takes_whatever_comes(visitor: Visitor, moment: Moment) -> None:
    """Each method exists, and called with nothing, with null or with hostile values it neither throws nor harms what follows."""
    visit = visitor(config={"track": {"send": "defined"}, "events": [{"name": "After"}]})
    moment(
        visit,
        f"""{HOSTILE} {WATCH}
        const methods = {json.dumps(METHODS)};
        window.missing = methods.filter((name) => typeof freshpaint[name] !== 'function');
        missing.push(...['id', 'traits'].filter((name) => typeof freshpaint.user()[name] !== 'function'));
        for (const name of methods) {{
            attempt(name, () => freshpaint[name]());
            for (const [label, value] of Object.entries(hostile)) {{
                const what = name + ' ' + label;
                attempt(what + ' first', () => freshpaint[name](value));
                attempt(what + ' second', () => freshpaint[name]('mine', value));
                attempt(what + ' third', () => freshpaint[name]('mine', {{}}, value));
                attempt(what + ' fourth', () => freshpaint[name]('mine', {{}}, {{}}, value));
                attempt(what + ' everywhere', () => freshpaint[name](value, value, value, value, value, value));
            }}
        }}
        attempt('user', () => {{ freshpaint.user(null).id(null); freshpaint.user().traits(throwing); }});
        freshpaint.set_consent({{All: true, CleverTap: true}});
        freshpaint.opt_in_tracking();
        freshpaint.reset();
        freshpaint.identify('u1');
        freshpaint.track('After');""",
    )
    visit.until(lambda: order(visit)[-2:] == ["u1 identify", "u1 After"], "the calls behind the hostile ones")
    assert visit.run("return missing") == []
    assert visit.run("return thrown") == []
    assert visit.run("return longest[1]") < BLOCKED, visit.run("return longest")


def test_an_endless_user_id(visitor: Visitor) -> None:
    """An id of any length is somebody's: it arrives, and no console error comes of it."""
    visit = visitor()
    visit.open()
    visit.run("freshpaint.identify('x'.repeat(5000)); freshpaint.track('A')")
    visit.arrives(2)


@by_snippet_and_bridge
def test_unknown_methods_do_nothing_and_can_be_chained(visitor: Visitor, moment: Moment) -> None:
    """page, group, alias, people.set and made-up methods send nothing, return something that can be chained and has no then."""
    visit = visitor(config=SEND)
    moment(
        visit,
        """const made = [
            freshpaint.page(), freshpaint.page('Shop', 'Home', {a: 1}), freshpaint.group('g1', {a: 1}), freshpaint.alias('u2', 'u1'),
            freshpaint.people.set({a: 1}), freshpaint.people.track_charge(7), freshpaint.made_up('x'), freshpaint.made.up.and.more(1),
            freshpaint.time_event('A'), freshpaint.set_config({a: 1}), freshpaint.name_tag('x'), freshpaint.identifyAll('u1')
        ];
        window.dead = made.filter((one) => one.then !== undefined || typeof one.chained !== 'function').length;
        made.forEach((one) => one.chained(1).again().people.set({b: 2}));
        freshpaint.page().group('g2').alias('u3').track_links('a', 'b');
        freshpaint.track('After');""",
    )
    arrive(visit, "- After")
    assert visit.run("return dead") == 0


@by_snippet_and_bridge
def test_a_chain_on_a_group(visitor: Visitor, moment: Moment) -> None:
    """get_group is one of the unknown methods: Freshpaint's own snippet lets pages chain on what it returns."""
    visit = visitor(config=SEND)
    moment(
        visit,
        """try { freshpaint.get_group('company', 'c1').set({a: 1}); } catch (error) { window.caught = String(error); }
        freshpaint.track('After');""",
    )
    arrive(visit, "- After")
    assert visit.run("return window.caught") is None


@by_snippet_and_bridge
@pytest.mark.parametrize("debug", [False, True], ids=["production", "debug"])
def test_pushing_nothing(visitor: Visitor, moment: Moment, debug: bool) -> None:
    """A push of what is no call throws as little as any other."""
    visit = visitor(config=SEND, debug=debug)
    pushes = "".join(
        f"try {{ freshpaint.push({call}); }} catch (error) {{ window.caught = {json.dumps(call)} + error; }}"
        for call in ("", "null", "revoked", "[]", "[Symbol()]", "[{toString: fails}]", "[bare]", "() => fails()")
    )
    moment(visit, f"{HOSTILE} const bare = Object.create(null); {pushes} freshpaint.track('After');")
    arrive(visit, "- After")
    assert visit.run("return window.caught") is None


@by_snippet_and_bridge
def test_looking_at_freshpaint(visitor: Visitor, moment: Moment) -> None:
    """Loggers and polyfills that write it out, list it or compare it make it throw as little, and add no call."""
    visit = visitor(config=SEND)
    moment(
        visit,
        f"""{WATCH}
        freshpaint.track('First', {{a: 1, deep: {{b: 2}}}});
        const looks = {{
            String, JSON: JSON.stringify, keys: Object.keys, names: Object.getOwnPropertyNames, is: Array.isArray,
            compare: (one) => one == 'x', template: (one) => `${{one}}`, listed: (one) => {{ for (const key in one) {{ one[key]; }} }},
            has: (one) => 'track' in one, tag: (one) => ({{}}).toString.call(one), spread: (one) => ({{...one}})
        }};
        for (const [look, at] of Object.entries(looks)) {{
            attempt(look, () => at(freshpaint));
            attempt(look + ' track', () => at(freshpaint.track));
            attempt(look + ' user', () => at(freshpaint.user()));
        }}
        freshpaint.track('Last');""",
    )
    arrive(visit, "- First", "- Last")
    assert visit.run("return thrown") == []


@by_snippet_and_bridge
def test_awaiting_comes_back(visitor: Visitor, moment: Moment) -> None:
    """Login code that awaits a call, or freshpaint itself, goes on: nothing has a then."""
    visit = visitor(config=SEND)
    moment(
        visit,
        """window.thens = [freshpaint, freshpaint.track, freshpaint.user(), freshpaint.user().traits(), freshpaint.made_up()]
            .map((one) => typeof one.then);
        (async () => {
            await freshpaint.identify('u1');
            await freshpaint.track('A');
            await freshpaint.page();
            await freshpaint.user();
            await freshpaint.people.set({a: 1});
            await Promise.all([freshpaint, freshpaint.made_up, freshpaint.reset]);
            freshpaint.track('B');
        })();""",
    )
    arrive(visit, "u1 identify", "u1 A", "u1 B")
    assert visit.run("return thens") == ["undefined"] * 5


def test_an_await_across_the_bridges_arrival(visitor: Visitor) -> None:
    """What was awaited before the bridge came back before the bridge: a blocked script holds nobody's login up."""
    visit = visitor()
    visit.block("bridge")
    visit.open(script="(async () => { await freshpaint.track('A'); window.came = true; })()", until="commit")
    visit.until_page("window.came", "the await to come back")


@by_snippet_and_bridge
def test_get_distinct_id(visitor: Visitor, moment: Moment) -> None:
    """It is a string, before the bridge and after it; of somebody identified, their id."""
    visit = visitor()
    moment(
        visit,
        """window.ids = [freshpaint.get_distinct_id()];
        freshpaint.identify('u1');
        ids.push(freshpaint.get_distinct_id());""",
    )
    assert visit.run("return ids.map((id) => typeof id)") == ["string", "string"]
    assert visit.run("return freshpaint.get_distinct_id()") == "u1"
    visit.arrives(1)


def test_get_distinct_id_without_the_sdk(visitor: Visitor) -> None:
    """It is a string also where CleverTap never arrives and nobody is known."""
    visit = visitor()
    visit.block("sdk")
    visit.open(until="bridge")
    assert visit.run("return typeof freshpaint.get_distinct_id()") == "string"


def test_has_opted_out_tracking(visitor: Visitor) -> None:
    """Nobody has, who was not asked: an empty text before the bridge is there, false afterwards."""
    visit = visitor()
    before_the_bridge(visit, "window.early = freshpaint.has_opted_out_tracking()", until="bridge")
    assert visit.run("return [early, freshpaint.has_opted_out_tracking()]") == ["", False]


# -- user() ------------------------------------------------------------------------------------------------------------


def test_user_is_nobody_at_first(visitor: Visitor) -> None:
    """Without an identify there is no id, and traits() is an empty object."""
    visit = visitor()
    before_the_bridge(
        visit,
        "window.early = [!!freshpaint.user().id(), Object.keys(freshpaint.user().traits())]",
        until="bridge",
    )
    assert visit.run("return early") == [False, []]
    assert visit.run("return [freshpaint.user().id() == null, freshpaint.user().traits()]") == [True, {}]


@by_snippet_and_bridge
def test_user_traits_gather(visitor: Visitor, moment: Moment) -> None:
    """traits() gathers the user properties of one id, also those without one; a different id starts empty."""
    visit = visitor()
    moment(
        visit,
        """window.seen = [];
        freshpaint.identify('u1', {plan: 'free', city: 'Pune'});
        freshpaint.identify('u1', {plan: 'pro'});
        freshpaint.identify({seats: 3});
        freshpaint.identify(undefined, {tags: ['a', 'b']});
        freshpaint.push(() => { seen.push([freshpaint.user().id(), freshpaint.user().traits()]); });
        freshpaint.identify('u2', {city: 'Oslo'});
        freshpaint.push(() => { seen.push([freshpaint.user().id(), freshpaint.user().traits()]); });""",
    )
    assert visit.run("return seen") == [
        ["u1", {"plan": "pro", "city": "Pune", "seats": 3, "tags": ["a", "b"]}],
        ["u2", {"city": "Oslo"}],
    ]
    visit.arrives(5)


def test_user_on_the_next_page(visitor: Visitor) -> None:
    """Id and traits are there on the next page as soon as the bridge is, whether CleverTap is or not."""
    visit = visitor()
    visit.block("sdk")
    visit.open(until="bridge")
    visit.run("freshpaint.identify('  u1 ', {plan: 'pro'}); freshpaint.identify(undefined, {city: 'Oslo'})")
    visit.open("/next", until="bridge")
    assert visit.run("return freshpaint.user().id()") == "u1"
    assert visit.run("return freshpaint.user().traits()") == {"plan": "pro", "city": "Oslo"}


def test_user_traits_are_the_pages_to_change(visitor: Visitor) -> None:
    """traits() is a plain object of the page's own: what it changes there, or in what it had passed, does not stick."""
    visit = visitor()
    visit.open(until="bridge")
    visit.run(
        """window.given = {plan: 'pro', address: {city: 'Oslo'}, tags: ['a']};
        freshpaint.identify('u1', given);
        for (const traits of [given, freshpaint.user().traits()]) {
            traits.plan = 'changed'; traits.more = 1; traits.address.city = 'changed'; traits.tags.push('changed');
        }"""
    )
    assert visit.run("return freshpaint.user().traits()") == {"plan": "pro", "address": {"city": "Oslo"}, "tags": ["a"]}
    assert visit.run("return Object.getPrototypeOf(freshpaint.user().traits()) === Object.prototype")
    visit.arrives(1)


def test_objects_in_user_traits_are_plain_too(visitor: Visitor) -> None:
    """What lies within traits() is as plain as traits() itself: pages ask it for what every object has."""
    visit = visitor()
    visit.block("sdk")
    visit.open(until="bridge")
    visit.run("freshpaint.identify('u1', {address: {city: 'Oslo'}})")
    assert visit.run("return Object.getPrototypeOf(freshpaint.user().traits().address) === Object.prototype")


def test_user_survives_blocked_storage(visitor: Visitor) -> None:
    """Where nothing can be stored, this page still knows its user, and what it changes in traits() does not stick."""
    visit = visitor()
    visit.block("sdk")
    denied = "get() { throw new DOMException('denied', 'SecurityError'); }"
    visit.open(before=f"<script>Object.defineProperty(window, 'localStorage', {{{denied}}})</script>", until="bridge")
    visit.run("freshpaint.identify('u1', {plan: 'pro', address: {city: 'Oslo'}})")
    visit.run("const traits = freshpaint.user().traits(); traits.plan = 'changed'; traits.address.city = 'changed'")
    assert visit.run("return [freshpaint.user().id(), freshpaint.user().traits()]") == [
        "u1",
        {"plan": "pro", "address": {"city": "Oslo"}},
    ]


# -- values ------------------------------------------------------------------------------------------------------------


@by_snippet_and_bridge
@pytest.mark.parametrize(("form", "sdk"), VARIANTS)
def test_calls_keep_the_values_they_were_made_with(
    visitor: Visitor, moment: Moment, form: Form, sdk: sdks.Version
) -> None:
    """Nested objects, arrays and Dates that the page changes after the call arrive as they were, and are the page's own to change."""
    visit = visitor(form=form, sdk=sdk)
    gate = visit.hold("sdk")
    moment(
        visit,
        """const given = () => ({n: 1, deep: {n: 2, list: [1, 2]}, list: ['a', {b: 1}], when: new Date(1000), deeper: {when: new Date(2000)}});
        const user = {plan: 'pro', tags: ['a'], birthday: new Date(Date.UTC(1988, 8, 28))};
        const shared = {since: new Date(3000), ride: [1]};
        const once = given();
        window.before = JSON.stringify([once, user, shared]);
        freshpaint.identify('u1', user);
        freshpaint.addEventProperties(shared);
        freshpaint.track('A', once);
        window.unchanged = JSON.stringify([once, user, shared]) === before;
        once.n = 8; once.more = 8; once.deep.n = 8; once.deep.list.push(8); once.list[0] = 'changed'; once.when.setTime(0);
        once.deeper.when.setTime(0); delete once.list;
        user.plan = 'changed'; user.tags.push('changed'); user.birthday.setTime(0);
        shared.since.setTime(0); shared.ride.push(8); shared.more = 8;
        freshpaint.track('B', once);""",
        until="bridge",
    )
    gate.open()
    arrive(visit, "u1 identify", "u1 A", "u1 B")
    profile, first, second = (request.call[2] for request in received(visit))
    riding = {"since": "$D_3", "ride": "1"}
    assert profile == {"Identity": "u1", "plan": "pro", "tags": ["a"], "DOB": "$D_591451200"}
    assert first == {
        "n": 1,
        "deep_n": 2,
        "deep_list": "1, 2",
        "list": "a",
        "when": "$D_1",
        "deeper_when": "$D_2",
        **riding,
    }
    assert second == {
        "n": 8,
        "more": 8,
        "deep_n": 8,
        "deep_list": "1, 2, 8",
        "when": "$D_0",
        "deeper_when": "$D_0",
        **riding,
    }
    assert visit.run("return unchanged")


#: Properties that something is wrong with, and what of them can be sent. None: whatever does arrive, ``a`` among it.
SENDABLE: Final[Mapping[str, tuple[str, Mapping[str, Any] | None]]] = {
    "frozen": ("Object.freeze({a: 1, deep: Object.freeze({b: 2})})", {"a": 1, "deep_b": 2}),
    "getter": ("{a: 1, get b() { return fails(); }, c: 3}", {"a": 1, "c": 3}),
    "nested getter": ("{a: 1, deep: {b: 2, get c() { return fails(); }}}", {"a": 1, "deep_b": 2}),
    "throwing": ("throwing", {}),
    "throwing within": ("{a: 1, b: throwing}", {"a": 1}),
    "revoked": ("revoked", {}),
    "revoked within": ("{a: 1, b: revoked, c: revocable([])}", {"a": 1}),
    "cycle": ("cycle", {"a": 1, "self_a": 1, "self_self_a": 1}),
    "cyclic list": (
        "(() => { const list = [1]; list.push(list, 2); return {a: 1, list}; })()",
        {"a": 1, "list": "1, 2"},
    ),
    "web of 10": ("web(10)", None),
    "web of 29": ("web(29)", None),
    "web of 30": ("web(30)", None),
    "element": ("document.documentElement", {}),
    "element within": ("{a: 1, b: document.documentElement}", {"a": 1}),
    "window": ("window", {}),
    "window within": ("{a: 1, b: window, c: [window, 1]}", {"a": 1, "c": "1"}),
    "numbers": ("{a: 1, b: 12345678901234567890n, c: NaN, d: -0.5}", {"a": 1, "b": "12345678901234567890", "d": -0.5}),
    "symbols": ("{a: 1, b: Symbol('mine'), [Symbol('mine')]: 1}", {"a": 1}),
    "thousands": (
        "Object.fromEntries(Array.from({length: 5000}, (_, n) => ['p' + n, n]))",
        {f"p{n}": n for n in range(256)},
    ),
    "megabyte": ("{text: 'x'.repeat(1 << 20), a: 1}", {"text": "x" * 512, "a": 1}),
    "megabyte of a name": ("{['x'.repeat(1 << 20)]: 2, a: 1}", {"x" * 120: 2, "a": 1}),
    "long list": ("{a: 1, list: Array(1e4).fill('x')}", {"a": 1, "list": "x, " * 170 + "x,"}),
    "deep": ("Array(5000).fill().reduce((deep) => ({deep}), {a: 1})", {}),
    "proto": (
        """JSON.parse('{"a": 1, "constructor": {"prototype": {"mine": 1}}}')""",
        {"a": 1, "constructor_prototype_mine": 1},
    ),
}


@pytest.mark.parametrize(
    ("moment", "form", "sdk"),
    [(before_the_bridge, *VARIANTS[0]), *((after_the_sdk, *variant) for variant in VARIANTS)],
)
def test_what_is_sendable_arrives(visitor: Visitor, moment: Moment, form: Form, sdk: sdks.Version) -> None:
    """Whatever is wrong with properties: nothing throws, the page is never blocked, and what can be sent of them arrives."""
    visit = visitor(form=form, sdk=sdk)
    calls = "".join(
        f"attempt({json.dumps(name)}, () => freshpaint.track({json.dumps(name)}, {given}));"
        for name, (given, _) in SENDABLE.items()
    )
    moment(visit, f"{HOSTILE} {WATCH} freshpaint.identify('u1'); {calls}")
    visit.arrives(1 + len(SENDABLE))
    came = properties(visit)
    assert list(came) == list(SENDABLE)
    expected = {name: came[name] if sent is None else sent for name, (_, sent) in SENDABLE.items()}
    assert came == expected
    assert [came[name]["a"] for name, (_, sent) in SENDABLE.items() if sent is None] == [1, 1, 1]
    assert visit.run("return thrown") == []
    assert visit.run("return ({}).mine") is None
    assert visit.run("return longest[1]") < BLOCKED, visit.run("return longest")


@by_snippet_and_bridge
def test_user_properties_that_are_sendable_arrive(visitor: Visitor, moment: Moment) -> None:
    """What is wrong with one user property costs neither the others nor the page."""
    visit = visitor()
    moment(
        visit,
        f"""{HOSTILE} {WATCH}
        attempt('identify', () => freshpaint.identify('u1', Object.freeze({{
            plan: 'pro', get name() {{ return fails(); }}, email: throwing, birthday: revoked, phone: Symbol('mine'), gender: cycle,
            avatar: window, element: document.documentElement, big: 10n, text: 'x'.repeat(1 << 20)
        }})));
        attempt('web', () => freshpaint.identify('u1', {{first: 1, web: web(29)}}));
        attempt('window', () => freshpaint.identify(window));
        attempt('throwing', () => freshpaint.identify(throwing));
        attempt('revoked', () => freshpaint.identify(revoked, revoked, revoked, revoked));""",
    )
    visit.arrives(2)
    first, second, *others = (request.call[2] for request in received(visit))
    assert {name: value for name, value in first.items() if not name.startswith("gender")} == {
        "Identity": "u1",
        "plan": "pro",
        "big": "10",
        "text": "x" * 512,
    }
    assert second["first"] == 1
    assert [profile for profile in others if profile != {"Identity": "u1"}] == []
    assert visit.run("return thrown") == []
    assert visit.run("return longest[1]") < BLOCKED, visit.run("return longest")


# -- callbacks and ready -----------------------------------------------------------------------------------------------

#: Calls by what becomes of them, each with a callback.
CALLBACKS: Final[Mapping[str, str]] = {
    "held or dropped": "freshpaint.track('Viewed', {}, {}, done)",
    "nobody": "freshpaint.identify(null, null, null, done)",
    "about nobody": "freshpaint.identify({plan: 'pro'}, undefined, {}, done)",
    "first": "freshpaint.identify('u1', {}, {}, done)",
    "sent": "freshpaint.track('Viewed', {}, {}, done)",
    "repeated": "freshpaint.identify('u1', {}, {}, done)",
    "switch": "freshpaint.identify('u2', {}, {}, done)",
    "behind a switch": "freshpaint.track('Viewed', null, null, done)",
    "identify not allowed": "freshpaint.identify('u3', {}, {integrations: {All: false}}, done)",
    "track not allowed": "freshpaint.track('Viewed', {}, {integrations: {CleverTap: false}}, done)",
    "not enabled": "freshpaint.track('Unlisted', {}, {}, done)",
    "without a name": "freshpaint.track('', {}, {}, done)",
    "no text": "freshpaint.track({}, {}, {}, done)",
    "page": "freshpaint.page('Home', {}, {}, done)",
    "no such method": "freshpaint.madeUp('Home', {}, {}, done)",
    "pushed": "freshpaint.push(['track', 'Viewed', {}, {}, done])",
}


@pytest.mark.parametrize("unknown", ["hold", "drop"])
@pytest.mark.parametrize("moment", [before_the_bridge, "without the SDK", after_the_sdk])
def test_every_callback_is_called(
    visitor: Visitor, moment: Moment | Literal["without the SDK"], unknown: Literal["hold", "drop"]
) -> None:
    """Asynchronously, within 300 ms of the bridge having the call, and exactly once, whatever becomes of the call."""
    visit = visitor(config={"track": {"send": "defined", "before_identify": unknown}, "events": [{"name": "Viewed"}]})
    calls = "".join(
        f"called[{json.dumps(what)}] = 0; {{ const done = () => {{ called[{json.dumps(what)}] += 1; }}; {call}; }}"
        for what, call in CALLBACKS.items()
    )
    script = f"window.called = {{}}; {calls} window.atOnce = {{...called}};"
    clock = visit.page.clock
    clock.install()
    if moment == before_the_bridge:
        gate = visit.hold("bridge")
        visit.open(script=script, until="commit")
        clock.pause_at(time.time() + 60)
        assert set(visit.run("return Object.values(called)")) == {0}
        gate.open()
        visit.until_page("window.freshtap", "the bridge to have the calls")
    else:
        if moment == after_the_sdk:
            visit.open()
        else:
            visit.block("sdk")
            visit.open(until="bridge")
        clock.pause_at(time.time() + 60)
        visit.run(script)
    assert set(visit.run("return Object.values(atOnce)")) == {0}
    clock.run_for(300)
    assert visit.run("return called") == dict.fromkeys(CALLBACKS, 1)
    clock.run_for(20_000)
    assert visit.run("return called") == dict.fromkeys(CALLBACKS, 1)


@by_snippet_and_bridge
def test_a_throwing_callback_harms_nobody_else(visitor: Visitor, moment: Moment) -> None:
    """What a page's own callback throws is the page's: the other callbacks are called, and every call arrives."""
    visit = visitor()
    visit.errors_expected = True
    moment(
        visit,
        """const fails = () => { throw Error('mine'); };
        const done = () => { window.done = (window.done || 0) + 1; };
        freshpaint.ready(fails);
        freshpaint.ready(done);
        freshpaint.identify('u1', {}, {}, fails);
        freshpaint.track('A', {}, {}, fails);
        freshpaint.push(fails);
        freshpaint.track('B', {}, {}, done);""",
    )
    arrive(visit, "u1 identify", "u1 A", "u1 B")
    visit.until_page("window.done === 2", "the other callbacks")
    assert {error.partition("\n")[0] for error in visit.page_errors} <= {"mine", "Error: mine"}
    assert visit.console_errors == []


@by_snippet_and_bridge
def test_navigating_in_a_callback(visitor: Visitor, moment: Moment) -> None:
    """People leave the page in their callbacks: the call, and those before it, arrive once."""
    visit = visitor()
    moment(
        visit,
        """const follow = () => { location.href = '/next'; };
        freshpaint.identify('u1');
        freshpaint.track('A', {}, {}, follow);""",
        until="commit" if moment == before_the_bridge else "device",
    )
    visit.page.wait_for_url("**/next", wait_until="commit")
    arrive(visit, "u1 identify", "u1 A")


@pytest.mark.parametrize("blocked", [False, True], ids=["with the SDK", "without the SDK"])
def test_ready_fires_when_the_bridge_is_there(visitor: Visitor, *, blocked: bool) -> None:
    """Not before, once for each call, and also for a call made afterwards; whether CleverTap is there or not."""
    visit = visitor()
    if blocked:
        visit.block("sdk")
    gate = visit.hold("bridge")
    visit.open(script="window.times = [0, 0]; freshpaint.ready(() => { times[0] += 1; })", until="commit")
    visit.until(lambda: gate.waiting == 1, "the bridge to be asked for")
    assert visit.run("return times") == [0, 0]
    gate.open()
    visit.until_page("times[0]", "ready to fire")
    assert visit.run("freshpaint.ready(() => { times[1] += 1; }); return times[1]") == 0
    visit.until_page("times[1]", "ready to fire again")
    visit.settled()
    assert visit.run("return times") == [1, 1]


# -- event properties --------------------------------------------------------------------------------------------------

#: The methods for event properties by their two names: add, add initial, remove.
NAMES: Final = [
    ("addEventProperties", "addInitialEventProperties", "removeEventProperty"),
    ("register", "register_once", "unregister"),
]


@by_snippet_and_bridge
@pytest.mark.parametrize(("add", "add_initial", "remove"), NAMES)
def test_event_properties_ride_along(visitor: Visitor, moment: Moment, add: str, add_initial: str, remove: str) -> None:
    """They ride along with every event from then on, win over same-named ones, and are no user properties."""
    visit = visitor()
    moment(
        visit,
        f"""freshpaint.track('A', {{n: 0}});
        freshpaint.{add}({{n: 1, since: new Date(5000), deep: {{x: 1}}}});
        freshpaint.{add_initial}({{n: 2, first: true}});
        freshpaint.identify('u1');
        freshpaint.track('B', {{n: 0, own: 'b'}});
        freshpaint.{add_initial}({{first: false}});
        freshpaint.{add}({{n: 3}});
        freshpaint.{remove}('since');
        freshpaint.{remove}('never there');
        freshpaint.{remove}('deep');
        freshpaint.track('C');""",
    )
    arrive(visit, "u1 identify", "u1 A", "u1 B", "u1 C")
    assert received(visit)[0].call[2] == {"Identity": "u1"}
    assert properties(visit) == {
        "A": {"n": 0},
        "B": {"own": "b", "n": 1, "since": "$D_5", "deep_x": 1, "first": True},
        "C": {"n": 3, "first": True},
    }


@pytest.mark.parametrize(("add", "add_initial", "remove"), NAMES)
def test_event_properties_persist(visitor: Visitor, add: str, add_initial: str, remove: str) -> None:
    """They are there on the next page, those that were removed are not, and initial ones do not replace them."""
    visit = visitor()
    visit.block("sdk")
    visit.open(until="bridge")
    visit.run(f"freshpaint.identify('u1'); freshpaint.{add}({{plan: 'pro', gone: 1}}); freshpaint.{remove}('gone')")
    visit.open("/two", until="bridge", script=f"freshpaint.{add_initial}({{plan: 'free', more: 2}})")
    visit.unblock("sdk")
    visit.open("/three", script="freshpaint.track('A', {own: 1})")
    arrive(visit, "u1 identify", "u1 A")
    assert properties(visit) == {"A": {"own": 1, "plan": "pro", "more": 2}}


@pytest.mark.parametrize(("add", "add_initial", "remove"), NAMES)
def test_a_removed_event_property_is_gone(visitor: Visitor, add: str, add_initial: str, remove: str) -> None:
    """Once removed, it hides none of an event's own, and can be set as an initial one again."""
    visit = visitor(config=SEND)
    visit.open()
    visit.run(f"""freshpaint.{add}({{n: 1}}); freshpaint.{remove}('n'); freshpaint.track('A', {{n: 2}});
        freshpaint.{add_initial}({{n: 3}}); freshpaint.track('B');""")
    arrive(visit, "- A", "- B")
    assert properties(visit) == {"A": {"n": 2}, "B": {"n": 3}}


@by_snippet_and_bridge
def test_pageview_properties_ride_along(visitor: Visitor, moment: Moment) -> None:
    """They ride along on their page, win over the event's own, and give way to event properties, as in Freshpaint."""
    visit = visitor(config=SEND)
    moment(
        visit,
        """freshpaint.addPageviewProperties({view: 'home', n: 1, both: 'view', when: new Date(5000)});
        freshpaint.addPageviewProperties({more: 2});
        freshpaint.addEventProperties({both: 'event'});
        freshpaint.track('A', {n: 0, own: 1});""",
    )
    arrive(visit, "- A")
    riding = {"view": "home", "n": 1, "both": "event", "when": "$D_5", "more": 2}
    assert properties(visit) == {"A": {"own": 1, **riding}}


def test_pageview_properties_do_not_persist(visitor: Visitor) -> None:
    """On the next page they are gone."""
    visit = visitor(config=SEND)
    visit.open(script="freshpaint.addPageviewProperties({view: 'home'}); freshpaint.track('A')")
    leave(visit)
    visit.reaches("device")
    visit.run("freshpaint.track('B')")
    arrive(visit, "- A", "- B")
    assert properties(visit) == {"A": {"view": "home"}, "B": {}}


def test_event_properties_without_storage(visitor: Visitor) -> None:
    """Where nothing can be stored, they still ride along on their page."""
    visit = visitor(config=SEND)
    visit.open(before="<script>Object.defineProperty(window, 'localStorage', {value: null})</script>", until="bridge")
    visit.run("freshpaint.addEventProperties({plan: 'pro'}); freshpaint.track('A', {own: 1})")
    arrive(visit, "- A")
    assert properties(visit) == {"A": {"own": 1, "plan": "pro"}}


# -- push, references, replaced methods --------------------------------------------------------------------------------


@by_snippet_and_bridge
@pytest.mark.parametrize(("form", "sdk"), VARIANTS)
def test_push(visitor: Visitor, moment: Moment, form: Form, sdk: sdks.Version) -> None:
    """push takes a call as an array, or a function to run once the bridge is there; both keep their places in the order."""
    visit = visitor(form=form, sdk=sdk)
    moment(
        visit,
        """freshpaint.push(['identify', 'u1', {plan: 'pro'}]);
        freshpaint.push(['track', 'A', {n: 1}]);
        freshpaint.push(function () { this.track('B', {n: 2}); });
        freshpaint.track('C', {n: 3});
        freshpaint.push(['made_up', 1]);
        freshpaint.push(['track', 'D', {n: 4}]);""",
    )
    arrive(visit, "u1 identify", "u1 A", "u1 B", "u1 C", "u1 D")
    assert [request.call[2] for request in received(visit)] == [
        {"Identity": "u1", "plan": "pro"},
        *({"n": n} for n in range(1, 5)),
    ]


@by_snippet_and_bridge
def test_what_init_is_told_to_do_once_it_is_there_is_done(visitor: Visitor, moment: Moment) -> None:
    """Freshpaint's SDK calls loaded with itself, in place of the init; an init without it does nothing."""
    visit = visitor(config=SEND)
    moment(
        visit,
        """freshpaint.track('A');
        freshpaint.init('env', {loaded: (them) => { them.track('B'); }});
        freshpaint.init('env'); freshpaint.init('env', null); freshpaint.init('env', {loaded: 1});
        freshpaint.track('C');""",
    )
    arrive(visit, "- A", "- B", "- C")


def test_calls_before_the_bridge_keep_their_order(visitor: Visitor) -> None:
    """Those that were noted are replayed in the order they were made, before anything that is called later."""
    visit = visitor()
    script = """freshpaint.track('A'); freshpaint.addEventProperties({n: 1}); freshpaint.track('B');
        freshpaint.identify('u1'); freshpaint.track('C'); freshpaint.removeEventProperty('n'); freshpaint.identify('u2'); freshpaint.track('D');
        freshpaint.ready(() => { freshpaint.track('E'); });"""
    before_the_bridge(visit, script)
    arrive(visit, "u1 identify", "u1 A", "u1 B", "u1 C", "u2 identify", "u2 D", "u2 E")
    assert properties(visit) == {"A": {}, "B": {"n": 1}, "C": {"n": 1}, "D": {}, "E": {}}


@pytest.mark.parametrize(("form", "sdk"), VARIANTS)
def test_a_reference_to_the_snippets_object_goes_on_working(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """What the page kept from before the bridge, the object, a method, a chained one, works afterwards, answers included."""
    visit = visitor(form=form, sdk=sdk)
    before_the_bridge(
        visit,
        """window.kept = freshpaint;
        window.methods = {identify: freshpaint.identify, track: freshpaint.track, user: freshpaint.user};
        window.user = freshpaint.user();""",
        until="bridge",
    )
    visit.run(
        """kept.identify('u1', {plan: 'pro'});
        kept.track('A');
        methods.identify('u2');
        methods.track('B');
        kept.push(['track', 'C']);
        const { track } = kept;
        track.call(null, 'D');
        track.apply(window, ['E']);
        track.bind(kept, 'F')();
        window.done = 0;
        kept.track('H', {}, {}, () => { done = 1; });
        kept.made_up().more(1);"""
    )
    arrive(visit, "u1 identify", "u1 A", "u2 identify", *(f"u2 {name}" for name in "BCDEFH"))
    visit.until_page("done", "the callback")
    assert visit.run("return [kept.user().id(), methods.user().id(), kept.get_distinct_id()]") == ["u2", "u2", "u2"]
    assert visit.run("return kept.then") is None


@by_snippet_and_bridge
def test_a_method_that_the_page_wraps(visitor: Visitor, moment: Moment) -> None:
    """A page may put its own function in a method's place and call the original: it stays there when the bridge arrives."""
    visit = visitor(config=SEND)
    moment(
        visit,
        """const original = freshpaint.track;
        freshpaint.track = (name, ...rest) => original.call(freshpaint, name + ' (wrapped)', ...rest);
        freshpaint.mine = 7;
        freshpaint.track('A', {n: 1});""",
    )
    visit.run("freshpaint.track('B', {n: freshpaint.mine})")
    arrive(visit, "- A (wrapped)", "- B (wrapped)")
    assert [request.data["n"] for request in received(visit)] == [1, 7]


def test_an_object_that_the_page_puts_in_its_place(visitor: Visitor) -> None:
    """A page may put an object of its own, or nothing, in the place of freshpaint, and call the original through it."""
    visit = visitor(config=SEND)
    visit.open()
    visit.run(
        """const original = freshpaint, user = freshpaint.user();
        window.freshpaint = {track: (name, ...rest) => original.track(name + ' (wrapped)', ...rest)};
        freshpaint.track('A');
        user.made_up();
        window.freshpaint = undefined;
        original.track('B');
        original.push(['track', 'C']);"""
    )
    arrive(visit, "- A (wrapped)", "- B", "- C")


def test_an_object_that_the_page_puts_in_its_place_before_the_bridge(visitor: Visitor) -> None:
    """Where it does so before the bridge is there, nothing throws, and what is called on the original afterwards arrives."""
    visit = visitor(config=SEND)
    before_the_bridge(
        visit,
        """window.original = freshpaint;
        window.freshpaint = {track: (...values) => original.track(...values)};
        try { freshpaint.track('A'); } catch (error) { window.caught = String(error); }""",
        until="commit",
    )
    visit.until_page("window.freshtap", "the bridge to be there")
    visit.run("original.track('B'); freshpaint.track('C')")
    visit.until(lambda: order(visit)[-2:] == ["- B", "- C"], "the calls behind it")
    assert visit.run("return window.caught") is None


def test_a_thousand_calls_before_the_bridge(visitor: Visitor) -> None:
    """Noted by the snippet and replayed, they neither throw nor block the page, and what identifies arrives."""
    visit = visitor(config={"track": {"send": "defined"}, "events": [{"name": "Last"}]})
    before_the_bridge(
        visit,
        f"""{WATCH}
        attempt('calls', () => {{
            for (let n = 0; n < 1000; n++) {{ freshpaint.track('Unlisted', {{n, deep: {{list: [1, 2, 3]}}}}); }}
        }});
        freshpaint.identify('u1');
        freshpaint.track('Last');""",
    )
    arrive(visit, "u1 identify", "u1 Last")
    assert visit.run("return thrown") == []
    assert visit.run("return longest[1]") < BLOCKED, visit.run("return longest")
