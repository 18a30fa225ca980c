"""Companion mode: Freshpaint's own SDK is on the page too. CleverTap gets each call once, Freshpaint what it always got."""

from __future__ import annotations

from typing import Any, Final, Literal

import pytest

from conftest import Visitor
from freshpaint import ARRIVES, STUBS
from sites import Config, Form, merged
from visit import Visit
from wire import SEND, arrive, order, received

COMPANION: Final[Config] = {"freshpaint": {"mode": "companion"}}

#: Calls whose order and number tell.
CALLS: Final = """freshpaint.track('A', {n: 1}); freshpaint.identify('u1', {plan: 'pro'}); freshpaint.track('B', {n: 2});
    freshpaint.track('B', {n: 2}); freshpaint.identify('u2'); freshpaint.track('C', {n: 3});"""
SENT: Final = ("u1 identify", "u1 A", "u1 B", "u1 B", "u2 identify", "u2 C")

Stub = Literal["classic", "proxy"]
with_both_stubs = pytest.mark.parametrize("stub", list(STUBS))


def companion(visitor: Visitor, over: Config | None = None, form: Form = "minified") -> Visit:
    """A visit of a site in companion mode."""
    return visitor(config=merged(COMPANION, over or {}), form=form)


def got(visit: Visit) -> list[Any]:
    """What Freshpaint got of the page's calls: the names of the methods, and their first values."""
    calls: list[list[Any]] = visit.run("return got")
    return [call[:2] for call in calls if not str(call[1:2]).startswith("['$") and call[0] not in {"page", "register"}]


#: What Freshpaint makes of CALLS where its script repeats them: tracks last.
REPEATED: Final = [
    ["identify", "u1"],
    ["identify", "u2"],
    ["track", "A"],
    ["track", "B"],
    ["track", "B"],
    ["track", "C"],
]
#: And where it has them one by one.
ONE_BY_ONE: Final = [
    ["track", "A"],
    ["identify", "u1"],
    ["track", "B"],
    ["track", "B"],
    ["identify", "u2"],
    ["track", "C"],
]


@with_both_stubs
def test_what_freshpaint_says_to_itself(visitor: Visitor, stub: Stub) -> None:
    """An event that begins with $ is Freshpaint's own: it is not sent, said to the stub or to the real object. A user may."""
    visit = companion(visitor, SEND)
    said = "freshpaint.track('$pageview'); freshpaint.track('%s');"
    visit.open(before=f"<script>{STUBS[stub]}</script>", script=said % "A")
    visit.run(ARRIVES)
    visit.run(said % "B" + "freshpaint.identify('$u');")
    arrive(visit, "- A", "- B", "$u identify")


@with_both_stubs
def test_an_element_with_our_name(visitor: Visitor, stub: Stub) -> None:
    """Browsers make a global of an element with an id: it is not taken for what the snippet has noted."""
    visit = companion(visitor, SEND)
    before = f"<div id=freshtap></div><script>{STUBS[stub]}</script>"
    visit.open(before=before, script="freshpaint.track('A');")
    visit.run(ARRIVES)
    visit.run("freshpaint.track('B')")
    arrive(visit, "- A", "- B")


@with_both_stubs
@pytest.mark.parametrize("late", ["true", "false"], ids=["repeats late", "repeats first"])
@pytest.mark.parametrize("form", ["minified", "readable"])
def test_calls_of_the_stub_before_our_bridge(visitor: Visitor, stub: Stub, late: str, form: Form) -> None:
    """Called on the stub before our script is there, each call reaches CleverTap once, in the order of the page."""
    visit = companion(visitor, form=form)
    gate = visit.hold("bridge")
    visit.open(script=STUBS[stub] + CALLS, until="commit")
    gate.open()
    visit.arrives(len(SENT))
    visit.run(f"window.repeatLate = {late}; {ARRIVES}")
    arrive(visit, *SENT)
    assert got(visit) == REPEATED


@with_both_stubs
@pytest.mark.parametrize("late", ["true", "false"], ids=["repeats late", "repeats first"])
def test_the_real_object_before_our_bridge(visitor: Visitor, stub: Stub, late: str) -> None:
    """Where Freshpaint's script is there before ours, the stub's calls and the object's reach CleverTap once."""
    visit = companion(visitor)
    gate = visit.hold("bridge")
    script = f"window.repeatLate = {late}; {STUBS[stub]} {CALLS} {ARRIVES} freshpaint.track('D');"
    visit.open(script=script, until="commit")
    gate.open()
    arrive(visit, *SENT, "u2 D")
    assert got(visit) == [*REPEATED, ["track", "D"]]


@with_both_stubs
def test_the_real_object_after_our_bridge(visitor: Visitor, stub: Stub) -> None:
    """Where ours is there first, what is called on the stub and on the object that replaces it is heard at once."""
    visit = companion(visitor)
    visit.open(script=STUBS[stub])
    visit.run("freshpaint.identify('u1'); freshpaint.track('A');")
    arrive(visit, "u1 identify", "u1 A")
    visit.run(ARRIVES)
    visit.run("freshpaint.track('A'); freshpaint.track('B');")
    arrive(visit, "u1 identify", "u1 A", "u1 A", "u1 B")
    assert got(visit) == [["identify", "u1"], ["track", "A"], ["track", "A"], ["track", "B"]]


def test_no_stub_at_all(visitor: Visitor) -> None:
    """Freshpaint's object that appears without a stub, as an npm package makes it, is heard, too."""
    visit = companion(visitor)
    visit.open()
    visit.run(ARRIVES + CALLS)
    arrive(visit, *SENT)
    assert got(visit) == ONE_BY_ONE


def test_our_snippet_behind_freshpaints(visitor: Visitor) -> None:
    """Where Freshpaint's snippet and calls stand in front of ours, the stub's calls are taken over."""
    visit = companion(visitor)
    visit.open(before=f"<script>{STUBS['proxy']} {CALLS}</script>")
    arrive(visit, *SENT)
    visit.run(ARRIVES)
    arrive(visit, *SENT)
    assert got(visit) == REPEATED


def test_our_snippet_behind_freshpaints_script(visitor: Visitor) -> None:
    """Where Freshpaint's object is there before our snippet, what is called from then on is heard."""
    visit = companion(visitor)
    visit.open(before=f"<script>{STUBS['classic']} {ARRIVES}</script>", script=CALLS)
    arrive(visit, *SENT)
    assert got(visit) == ONE_BY_ONE


def test_freshpaint_declared_with_var(visitor: Visitor) -> None:
    """A page that declares window.freshpaint with var is heard, too."""
    visit = companion(visitor)
    visit.open(before=f"<script>var freshpaint = [];</script><script>{STUBS['classic']} {CALLS}</script>")
    arrive(visit, *SENT)
    visit.run(ARRIVES)
    visit.lets_pass(0.2)
    visit.run("freshpaint.track('D')")
    arrive(visit, *SENT, "u2 D")


@with_both_stubs
def test_the_page_gets_what_freshpaint_gives(visitor: Visitor, stub: Stub) -> None:
    """What the methods return, what they throw, and callbacks are Freshpaint's: called once, and not by us."""
    visit = companion(visitor)
    visit.open(
        script=f"{STUBS[stub]} window.called = 0; freshpaint.track('A', {{}}, {{}}, function () {{ called++; }});"
    )
    visit.settled()
    assert visit.run("return called") == 0
    visit.run(ARRIVES)
    assert visit.run("return called") == 1
    assert visit.run("return freshpaint.track('B', {}, {}, function () { called++; })") == "track done"
    visit.settled()
    assert visit.run("return called") == 2
    visit.run("Object.getPrototypeOf(freshpaint).group = function () { throw Error('mine'); }")
    assert visit.run("try { freshpaint.group(); } catch (error) { return error.message; }") == "mine"


def test_chained_calls(visitor: Visitor) -> None:
    """On the stub, a chained call goes on to Freshpaint as it was, and says nothing to CleverTap."""
    visit = companion(visitor)
    visit.open(
        script=STUBS["proxy"] + "freshpaint.user().traits(); freshpaint.track('A').then; freshpaint.identify('u1');"
    )
    assert visit.run("return freshpaint[1]") == [["user"], ["traits"]]
    arrive(visit, "u1 identify", "u1 A")


@with_both_stubs
def test_ready(visitor: Visitor, stub: Stub) -> None:
    """ready is Freshpaint's: its callback runs when Freshpaint is there, once."""
    visit = companion(visitor)
    visit.open(
        script=f"{STUBS[stub]} window.ready = 0; freshpaint.ready(function () {{ ready++; freshpaint.track('A'); }});"
    )
    visit.settled()
    assert visit.run("return ready") == 0
    visit.run(f"{ARRIVES} freshpaint.identify('u1');")
    arrive(visit, "u1 identify", "u1 A")
    assert visit.run("return ready") == 1


def test_user_properties_first(visitor: Visitor) -> None:
    """identify with an object first is about whoever is current."""
    visit = companion(visitor)
    visit.open(script=STUBS["proxy"] + "freshpaint.identify('u1'); freshpaint.identify({plan: 'pro'});")
    visit.arrives(2)
    visit.run(ARRIVES + "freshpaint.identify({seats: 3});")
    arrive(visit, "u1 identify", "u1 identify", "u1 identify")
    assert [request.data.get("Identity") for request in received(visit)] == ["u1"] * 3


@with_both_stubs
@pytest.mark.parametrize(
    "plan",
    ["Object.assign(Object.create(null), {plan: 'pro'})", "{plan: 'pro', toString: null}"],
    ids=["no prototype", "no toString"],
)
def test_user_properties_that_are_no_text(visitor: Visitor, stub: Stub, plan: str) -> None:
    """An object that cannot be read as text, as parsers of addresses make them, is heard like any other."""
    visit = companion(visitor)
    visit.open(script=STUBS[stub] + f"freshpaint.identify('u1'); freshpaint.identify({plan});")
    visit.arrives(2)
    visit.run(ARRIVES + f"freshpaint.addEventProperties({plan}); freshpaint.track('A');")
    arrive(visit, "u1 identify", "u1 identify", "u1 A")
    assert [request.data.get("plan") for request in received(visit)] == [None, "pro", "pro"]


@pytest.mark.parametrize("late", ["true", "false"], ids=["repeats late", "repeats first"])
def test_somebody_whom_freshpaint_knows(visitor: Visitor, late: str) -> None:
    """Whom Freshpaint knows from an earlier page is identified for CleverTap, too, once, and events held are theirs."""
    visit = companion(visitor)
    known = f"window.repeatLate = {late}; window.known = {{id: 'u1', traits: {{plan: 'pro'}}}};"
    visit.open(script=STUBS["proxy"] + known + "freshpaint.track('A');")
    visit.settled()
    assert order(visit) == []
    visit.run(ARRIVES)
    arrive(visit, "u1 identify", "u1 A")
    assert received(visit)[0].data["plan"] == "pro"
    visit.open("/next", script=STUBS["proxy"] + known + ARRIVES + "freshpaint.track('B');")
    arrive(visit, "u1 identify", "u1 A", "u1 B")


def test_properties_of_somebody_whom_freshpaint_knows(visitor: Visitor) -> None:
    """An identify without an id is about whoever Freshpaint knows."""
    visit = companion(visitor)
    visit.open(
        script=STUBS["proxy"]
        + "window.known = {id: 'u1', traits: {plan: 'pro'}};"
        + ARRIVES
        + "freshpaint.identify({plan: 'free'}); freshpaint.track('A');"
    )
    visit.until(lambda: "u1 A" in order(visit), "the event")
    visit.settled()
    assert "u1 identify" in order(visit)


def test_somebody_whom_freshpaint_knew(visitor: Visitor) -> None:
    """Whoever the page identifies counts, not whom Freshpaint knew before."""
    visit = companion(visitor)
    visit.open(script=STUBS["classic"] + "window.known = {id: 'u1'}; freshpaint.identify('u2'); freshpaint.track('A');")
    visit.run(ARRIVES)
    arrive(visit, "u2 identify", "u2 A")


def test_reset(visitor: Visitor) -> None:
    """reset makes CleverTap forget, too, whoever Freshpaint knew."""
    visit = companion(visitor)
    visit.open(script=STUBS["classic"] + "freshpaint.identify('u1'); freshpaint.track('A');")
    visit.arrives(2)
    visit.run("window.known = {id: 'u1'};" + ARRIVES + "freshpaint.reset(); freshpaint.track('B');")
    visit.settled()
    visit.run("freshpaint.identify('u2')")
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B")


def test_event_properties(visitor: Visitor) -> None:
    """Event properties ride along as they do in Freshpaint; what Freshpaint says to itself does not."""
    visit = companion(visitor, SEND)
    visit.open(script=STUBS["proxy"] + "freshpaint.addEventProperties({plan: 'pro'}); freshpaint.track('A', {n: 1});")
    visit.run(ARRIVES + "freshpaint.register_once({plan: 'free', seats: 3}); freshpaint.track('B', {n: 2});")
    visit.run("freshpaint.identify('u1'); freshpaint.track('C')")
    arrive(visit, "- A", "- B", "u1 identify", "u1 C")
    properties = [dict(request.data) for request in received(visit) if request.kind == "event"]
    assert properties == [
        {"n": 1, "plan": "pro"},
        {"n": 2, "plan": "pro", "seats": 3},
        {"plan": "pro", "seats": 3},
    ]


def test_values_are_those_of_the_call(visitor: Visitor) -> None:
    """What the page changes afterwards changes nothing of what CleverTap gets."""
    visit = companion(visitor, SEND)
    gate = visit.hold("bridge")
    visit.open(
        script=STUBS["classic"] + "var thing = {n: 1}; freshpaint.track('A', thing); thing.n = 2;", until="commit"
    )
    gate.open()
    arrive(visit, "- A")
    assert received(visit)[0].data == {"n": 1}


@with_both_stubs
def test_builtin_properties(visitor: Visitor, stub: Stub) -> None:
    """They are what the page was when the call was made, also where our script was not there yet."""
    builtin = {"transformations": [{"op": "send-builtin", "on": "*", "property": "path"}]}
    visit = companion(visitor, merged(SEND, builtin))
    gate = visit.hold("bridge")
    visit.open("/one", script=STUBS[stub] + "freshpaint.track('A'); history.pushState(0, '', '/two');", until="commit")
    gate.open()
    visit.arrives(1)
    visit.run(ARRIVES + "freshpaint.track('B'); history.pushState(0, '', '/three');")
    arrive(visit, "- A", "- B")
    assert [request.data for request in received(visit)] == [{"path": "/one"}, {"path": "/two"}]


def test_consent(visitor: Visitor) -> None:
    """A decision that the page tells Freshpaint holds for CleverTap, too."""
    visit = companion(visitor, {"consent": {"required": True}})
    visit.open(script=STUBS["proxy"] + "freshpaint.identify('u1'); freshpaint.track('A');", until="commit")
    visit.stays_quiet()
    assert visit.loads["sdk"] == 0
    visit.run(ARRIVES + "freshpaint.set_consent({All: false, CleverTap: true});")
    arrive(visit, "u1 identify", "u1 A")


def test_options_integrations(visitor: Visitor) -> None:
    """options.integrations decide for a call here as in Freshpaint."""
    visit = companion(visitor, SEND)
    visit.open(script=STUBS["proxy"])
    visit.run(
        "freshpaint.track('A', {}, {integrations: {All: false}}); freshpaint.track('B', {}, {integrations: {All: true}})"
    )
    arrive(visit, "- B")


def test_the_snippet_twice(visitor: Visitor) -> None:
    """Our tag twice on the page hears each call once."""
    visit = companion(visitor)
    assert visit.site is not None
    visit.open(head=visit.site.tag, script=STUBS["proxy"] + CALLS)
    visit.run(ARRIVES)
    arrive(visit, *SENT)


def test_one_global_and_the_page_untouched(visitor: Visitor) -> None:
    """Besides freshpaint and clevertap there is one global of ours; freshpaint is Freshpaint's own object."""
    visit = companion(visitor)
    visit.open(script=STUBS["proxy"] + ARRIVES)
    assert visit.run("return [Object.keys(freshpaint), typeof freshtap, freshpaint.constructor.name]")[1:] == [
        "object",
        "Freshpaint",
    ]
    visit.run("freshpaint = 7; freshpaint = null; freshpaint = undefined")
    assert visit.run("return window.freshpaint === undefined")
