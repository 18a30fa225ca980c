"""clevertap.spa: the route changes of a single-page application are page views to CleverTap, each told once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

import sdk as sdks
from conftest import Visitor
from freshtap.collector import Request
from moments import Moment, at_each_moment
from sites import Config, Form
from visit import SITE, Visit
from wire import VARIANTS, arrive, devices

SPA: Final[Config] = {"clevertap": {"spa": True}}

each_variant = pytest.mark.parametrize(("form", "sdk"), [*VARIANTS, ("tdewolff", "2.5.2")])


def views(visit: Visit) -> list[str]:
    """The page views that CleverTap was told of, by what is behind the host in their addresses."""
    pages = [request for request in visit.collector.requests if request.kind == "page"]
    return [str(request.payload["cpg"]).removeprefix(f"https://{SITE}") for request in pages]


def login(person: str) -> Callable[[Request], bool]:
    """The request with which the SDK asks for this person's device id."""
    return lambda request: request.login and request.data.get("Identity") == person


#: What the page does, one step after another, and the page views that come of it.
STEPS: Final = [
    ("history.pushState(null, '', '/a')", ["/a"]),
    ("history.pushState({n: 1}, '', '/a')", []),
    ("history.replaceState({n: 2}, '')", []),
    ("history.replaceState(null, '', '/b?q=1')", ["/b?q=1"]),
    ("location.hash = 'part'", ["/b?q=1#part"]),
    ("history.back()", ["/b?q=1"]),
    ("history.back()", ["/a"]),
    ("history.go(2)", ["/b?q=1#part"]),
    ("location.hash = 'part'", []),
    ("const link = document.createElement('a'); link.href = '#two'; link.click()", ["/b?q=1#two"]),
    ("history.pushState(null, '', '/passing'); history.replaceState(null, '', '/c')", ["/c"]),
    ("history.pushState(null, '', '/d'); history.pushState(null, '', '/c')", []),
    ("history.pushState(null, '', 'https://www.site.test:443/c')", []),
    ("try { history.pushState(null, '', 'https://elsewhere.test/') } catch (error) {}", []),
    ("freshpaint.page()", []),
]


@each_variant
def test_each_new_address_is_one_page_view(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """pushState, replaceState, back and forward, the hash: told once per address, where the page has come to rest."""
    visit = visitor(config=SPA, form=form, sdk=sdk)
    visit.open()
    visit.settled()
    assert views(visit) == ["/"]
    for step, expected in STEPS:
        before = len(views(visit))
        visit.run(step)
        visit.until(lambda: len(views(visit)) >= before + len(expected), f"{expected} after {step}")  # noqa: B023
        visit.settled()
        assert views(visit)[before:] == expected, step


@pytest.mark.parametrize(
    "change",
    [
        "early(null, '', '/a')",
        "History.prototype.pushState.call(history, null, '', '/a')",
        "navigation.addEventListener('navigate', event => event.intercept()); navigation.navigate('/a')",
    ],
    ids=["kept before the bridge", "of the prototype", "Navigation API"],
)
def test_addresses_that_change_past_the_historys_methods(visitor: Visitor, change: str) -> None:
    """Where the browser tells of every new address, none is missed."""
    visit = visitor(config=SPA)
    visit.open(before="<script>window.early = history.pushState.bind(history);</script>")
    visit.settled()
    visit.run(change)
    visit.until(lambda: views(visit) == ["/", "/a"], "the view")
    visit.settled()
    assert views(visit) == ["/", "/a"]


@pytest.mark.parametrize(
    "theirs", ["var navigation = {}", "function navigation() {}", "let navigation = null", "let navigation = 1"]
)
def test_a_page_that_has_something_else_by_the_name_of_navigation(visitor: Visitor, theirs: str) -> None:
    """The rest goes on, and the history's methods still tell."""
    visit = visitor(config=SPA)
    visit.open(before=f"<script>{theirs}</script>", script="freshpaint.identify('u1')")
    arrive(visit, "u1 identify")
    visit.run("history.pushState(null, '', '/a')")
    visit.until(lambda: views(visit)[-1:] == ["/a"], "the page view")


def test_not_configured(visitor: Visitor) -> None:
    """Without it nothing is told, and the history is the browser's own."""
    visit = visitor()
    visit.open()
    visit.run("history.pushState(null, '', '/a'); history.replaceState(null, '', '/b'); location.hash = 'c'")
    visit.settled()
    assert views(visit) == ["/"]
    assert visit.run("return String(history.pushState)").count("native code") == 1


@pytest.mark.parametrize("part", ["bridge", "sdk"])
def test_before_the_sdk(visitor: Visitor, part: str) -> None:
    """Until the SDK is there nothing is told: its own first page view is of the address that it finds."""
    visit = visitor(config=SPA)
    gate = visit.hold("bridge" if part == "bridge" else "sdk")
    visit.open(until="commit" if part == "bridge" else "bridge")
    visit.run("history.pushState(null, '', '/a')")
    visit.run("history.pushState(null, '', '/b')")
    gate.open()
    visit.reaches("device")
    visit.settled()
    assert views(visit) == ["/b"]
    visit.run("history.back()")
    visit.until(lambda: len(views(visit)) == 2, "the page view")
    assert views(visit) == ["/b", "/a"]


def test_as_the_sdk_arrives(visitor: Visitor) -> None:
    """An address that is new in the very moment in which the SDK looks at it is told once."""
    visit = visitor(config=SPA)
    visit.open(
        script="""document.addEventListener('load', event => {
            if (/clevertap/.test(event.target.src)) { history.pushState(null, '', '/a'); }
        }, true)"""
    )
    visit.settled()
    assert views(visit) == ["/a"]


def test_before_the_device_id(visitor: Visitor) -> None:
    """While CleverTap's first answer is on its way, a new address waits with the SDK, and is told once."""
    visit = visitor(config=SPA)
    gate = visit.hold("collector")
    visit.open(until="sdk")
    visit.run("freshpaint.identify('u1'); freshpaint.track('A')")
    visit.run("history.pushState(null, '', '/a')")
    gate.open()
    arrive(visit, "u1 identify", "u1 A")
    assert views(visit) == ["/", "/a"]
    assert visit.collector.repeats == []


def test_the_history_works_as_before(visitor: Visitor) -> None:
    """What the history's methods do, give back and throw is what they did before, also another script's."""
    visit = visitor(config=SPA)
    visit.open(
        before="""<script>{ const native = history.replaceState;
            history.replaceState = function () { native.apply(this, arguments); return 'theirs'; }; }</script>"""
    )
    assert visit.run("return [history.pushState({n: 1}, '', '/a')]") == [None]
    assert visit.run("return [location.pathname, history.state, history.length]") == ["/a", {"n": 1}, 3]
    assert visit.run("return history.replaceState({n: 2}, '', '/b')") == "theirs"
    assert visit.run("return [location.pathname, history.state]") == ["/b", {"n": 2}]
    thrown = """const thrown = call => { try { call(); } catch (error) { return error.name; } };
        return [thrown(() => history.pushState(null, '', 'https://elsewhere.test/')), thrown(() => history.pushState()),
            thrown(() => history.pushState(() => 0, '')), thrown(() => history.pushState.call({}, null, ''))];"""
    assert visit.run(thrown) == ["SecurityError", "TypeError", "DataCloneError", "TypeError"]


def test_a_failing_sdk_is_no_error_of_the_page(visitor: Visitor) -> None:
    """Where the SDK fails at a page view, the page does not notice, and what comes later is told."""
    visit = visitor(config=SPA)
    visit.open()
    visit.run("clevertap.pageChanged = () => { throw Error('full'); }; history.pushState(null, '', '/a')")
    visit.run("location.hash = 'part'; history.back()")
    visit.until_page("location.hash === ''", "the way back")
    visit.run("delete clevertap.pageChanged; history.pushState(null, '', '/b')")
    visit.until(lambda: len(views(visit)) == 2, "the page view")
    assert views(visit) == ["/", "/b"]


def test_not_after_opting_out(visitor: Visitor) -> None:
    """Whoever opted out is not followed."""
    visit = visitor(config=SPA)
    visit.open()
    visit.settled()
    visit.run("freshpaint.opt_out_tracking(); history.pushState(null, '', '/a')")
    visit.stays_quiet()
    visit.run("history.pushState(null, '', '/b')")
    visit.lets_pass(0.3)
    assert views(visit) == ["/"]


#: A visitor who goes from route to route, and others who log in on the way.
ROUTES: Final = """freshpaint.track('A'); history.pushState(null, '', '/a');
    freshpaint.identify('u1'); freshpaint.track('B'); history.pushState(null, '', '/b');
    freshpaint.identify('u2'); history.replaceState(null, '', '/c'); freshpaint.track('C');
    freshpaint.reset(); history.pushState(null, '', '/d'); freshpaint.identify('u3'); freshpaint.track('D');"""
IN_ORDER: Final = ("u1 identify", "u1 A", "u1 B", "u2 identify", "u2 C", "u3 identify", "u3 D")


@at_each_moment
@pytest.mark.parametrize("sdk", sdks.PINNED)
def test_events_keep_their_users(visitor: Visitor, moment: Moment, sdk: sdks.Version) -> None:
    """Whatever the route, every event reaches CleverTap under the user who was current when the page made the call."""
    visit = visitor(config=SPA, sdk=sdk)
    moment(visit, ROUTES)
    arrive(visit, *IN_ORDER)
    assert not devices(visit, "u1") & devices(visit, "u2")
    assert not devices(visit, "u2") & devices(visit, "u3")
    # In one task the page comes to rest once; where the SDK was there before, it has told the first address.
    assert views(visit)[-1] == "/d"
    assert len(views(visit)) == len(set(views(visit)))


@pytest.mark.parametrize("sdk", sdks.PINNED)
def test_routes_change_while_a_login_waits(visitor: Visitor, sdk: sdks.Version) -> None:
    """A page view while CleverTap's answer to a login is late costs no event its user, nor the login its answer."""
    visit = visitor(config=SPA, sdk=sdk)
    visit.collector.slow(0.8, login("u2"))
    visit.open()
    visit.run("freshpaint.identify('u1'); freshpaint.track('A')")
    visit.arrives(2)
    visit.run("freshpaint.identify('u2'); freshpaint.track('B')")
    visit.until(lambda: bool([request for request in visit.collector.logins() if login("u2")(request)]), "the login")
    visit.run("history.pushState(null, '', '/a'); freshpaint.track('C')")
    visit.lets_pass(0.05)
    visit.run("history.pushState(null, '', '/b'); freshpaint.identify('u3'); freshpaint.track('D')")
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B", "u2 C", "u3 identify", "u3 D")
    visit.until(lambda: len(views(visit)) == 3, "both page views")
    assert sorted(views(visit)) == ["/", "/a", "/b"]
    assert len({frozenset(devices(visit, person)) for person in ("u1", "u2", "u3")}) == 3


@pytest.mark.parametrize("sdk", sdks.PINNED)
def test_routes_change_after_a_reset(visitor: Visitor, sdk: sdks.Version) -> None:
    """The first that CleverTap has of a new device may be a page view: what the page calls next is that device's."""
    visit = visitor(config={**SPA, "track": {"before_identify": "send"}}, sdk=sdk)
    visit.open()
    visit.run("freshpaint.identify('u1'); freshpaint.track('A')")
    visit.arrives(2)
    visit.run("freshpaint.reset(); history.pushState(null, '', '/a')")
    visit.until(lambda: "/a" in views(visit), "the page view")
    visit.run(
        "freshpaint.track('B'); history.pushState(null, '', '/b'); freshpaint.identify('u2'); freshpaint.track('C')"
    )
    arrive(visit, "u1 identify", "u1 A", "- B", "u2 identify", "u2 C")
    assert not devices(visit, "u1") & (devices(visit, "u2") | devices(visit, None))
    assert views(visit) == ["/", "/a", "/b"]
