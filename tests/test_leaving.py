"""Leaving the page: calls that the SDK has not taken yet arrive from the next page, each of them once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import pytest
from playwright.sync_api import Page

import sdk as sdks
from conftest import Visitor
from sites import ACCOUNT, Config
from visit import SITE, Gate, Visit
from wire import SEND, arrive, devices, leave, order, received

#: What the page calls before it is left, and how that arrives.
CALLS: Final = "freshpaint.track('A'); freshpaint.identify('u1'); freshpaint.track('B'); freshpaint.identify('u2'); freshpaint.track('C')"
ARRIVED: Final = ("u1 identify", "u1 A", "u1 B", "u2 identify", "u2 C")

HOURS: Final = 3600


def resent(visit: Visit) -> None:
    """Let the SDK come to the moment at which it sends its unanswered requests again."""
    visit.page.clock.run_for(4000)
    visit.settled()


def left_waiting(visit: Visit, script: str, to: str = "/next") -> None:
    """Make calls on a page on which the SDK never arrives, and leave for a page on which it does not arrive either."""
    gate = visit.hold("sdk")
    visit.open(until="bridge")
    leave(visit, script, to)
    visit.reaches("bridge")
    gate.open()


# -- survive leaving ---------------------------------------------------------------------------------------------------


@pytest.mark.fault("The page is left before the SDK arrives", "late")
def test_leaving_before_the_sdk_arrives(visitor: Visitor) -> None:
    """Calls made while the SDK was on its way arrive from the next page, in order and under their users."""
    visit = visitor()
    left_waiting(visit, CALLS)
    arrive(visit, *ARRIVED)


def test_what_is_called_as_the_page_is_left(visitor: Visitor) -> None:
    """Whoever else listens for the page's end may still call: it arrives from the next page, in order."""
    visit = visitor()
    gate = visit.hold("sdk")
    visit.open(until="bridge")
    visit.run(
        """addEventListener('pagehide', () => freshpaint.track('At pagehide'));
        document.addEventListener('visibilitychange', () => freshpaint.track('When hidden'));"""
    )
    leave(visit, "freshpaint.identify('u1'); freshpaint.track('A')")
    visit.reaches("bridge")
    gate.open()
    arrive(visit, "u1 identify", "u1 A", "u1 At pagehide", "u1 When hidden")


def test_leaving_several_pages_before_the_sdk_arrives(visitor: Visitor) -> None:
    """Calls of several pages, none of which saw the SDK, arrive in the order of the pages."""
    visit = visitor()
    gate = visit.hold("sdk")
    visit.open(until="bridge")
    leave(visit, "freshpaint.identify('u1'); freshpaint.track('A')", "/two")
    visit.reaches("bridge")
    leave(visit, "freshpaint.track('B'); freshpaint.identify('u2')", "/three")
    visit.reaches("bridge")
    visit.run("freshpaint.track('C')")
    gate.open()
    arrive(visit, "u1 identify", "u1 A", "u1 B", "u2 identify", "u2 C")


def test_calls_of_the_next_page_come_behind(visitor: Visitor) -> None:
    """What the next page calls, also before its bridge is there, comes after what was left over."""
    visit = visitor()
    gate = visit.hold("sdk")
    visit.open(until="bridge")
    visit.run("freshpaint.identify('u1'); freshpaint.track('A')")
    visit.open("/next", script="freshpaint.track('B'); freshpaint.identify('u2')", until="bridge")
    visit.run("freshpaint.track('C')")
    gate.open()
    arrive(visit, "u1 identify", "u1 A", "u1 B", "u2 identify", "u2 C")


@pytest.mark.fault("The page is left in the task of the call", "late", in_time=True)
def test_leaving_at_once_after_the_call(visitor: Visitor) -> None:
    """An event called in the very task in which the page is left arrives, once."""
    visit = visitor()
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    leave(visit, "freshpaint.track('A'); freshpaint.track('B')")
    visit.reaches("device")
    resent(visit)
    assert order(visit) == ["u1 identify", "u1 A", "u1 B"]


def test_leaving_at_once_after_identify(visitor: Visitor) -> None:
    """An identify, the event behind it and the next user's survive being left in the same task."""
    visit = visitor()
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u0')")
    visit.settled()
    # So slow that the SDK sends its unanswered requests again while the users switch.
    visit.collector.slow(0.4)
    leave(visit, CALLS)
    visit.reaches("device")
    resent(visit)
    arrive(visit, *LEFT)
    assert [len(devices(visit, who)) for who in ("u0", "u1", "u2")] == [1, 1, 1]


@pytest.mark.fault("The page is left between an identify and its answer", "late")
def test_leaving_between_identify_and_its_answer(visitor: Visitor) -> None:
    """What waited for CleverTap's answer to a login arrives from the next page."""
    visit = visitor()
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    visit.collector.slow(1.0, lambda request: request.login, times=1)
    visit.run("freshpaint.identify('u2'); freshpaint.track('B'); freshpaint.identify('u3'); freshpaint.track('C')")
    visit.until(lambda: bool(visit.collector.logins()), "the login of u2")
    leave(visit)
    visit.reaches("device")
    resent(visit)
    arrive(visit, "u1 identify", "u2 identify", "u2 B", "u3 identify", "u3 C")


@pytest.mark.parametrize("sdk", sdks.PINNED)
def test_leaving_as_the_late_answer_to_a_login_comes(visitor: Visitor, sdk: sdks.Version) -> None:
    """What the SDK has kept until the answer it sends once: events wait in the line, and survive with it."""
    visit = visitor(sdk=sdk)
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u1'); freshpaint.identify('u2')")
    visit.settled()
    gate = visit.hold("collector")
    visit.run(
        """freshpaint.identify('u1'); freshpaint.track('A'); freshpaint.track('B');
        const reply = $WZRK_WR.s;
        $WZRK_WR.s = (...values) => { $WZRK_WR.s = reply; reply(...values); location.href = '/next'; };"""
    )
    visit.until(lambda: gate.waiting == 1, "the login of u1")
    visit.page.clock.run_for(7000)
    gate.open()
    visit.page.wait_for_url("https://www.site.test/next", wait_until="commit")
    visit.reaches("device")
    resent(visit)
    arrive(visit, "u1 identify", "u2 identify", "u1 identify", "u1 A", "u1 B")


@pytest.mark.parametrize("sdk", sdks.PINNED)
def test_leaving_twice_between_identify_and_its_answer(visitor: Visitor, sdk: sdks.Version) -> None:
    """The SDK sends an unanswered login once more on the next page; where that one is left, too, on the page after."""
    visit = visitor(sdk=sdk)
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    gate = visit.hold("collector")
    visit.run("freshpaint.identify('u2'); freshpaint.track('B')")
    visit.until(lambda: gate.waiting == 1, "the login of u2")
    leave(visit)
    visit.until(lambda: gate.waiting > 1, "the login of u2 once more")
    leave(visit, "freshpaint.identify('u3'); freshpaint.track('C')", "/last")
    gate.open()
    visit.reaches("device")
    resent(visit)
    arrive(visit, "u1 identify", "u2 identify", "u2 B", "u3 identify", "u3 C")


@pytest.mark.fault("The page is left before the SDK has its device id", "late")
def test_leaving_before_the_device_id(visitor: Visitor) -> None:
    """What waited for the SDK's device id arrives from the next page, also where the first answer was lost with the page."""
    visit = visitor()
    # The SDK asks for a device id once more, and sends its own page view again under that one.
    visit.moved_repeats_expected = True
    visit.page.clock.install()
    visit.collector.slow(1.0, times=1)
    visit.open(until="sdk")
    visit.until(lambda: bool(visit.collector.requests), "the SDK's first request")
    leave(visit, CALLS)
    visit.reaches("sdk")
    visit.page.clock.run_for(12_000)
    arrive(visit, *ARRIVED)
    assert [repeat for repeat in visit.collector.repeats if repeat.moved and not repeat.first.sdk_traffic] == []


@pytest.mark.parametrize(
    ("config", "arrived"),
    [
        ({}, ("u1 identify", "u1 A", "u2 identify", "u2 B", "u2 C")),
        (SEND, ("u1 identify", "u1 A", "- B", "u2 identify", "u2 C")),
    ],
    ids=["held", "sent"],
)
def test_leaving_with_a_reset_in_the_line(visitor: Visitor, config: Config, arrived: Sequence[str]) -> None:
    """A reset keeps its place in the line across pages: what is behind it is not the old user's."""
    visit = visitor(config=config)
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    gate = visit.hold("sdk")
    visit.open("/two", until="bridge")
    leave(
        visit,
        "freshpaint.track('A'); freshpaint.reset(); freshpaint.track('B'); freshpaint.identify('u2'); freshpaint.track('C')",
    )
    visit.reaches("bridge")
    gate.open()
    arrive(visit, *arrived)


@pytest.mark.fault(
    "The page is left before the bridge runs", "lost", because="Only the snippet had seen the calls: it stores nothing."
)
def test_what_only_the_snippet_has_seen_is_lost(visitor: Visitor) -> None:
    """From the moment the bridge runs: calls of a page that was left before are gone, and nothing else with them."""
    visit = visitor()
    gate = visit.hold("bridge")
    visit.open(script="freshpaint.identify('u1'); freshpaint.track('A')", until="commit")
    leave(visit)
    gate.open()
    visit.reaches("device")
    visit.run("freshpaint.identify('u2'); freshpaint.track('B')")
    arrive(visit, "u2 identify", "u2 B")


def test_values_survive_leaving(visitor: Visitor) -> None:
    """What a call carries is the same after the page was left: dates, numbers, quotes, every script's letters."""
    visit = visitor()
    left_waiting(
        visit,
        """freshpaint.identify('u1', {birthday: '1988-09-28', phone: 5555555555, since: new Date(0), tags: ['a', 1]});
        freshpaint.track('A', {when: new Date(864e5), price: 1.5, yes: true, none: '', text: 'Zoë “日本” 😀 </script>'})""",
    )
    (_, _, profile), (_, _, event) = visit.arrives(2)
    assert profile == {
        "Identity": "u1",
        "DOB": "$D_591451200",
        "Phone": 5555555555,
        "since": "$D_0",
        "tags": ["a", 1],
    }
    assert event == {"when": "$D_86400", "price": 1.5, "yes": True, "none": "", "text": "Zoë “日本” 😀 /script"} | {
        "text": event["text"]
    }
    assert "Zoë “日本” 😀" in event["text"]


# -- at most 100 calls and 24 hours ------------------------------------------------------------------------------------


def test_at_most_a_hundred_calls_are_stored(visitor: Visitor) -> None:
    """Of an identify and 130 events the oldest events go; the identify, without which they are nobody's, stays."""
    visit = visitor()
    left_waiting(
        visit, "freshpaint.identify('u1'); for (let n = 0; n < 130; n++) { freshpaint.track('Event', {n: n}); }"
    )
    visit.arrives(100)
    identify, *events = received(visit)
    assert identify.call == ("u1", "identify", {"Identity": "u1"})
    assert [request.data["n"] for request in events] == list(range(31, 130))
    assert {request.person for request in events} == {"u1"}


def test_an_overflow_keeps_events_under_their_users(visitor: Visitor) -> None:
    """Where the oldest events go, the identifies among them stay: the events behind them would be somebody else's."""
    visit = visitor()
    left_waiting(
        visit,
        """freshpaint.identify('u1'); for (let n = 0; n < 60; n++) { freshpaint.track('First', {n: n}); }
        freshpaint.identify('u2'); for (let n = 0; n < 60; n++) { freshpaint.track('Second', {n: n}); }""",
    )
    visit.arrives(100)
    assert order(visit) == ["u1 identify", *["u1 First"] * 38, "u2 identify", *["u2 Second"] * 60]


def known_before_the_sdk_stays_away(visit: Visit) -> Gate:
    """A page on which u1 is identified, then one whose SDK does not arrive until the gate is opened."""
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    gate = visit.hold("sdk")
    visit.open("/two", until="bridge")
    return gate


def more_than_a_day_after(visit: Visit, calls: str) -> Visit:
    """u1 is known, a page is left with calls of which the SDK has none, and the next one tracks A 25 hours later."""
    gate = known_before_the_sdk_stays_away(visit)
    leave(visit, calls, "/three")
    visit.page.clock.fast_forward(25 * HOURS * 1000)
    visit.open("/last", script="freshpaint.track('A')", until="bridge")
    gate.open()
    return visit


def test_a_stored_call_lasts_a_day(visitor: Visitor) -> None:
    """Within 24 hours a stored call is sent, afterwards it is forgotten."""
    visit = visitor()
    gate = known_before_the_sdk_stays_away(visit)
    leave(visit, "freshpaint.track('Old')", "/three")
    visit.page.clock.fast_forward(2 * HOURS * 1000)
    visit.reaches("bridge")
    leave(visit, "freshpaint.track('Young')", "/four")
    visit.page.clock.fast_forward((23 * HOURS) * 1000)
    visit.open("/last", until="commit")
    gate.open()
    visit.reaches("device")
    arrive(visit, "u1 identify", "u1 Young")


def test_an_old_identify_outlasts_its_day_for_younger_events(visitor: Visitor) -> None:
    """An identify older than 24 hours goes where a younger event is still somebody's because of it, else it is forgotten."""
    visit = visitor()
    gate = known_before_the_sdk_stays_away(visit)
    leave(visit, "freshpaint.identify('u2'); freshpaint.track('Old')", "/three")
    visit.page.clock.fast_forward(23 * HOURS * 1000)
    visit.reaches("bridge")
    leave(visit, "freshpaint.track('Young')", "/four")
    visit.page.clock.fast_forward(2 * HOURS * 1000)
    visit.open("/last", until="commit")
    gate.open()
    visit.reaches("device")
    arrive(visit, "u1 identify", "u2 identify", "u2 Young")


@pytest.mark.parametrize("switch", ["freshpaint.reset()", "freshpaint.identify('u2')"])
def test_an_old_switch_still_ends_who_was_known(visitor: Visitor, switch: str) -> None:
    """A reset or an identify that was forgotten after 24 hours leaves no event to whoever was known before it."""
    visit = more_than_a_day_after(visitor(), switch)
    visit.reaches("sdk")
    visit.stays_quiet(1)
    visit.run("freshpaint.identify('u3')")
    arrive(visit, "u1 identify", "u3 identify", "u3 A")


@pytest.mark.parametrize(
    "identify", ["freshpaint.identify('u1')", "freshpaint.identify('u1', {n: 1})", "freshpaint.identify({n: 1})"]
)
def test_an_old_identify_of_the_same_user_ends_nothing(visitor: Visitor, identify: str) -> None:
    """Whoever was known, and was only said once more, is known after 24 hours as well."""
    visit = more_than_a_day_after(visitor(), identify)
    arrive(visit, "u1 identify", "u1 A")


# -- whose a stored call is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before_identify", "host", "switch"),
    [
        ("hold", SITE, "freshpaint.reset()"),
        ("hold", SITE, "freshpaint.identify('u2')"),
        ("hold", "shop.site.test", "freshpaint.reset()"),
        ("send", "shop.site.test", "freshpaint.identify('u2')"),
        ("drop", SITE, "freshpaint.identify('u2')"),
    ],
    ids=["reset in another tab", "another user in another tab", "reset on another host", "sent", "dropped"],
)
def test_a_stored_call_goes_to_nobody_else(visitor: Visitor, before_identify: str, host: str, switch: str) -> None:
    """What a page has left behind is its user's: where that user is known no more, it is sent for nobody."""
    visit = visitor(config={"track": {"before_identify": before_identify}})
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    visit.open("/other", host=host, new_tab=True)
    other = visit.tab
    visit.settled()
    sdk = visit.hold("sdk")
    visit.open("/two", until="bridge", new_tab=True)
    visit.run("freshpaint.track('A')")
    visit.page.goto("about:blank")
    visit.run(switch, other)
    sdk.open()
    other.wait_for_timeout(700)
    visit.open("/three", script="freshpaint.identify('u3'); freshpaint.track('B')")
    visit.until(lambda: "u3 B" in order(visit), "the last event")
    visit.settled()
    assert [call for call in order(visit) if call.endswith((" A", " B"))] == ["u3 B"]


# -- a page that stays -------------------------------------------------------------------------------------------------


def test_a_page_that_was_to_be_left_and_stays(visitor: Visitor) -> None:
    """Where the browser asks for what is no page before this one is loaded, the calls go on after some seconds."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    visit.page.clock.install()
    sdk = visit.hold("sdk")
    visit.open("/two", until="bridge")
    visit.run("freshpaint.track('A'); location.href = 'mailto:shop@site.test'")
    visit.until_page("document.readyState === 'complete'", "the page to have given up loading")
    visit.run("freshpaint.track('B')")
    sdk.open()
    visit.reaches("device")
    visit.stays_quiet()
    visit.page.clock.run_for(10_000)
    arrive(visit, "u1 identify", "u1 A", "u1 B")


# -- never twice -------------------------------------------------------------------------------------------------------


#: How the calls of a page arrive where u0 was known before.
LEFT: Final = ("u0 identify", "u0 A", "u1 identify", "u1 B", "u2 identify", "u2 C")


def left_by_a_known_visitor(visit: Visit) -> Gate:
    """Have an earlier page leave its calls, and the next one still wait for the SDK; the gate lets the SDK through."""
    visit.open(script="freshpaint.identify('u0')")
    visit.settled()
    sdk = visit.hold("sdk")
    visit.open("/waiting", until="bridge")
    leave(visit, CALLS, "/empty")
    return sdk


def lock(free: str) -> str:
    """JavaScript that asks for the lock as another tab would, and gives it back when the function of that name is called."""
    return f"navigator.locks.request('freshtap_{ACCOUNT}_', () => new Promise(done => {{ window.{free} = done; }}));"


@pytest.mark.fault("Two tabs open at once after a page that could not send", "late")
def test_two_tabs_take_a_stored_call_once(visitor: Visitor) -> None:
    """Two tabs that open at the same moment: one of them hands over what an earlier page left."""
    visit = visitor()
    sdk = left_by_a_known_visitor(visit)
    bridge = visit.hold("bridge")
    visit.open("/one", until="commit")
    visit.open("/two", until="commit", new_tab=True)
    bridge.open()
    sdk.open()
    arrive(visit, *LEFT)


def test_a_stored_call_is_not_taken_while_another_tab_is_at_it(visitor: Visitor) -> None:
    """What one tab has taken out another may still see for a moment: the lock that both ask for keeps it from that."""
    visit = visitor()
    sdk = left_by_a_known_visitor(visit)
    visit.open("/next", before=f"<script>{lock('free')}</script>", until="bridge")
    sdk.open()
    visit.reaches("device")
    visit.stays_quiet()
    visit.run("free()")
    arrive(visit, *LEFT)


def test_a_page_that_looks_for_stored_calls_again_keeps_those_that_it_has(visitor: Visitor) -> None:
    """A page looks when its tag runs and when it is loaded; in between, a call that it took may have switched user."""
    visit = visitor()
    sdk = left_by_a_known_visitor(visit)
    visit.collector.slow(1, lambda request: request.name == "B")
    when_loaded = f"addEventListener('pageshow', () => {{ {lock('again')} }});"
    visit.open("/next", before=f"<script>{lock('first')} {when_loaded}</script>", until="bridge")
    sdk.open()
    visit.until_page("document.readyState === 'complete'", "the page to have been loaded")
    visit.run("first()")
    visit.until_page("window.again", "the first look to be over")
    visit.until(lambda: order(visit)[-1] == "u1 B", "u2's identify to wait for the answer to B")
    visit.run("again()")
    arrive(visit, *LEFT)


def test_a_second_tab_leaves_the_first_ones_line_alone(visitor: Visitor) -> None:
    """While a tab is open, what waits in it is its own."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    gate = visit.hold("sdk")
    visit.open("/one", until="bridge")
    visit.run("freshpaint.track('A')")
    visit.open("/two", until="bridge", new_tab=True)
    leave(visit, "freshpaint.track('B')", "/three")
    visit.reaches("bridge")
    gate.open()
    visit.until(lambda: len(received(visit)) >= 3, "the calls of both tabs")
    visit.settled()
    assert sorted(order(visit)) == ["u1 A", "u1 B", "u1 identify"]


def test_a_login_in_one_tab_makes_the_visitor_known_in_the_other(visitor: Visitor) -> None:
    """Tabs share the device id, and with it who is known."""
    visit = visitor()
    visit.open("/one")
    first = visit.tab
    visit.open("/two", script="freshpaint.identify('u1')", new_tab=True)
    visit.arrives(1)
    first.evaluate("() => freshpaint.track('A')")
    arrive(visit, "u1 identify", "u1 A")


def test_two_tabs_with_two_users(visitor: Visitor) -> None:
    """Each tab's events go to whoever that tab identified, also where the other one switched in between."""
    visit = visitor()
    visit.open("/one", script="freshpaint.identify('u1')")
    first = visit.tab
    visit.settled()
    visit.open("/two", script="freshpaint.identify('u2'); freshpaint.track('B')", new_tab=True)
    visit.arrives(3)
    first.evaluate("() => freshpaint.identify('u1')")
    first.evaluate("() => freshpaint.track('A')")
    visit.until(lambda: "u1 A" in order(visit), "the first tab's event")
    visit.settled()
    assert [call for call in order(visit) if not call.endswith("identify")] == ["u2 B", "u1 A"]


def test_back_to_the_first_user_in_the_first_tab(visitor: Visitor) -> None:
    """The same identify as the tab's last is sent where another tab has switched since."""
    visit = visitor()
    visit.open("/one", script="freshpaint.identify('u1'); freshpaint.track('A')")
    first = visit.tab
    visit.arrives(2)
    visit.open("/two", script="freshpaint.identify('u2'); freshpaint.track('B')", new_tab=True)
    visit.arrives(4)
    first.goto("https://www.site.test/three")
    first.evaluate("() => { freshpaint.identify('u1'); freshpaint.track('C'); }")
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B", "u1 identify", "u1 C")


def test_a_login_where_another_tab_had_a_user_and_reset(visitor: Visitor) -> None:
    """Whoever comes next gets a device of their own, also in a tab that has been open, and nobody's, all the while."""
    visit = visitor()
    visit.open("/one")
    first = visit.tab
    visit.settled()
    visit.open("/two", script="freshpaint.identify('u1'); freshpaint.track('A')", new_tab=True)
    visit.arrives(2)
    visit.run("freshpaint.reset()")
    visit.until_page("!clevertap.getCleverTapID()", "CleverTap to forget")
    first.evaluate("() => { freshpaint.track('B'); freshpaint.identify('u2'); freshpaint.track('C'); }")
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B", "u2 C")
    assert devices(visit, "u1").isdisjoint(devices(visit, "u2"))


def test_a_date_among_the_event_properties_stays_one_whatever_another_tab_does(visitor: Visitor) -> None:
    """What another tab stores changes nothing of what this one's events carry."""
    visit = visitor()
    visit.open("/one", script="freshpaint.identify('u1'); freshpaint.addEventProperties({since: new Date(0)})")
    first = visit.tab
    visit.settled()
    visit.open("/two", script="freshpaint.identify('u1', {seen: 1})", new_tab=True)
    visit.arrives(2)
    visit.lets_pass(0.2)
    first.evaluate("() => freshpaint.track('A')")
    arrive(visit, "u1 identify", "u1 identify", "u1 A")
    assert received(visit)[-1].data == {"since": "$D_0"}


def test_a_reset_in_one_tab_takes_the_event_properties_of_the_other(visitor: Visitor) -> None:
    """Nothing of the last user rides along with the next one's events, in any tab."""
    visit = visitor()
    properties = "freshpaint.addEventProperties({plan: 'pro'}); freshpaint.addPageviewProperties({view: 'first'})"
    visit.open("/one", script=f"freshpaint.identify('u1'); {properties}")
    first = visit.tab
    visit.settled()
    visit.open("/two", new_tab=True)
    visit.settled()
    visit.run("freshpaint.reset()")
    visit.until(
        lambda: (
            not first.evaluate("() => localStorage.getItem('freshtap_' + clevertap.getAccountID() + '_properties')")
        ),
        "the reset",
    )
    visit.lets_pass(0.2)
    first.evaluate("() => { freshpaint.identify('u2'); freshpaint.track('A'); }")
    arrive(visit, "u1 identify", "u2 identify", "u2 A")
    assert received(visit)[-1].data == {}


@pytest.mark.parametrize(
    ("call", "arrived"),
    [("track('A')", ["u1 identify", "- A"]), ("identify({plan: 'pro'})", ["u1 identify", "- identify"])],
    ids=["an event", "user properties"],
)
@pytest.mark.parametrize("also", ["", "freshpaint.reset(); "], ids=["there alone", "in both"])
def test_after_a_reset_in_another_tab_nobody_is_known(
    visitor: Visitor, also: str, call: str, arrived: Sequence[str]
) -> None:
    """The SDK of this tab knows nothing of that reset, and would send for whoever was known before."""
    visit = visitor(config=SEND)
    visit.open("/one", script="freshpaint.identify('u1')")
    first = visit.tab
    visit.settled()
    visit.open("/two", new_tab=True)
    visit.settled()
    visit.run("freshpaint.reset()")
    visit.until(lambda: not first.evaluate("() => localStorage.WZRK_G"), "the reset")
    visit.run(f"{also}freshpaint.{call}", first)
    arrive(visit, *arrived)


def test_after_its_own_reset_a_tab_is_nobody_elses(visitor: Visitor) -> None:
    """Whoever another tab identifies meanwhile has a device id that this tab's SDK does not have."""
    visit = visitor()
    visit.open("/one", script="freshpaint.identify('u1')")
    first = visit.tab
    visit.settled()
    first.evaluate("() => freshpaint.reset()")
    visit.open("/two", script="freshpaint.identify('u2')", new_tab=True)
    arrive(visit, "u1 identify", "u2 identify")
    visit.until(lambda: first.evaluate("() => !!localStorage.WZRK_G"), "the other tab's device id")
    visit.run("freshpaint.track('A')", first)
    visit.stays_quiet()
    visit.run("freshpaint.identify('u3')", first)
    arrive(visit, "u1 identify", "u2 identify", "u3 identify", "u3 A")


def test_what_is_kept_is_replaced_without_a_moment_in_which_it_is_missing(visitor: Visitor) -> None:
    """Another tab that looks just then would take it for a reset, or would lose what is held."""
    visit = visitor()
    visit.open(
        "/other",
        script="window.seen = []; addEventListener('storage', event => seen.push([event.key, event.newValue]))",
    )
    other = visit.tab
    visit.open("/one", new_tab=True)
    visit.run(
        "freshpaint.addEventProperties({n: 1}); freshpaint.addEventProperties({n: 2}); freshpaint.track('A'); freshpaint.track('B')"
    )
    kept = [f"freshtap_{ACCOUNT}_{name}" for name in ("properties", "held")]

    def seen() -> list[str | None]:
        return [value for key, value in other.evaluate("() => seen") if key in kept]

    visit.until(lambda: len(seen()) >= 4, "the other tab to be told")
    assert all(seen())


def test_a_reset_leaves_held_events_to_an_identify_that_is_still_stored(visitor: Visitor) -> None:
    """The page before was left with it, and this one waits for another tab to see what is stored."""
    visit = visitor()
    visit.open("/one", script="freshpaint.track('A')")
    visit.settled()
    sdk = visit.hold("sdk")
    visit.open("/two", until="bridge")
    leave(visit, "freshpaint.identify('u1')", "/three")
    visit.open("/next", before=f"<script>{lock('free')}</script>", script="freshpaint.reset()", until="bridge")
    sdk.open()
    visit.reaches("device")
    visit.run("free()")
    arrive(visit, "u1 identify", "u1 A")


@pytest.mark.fault(
    "The tab is closed before the SDK arrives",
    "late",
    without={
        "firefox": "its driver closes a tab without telling the page.",
    },
)
def test_a_closed_tab_leaves_its_line_to_the_next(visitor: Visitor) -> None:
    """Closing a tab is leaving it."""
    visit = visitor()
    visit.block("sdk")
    visit.open(until="bridge")
    visit.run(CALLS)
    with visit.page.expect_event("close"):
        visit.page.close(run_before_unload=True)
    # The browser takes its time to tell other tabs what the closed one stored.
    visit.block("bridge")
    visit.open("/waits", until="commit")
    visit.until_page("Object.keys(localStorage).some((key) => /line$/.test(key))", "what the closed tab stored")
    visit.unblock("sdk", "bridge")
    visit.open("/next")
    arrive(visit, *ARRIVED)


@pytest.mark.fault("A tab is duplicated", "delivered")
def test_a_duplicated_tab(visitor: Visitor) -> None:
    """A tab that the page opens starts with a copy of its session storage, and sends nothing of it again."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1'); freshpaint.track('A')")
    visit.settled()
    gate = visit.hold("sdk")
    visit.open("/two", until="bridge")
    # Firefox copies what the page has read.
    assert visit.run("return sessionStorage.length") == 1
    with visit.page.expect_popup() as popup:
        visit.run("freshpaint.track('B'); window.open('/copy')")
    gate.open()
    visit.settled()
    popup.value.wait_for_function("window.clevertap && clevertap.getCleverTapID && clevertap.getCleverTapID()")
    visit.run("freshpaint.identify('u1'); freshpaint.track('C');", popup.value)
    arrive(visit, "u1 identify", "u1 A", "u1 B", "u1 C")


# -- the back/forward cache --------------------------------------------------------------------------------------------

#: Notes whether the page came back from the cache.
WATCH: Final = "addEventListener('pageshow', (event) => { window.cameBack = event.persisted; });"


def back(visit: Visit) -> Page:
    """Go back to the page before, which must come from the back/forward cache as it was left."""
    # Of a page from the cache not every driver says that it was opened.
    visit.run("history.back()")
    visit.until_page("window.cameBack === true", "the page to come from the back/forward cache")
    return visit.page


@pytest.mark.fault("A page comes back from the back/forward cache", "late")
def test_a_page_from_the_cache_sends_nothing_again(caching_visitor: Visitor) -> None:
    """What the next page has sent, the page that comes back from the cache does not send once more."""
    visit = caching_visitor()
    # Firefox and WebKit keep no page that is still being loaded.
    visit.block("sdk")
    visit.open(script=WATCH, until="bridge")
    visit.until_page("document.readyState === 'complete'", "the page's load")
    visit.unblock("sdk")
    leave(visit, CALLS)
    visit.reaches("device")
    arrive(visit, *ARRIVED)
    back(visit)
    visit.stays_quiet(0.4)


def test_a_page_from_the_cache_takes_its_line_back(caching_visitor: Visitor) -> None:
    """Where the next page could not send either, the page that comes back does, and then nobody else."""
    visit = caching_visitor()
    visit.open(script=WATCH + "freshpaint.identify('u1')")
    visit.settled()
    gate = visit.hold("collector")
    visit.run("freshpaint.identify('u2'); freshpaint.track('B')")
    leave(visit, "freshpaint.track('C')")
    visit.reaches("bridge")
    visit.run("freshpaint.track('D')")
    gate.open()
    visit.reaches("device")
    back(visit)
    visit.run("freshpaint.track('E')")
    # Another page has made another device id: whether E goes at once or from the next page is left open.
    visit.lets_pass(0.3)
    visit.open("/last")
    visit.until(lambda: len(received(visit)) >= 6, "everything to arrive")
    visit.settled()
    assert sorted(order(visit)) == sorted(["u1 identify", "u2 identify", "u2 B", "u2 C", "u2 D", "u2 E"])


def test_after_a_reset_a_page_from_the_cache_is_nobodys(caching_visitor: Visitor) -> None:
    """Nothing called after a reset carries the old user or their event properties, on no page."""
    visit = caching_visitor(config=SEND)
    visit.open(
        script=f"""{WATCH} freshpaint.identify('u1'); freshpaint.addEventProperties({{plan: 'pro'}});
        freshpaint.addPageviewProperties({{view: 'first'}}); freshpaint.track('A');"""
    )
    visit.settled()
    leave(visit)
    visit.reaches("device")
    visit.run("freshpaint.reset(); freshpaint.track('B')")
    visit.settled()
    back(visit)
    assert visit.run("return [freshpaint.user().id(), freshpaint.user().traits()]") == [None, {}]
    visit.run("freshpaint.track('C')")
    visit.lets_pass(0.3)
    # Whether it goes at once or from the next page is left open.
    visit.open("/last")
    visit.until(lambda: len(received(visit)) >= 4, "the event of the page from the cache")
    visit.settled()
    assert visit.collector.events() == [
        ("u1", "A", {"plan": "pro", "view": "first"}),
        (None, "B", {}),
        (None, "C", {}),
    ]


def test_after_a_switch_a_page_from_the_cache_is_the_new_users(caching_visitor: Visitor) -> None:
    """Whoever was identified on the page in between is the current user of the page that comes back."""
    visit = caching_visitor()
    visit.open(script=WATCH + "freshpaint.identify('u1'); freshpaint.track('A')")
    visit.settled()
    leave(visit)
    visit.reaches("device")
    visit.run("freshpaint.identify('u2'); freshpaint.track('B')")
    visit.settled()
    back(visit)
    visit.run("freshpaint.track('C')")
    visit.lets_pass(0.3)
    # Whether it goes at once or from the next page is left open.
    visit.open("/last")
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B", "u2 C")


@pytest.mark.parametrize("reset", ["", "freshpaint.reset(); "], ids=["another user", "after a reset"])
def test_after_a_switch_on_another_host_a_page_from_the_cache_is_the_new_users(
    caching_visitor: Visitor, reset: str
) -> None:
    """What it calls goes to whoever was identified there, with nothing of the last user's."""
    visit = caching_visitor()
    visit.open(
        script=WATCH + "freshpaint.identify('u1'); freshpaint.addEventProperties({plan: 'pro'}); freshpaint.track('A')"
    )
    visit.settled()
    visit.run("location.href = 'https://shop.site.test/'")
    visit.until_page("location.hostname === 'shop.site.test'", "the other host")
    visit.reaches("device")
    visit.run(f"{reset} freshpaint.identify('u2'); freshpaint.track('B')")
    visit.settled()
    back(visit)
    visit.run("freshpaint.track('C'); freshpaint.identify({mood: 'good'}); freshpaint.track('D')")
    visit.open("/last")
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B", "u2 C", "u2 identify", "u2 D")
    assert [request.data.get("plan", request.data.get("mood")) for request in received(visit)[4:]] == [
        None,
        "good",
        None,
    ]


# -- the SDK's own store -----------------------------------------------------------------------------------------------


def test_the_sdks_store_of_unsent_requests_is_left_alone_while_the_sdk_is_away(visitor: Visitor) -> None:
    """WZRK_L stays as the SDK left it, whatever the page calls while the SDK is away."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    visit.block("collector")
    visit.run("freshpaint.track('A'); freshpaint.track('B')")
    visit.until_page("JSON.parse(decodeURIComponent(localStorage.WZRK_L))", "the SDK to keep both")
    left = visit.run("return localStorage.WZRK_L")
    visit.block("sdk")
    visit.open("/two", until="bridge")
    visit.run("freshpaint.track('C'); freshpaint.identify('u2'); freshpaint.reset(); freshpaint.track('D')")
    leave(visit, "", "/three")
    visit.reaches("bridge")
    assert visit.run("return localStorage.WZRK_L") == left


#: What the SDK's decryption makes, now and then, of what it stored in plain text: on this page, each first time it reads.
UNREADABLE: Final = """<script>
    const readable = Storage.prototype.getItem;
    const seen = {};
    Storage.prototype.getItem = function (key) {
        const value = readable.call(this, key);
        return value && ['WZRK_K', 'WZRK_X', 'WZRK_PR'].includes(key) && !seen[key] ? (seen[key] = '"~"') : value;
    };
</script>"""


@pytest.mark.parametrize("sdk", sdks.PINNED)
@pytest.mark.parametrize(
    ("calls", "came"),
    [
        ("freshpaint.identify('u2'); freshpaint.track('B')", ("u2 identify", "u2 B")),
        ("freshpaint.identify('u1', {plan: 'pro'}); freshpaint.track('B')", ("u1 identify", "u1 B")),
        ("freshpaint.identify({plan: 'pro'}); freshpaint.track('B')", ("u1 identify", "u1 B")),
        ("freshpaint.reset(); freshpaint.identify('u2'); freshpaint.track('B')", ("u2 identify", "u2 B")),
    ],
    ids=["somebody else", "the same", "without an id", "after a reset"],
)
def test_where_the_sdk_cannot_read_who_it_knows(
    visitor: Visitor, calls: str, came: Sequence[str], sdk: sdks.Version
) -> None:
    """The SDK fails at a login where it misreads its own store; the login arrives, and so do the events behind it."""
    visit = visitor(sdk=sdk)
    visit.open(script="freshpaint.identify('u1', {plan: 'free'}); freshpaint.track('A')")
    visit.settled()
    visit.open("/next", before=UNREADABLE)
    visit.run(calls)
    arrive(visit, "u1 identify", "u1 A", *came)
    assert len(devices(visit, "u1")) == 1


# -- the sticky block --------------------------------------------------------------------------------------------------


def lost_request(visit: Visit) -> None:
    """The visitor's first request never reaches CleverTap."""
    visit.block("collector")


def lost_answer(visit: Visit) -> None:
    """CleverTap has the first request, its answer never comes."""
    visit.collector.lose_answers()


@pytest.mark.parametrize(
    ("lost", "first"),
    [
        (lost_request, ""),
        (lost_answer, ""),
        pytest.param(
            lost_request,
            "freshpaint.identify('u1'); freshpaint.track('A')",
            marks=pytest.mark.fault("The visitor's first request is lost", "late"),
        ),
        pytest.param(
            lost_answer,
            "freshpaint.identify('u1'); freshpaint.track('A')",
            marks=pytest.mark.fault("The answer to the visitor's first request is lost", "late"),
        ),
    ],
    ids=["nothing called, request", "nothing called, answer", "called, request", "called, answer"],
)
def test_a_lost_first_reply_does_not_silence_the_visitor(
    visitor: Visitor, lost: Callable[[Visit], None], first: str
) -> None:
    """Where CleverTap's answer to the visitor's first request was lost, the next page's events arrive all the same."""
    visit = visitor()
    # The SDK asks for a device id once more, and sends its own page view again under that one.
    visit.moved_repeats_expected = True
    visit.page.clock.install()
    lost(visit)
    visit.open(script=first, until="sdk")
    visit.page.clock.run_for(1000)
    visit.lets_pass(0.1)
    visit.unblock("collector")
    visit.collector.heal()
    visit.open(
        "/next",
        script="freshpaint.identify('u1'); freshpaint.track('B'); freshpaint.identify('u2'); freshpaint.track('C')",
        until="sdk",
    )
    # The SDK's own loop takes ten seconds before it sends without an answer to what was lost.
    visit.page.clock.run_for(11_000)
    called = ("u1 identify", "u1 A", "u1 B") if first else ("u1 identify", "u1 B")
    arrive(visit, *called, "u2 identify", "u2 C")
    assert [repeat for repeat in visit.collector.repeats if repeat.moved and not repeat.first.sdk_traffic] == []


def test_a_visitor_whose_first_requests_were_all_lost(visitor: Visitor) -> None:
    """Three pages without one answer, and the fourth heals."""
    visit = visitor()
    visit.page.clock.install()
    visit.block("collector")
    for page in ("one", "two", "three"):
        visit.open(f"/{page}", script=f"freshpaint.identify('u1'); freshpaint.track('On {page}')", until="sdk")
        visit.page.clock.run_for(2000)
    visit.unblock("collector")
    visit.open("/four", until="sdk")
    visit.page.clock.run_for(11_000)
    arrive(visit, "u1 identify", "u1 On one", "u1 On two", "u1 On three")


def test_a_block_that_waits_for_a_login_is_left_alone(visitor: Visitor) -> None:
    """A login that CleverTap has not answered blocks the SDK as well; it heals by itself, under the right user."""
    visit = visitor()
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    visit.block("collector")
    visit.run("freshpaint.identify('u2'); freshpaint.track('B')")
    visit.page.clock.run_for(6000)
    visit.lets_pass(0.1)
    visit.unblock("collector")
    visit.open("/next")
    resent(visit)
    arrive(visit, "u1 identify", "u2 identify", "u2 B")
