"""Whose an event is: order and ownership of calls, compared by person and by device on CleverTap's wire."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import sdk as sdks
from conftest import Visitor
from engines import Engine
from freshtap.collector import Request
from moments import Moment, at_each_moment, before_the_sdk, by_snippet_and_bridge
from sites import Form
from wire import SEND, VARIANTS, arrive, devices, order, received

#: Three users in one tick, with an event before each, between them, and behind.
THREE_USERS = """freshpaint.track('A'); freshpaint.identify('u1'); freshpaint.track('B');
    freshpaint.identify('u2'); freshpaint.track('C'); freshpaint.identify('u3'); freshpaint.track('D');"""
#: How they arrive: A was held until somebody was known.
IN_ORDER = ("u1 identify", "u1 A", "u1 B", "u2 identify", "u2 C", "u3 identify", "u3 D")


def login(person: str) -> Callable[[Request], bool]:
    """The request with which the SDK asks for this person's device id."""
    return lambda request: request.login and request.data.get("Identity") == person


def event(name: str) -> Callable[[Request], bool]:
    """The request that carries this event."""
    return lambda request: request.name == name


# -- several users -----------------------------------------------------------------------------------------------------


@at_each_moment
@pytest.mark.parametrize(("form", "sdk"), VARIANTS)
def test_three_users_in_one_tick(visitor: Visitor, moment: Moment, form: Form, sdk: sdks.Version) -> None:
    """Each event goes to the user who was current when the page made the call, in call order."""
    visit = visitor(form=form, sdk=sdk)
    moment(visit, THREE_USERS)
    arrive(visit, *IN_ORDER)
    assert len(devices(visit, "u1") | devices(visit, "u2") | devices(visit, "u3")) == 3


@at_each_moment
def test_three_users_the_first_known_from_another_device(visitor: Visitor, moment: Moment) -> None:
    """A fresh device whose first user is known to CleverTap under another device id changes nothing."""
    visit = visitor()
    visit.collector.knows("u1")
    moment(visit, THREE_USERS)
    arrive(visit, *IN_ORDER)


@by_snippet_and_bridge
def test_three_users_all_known_from_other_devices(visitor: Visitor, moment: Moment) -> None:
    """Those who log in where somebody else was get the device ids that CleverTap knows them by."""
    visit = visitor()
    known = {person: visit.collector.knows(person) for person in ("u1", "u2", "u3")}
    moment(visit, THREE_USERS)
    arrive(visit, *IN_ORDER)
    assert devices(visit, "u2") == {known["u2"]}
    assert devices(visit, "u3") == {known["u3"]}


@by_snippet_and_bridge
def test_three_users_with_a_slow_collector(visitor: Visitor, moment: Moment) -> None:
    """Also where every answer takes half a second."""
    visit = visitor()
    visit.collector.slow(0.5)
    moment(visit, THREE_USERS)
    arrive(visit, *IN_ORDER)


@at_each_moment
def test_events_before_the_first_identify_are_nobodys(visitor: Visitor, moment: Moment) -> None:
    """Passed on before identify, an event arrives before it, and under nobody."""
    visit = visitor(config=SEND)
    moment(visit, THREE_USERS)
    arrive(visit, "- A", *(call for call in IN_ORDER if call != "u1 A"))


def test_switching_back_to_an_earlier_user(visitor: Visitor) -> None:
    """Somebody who comes back, whom the SDK remembers, gets their own device id back, and their events with it."""
    visit = visitor()
    visit.open()
    visit.run(
        "for (const who of ['u1', 'u2', 'u1', 'u3', 'u2']) { freshpaint.identify(who); freshpaint.track('For ' + who); }"
    )
    people = ("u1", "u2", "u1", "u3", "u2")
    arrive(visit, *(f"{who} {call}" for who in people for call in ("identify", f"For {who}")))
    assert [len(devices(visit, who)) for who in ("u1", "u2", "u3")] == [1, 1, 1]


def test_switching_back_on_the_next_page(visitor: Visitor) -> None:
    """The SDK remembers earlier users across pages, and so do their events."""
    visit = visitor()
    for path, who in (("/one", "u1"), ("/two", "u2"), ("/three", "u1")):
        visit.open(
            path,
            script=f"freshpaint.track('Before {who}'); freshpaint.identify('{who}'); freshpaint.track('After {who}')",
        )
        visit.settled()
    assert order(visit) == [
        *("u1 identify", "u1 Before u1", "u1 After u1"),
        *("u1 Before u2", "u2 identify", "u2 After u2"),
        *("u2 Before u1", "u1 identify", "u1 After u1"),
    ]
    assert [len(devices(visit, who)) for who in ("u1", "u2")] == [1, 1]


def test_calls_made_while_a_switch_is_answered(visitor: Visitor) -> None:
    """What the page calls between a login and its answer waits for its own turn."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    visit.collector.slow(0.4, lambda request: request.login)
    visit.run("freshpaint.identify('u2'); freshpaint.track('B')")
    visit.until(lambda: bool(visit.collector.logins()), "the login")
    visit.run("freshpaint.track('C'); freshpaint.identify('u1'); freshpaint.track('D'); freshpaint.identify('u2')")
    arrive(visit, "u1 identify", "u2 identify", "u2 B", "u2 C", "u1 identify", "u1 D", "u2 identify")


def test_many_calls_keep_their_order(visitor: Visitor) -> None:
    """Sixty events and identifies of one user arrive one by one as they were called."""
    visit = visitor()
    visit.open(
        script="""for (let n = 0; n < 30; n++) {
            freshpaint.identify('u1', {n: n}); freshpaint.track('Event ' + n, {n: n});
        }"""
    )
    visit.arrives(60)
    assert [request.data["n"] for request in received(visit)] == [n for n in range(30) for _ in range(2)]
    assert order(visit) == [call for n in range(30) for call in ("u1 identify", f"u1 Event {n}")]


def test_nothing_goes_before_the_device_id(visitor: Visitor) -> None:
    """Until CleverTap has answered the SDK's first request, no call is handed over: the SDK would file it wrongly."""
    visit = visitor(config=SEND)
    visit.collector.knows("u1")
    visit.collector.slow(0.5, times=1)
    visit.open(script=THREE_USERS, until="sdk")
    visit.until(lambda: bool(visit.collector.requests), "the SDK's first request")
    visit.stays_quiet(0.3)
    arrive(visit, "- A", *(call for call in IN_ORDER if call != "u1 A"))


def test_an_event_property_is_that_of_its_moment(visitor: Visitor) -> None:
    """Calls that wait in the line keep the event properties that were set when they were made."""
    visit = visitor()
    before_the_sdk(
        visit,
        """freshpaint.identify('u1'); freshpaint.addEventProperties({plan: 'pro'}); freshpaint.track('A');
        freshpaint.identify('u2'); freshpaint.addEventProperties({plan: 'max'}); freshpaint.track('B');
        freshpaint.removeEventProperty('plan'); freshpaint.track('C')""",
    )
    visit.arrives(5)
    assert visit.collector.events() == [("u1", "A", {"plan": "pro"}), ("u2", "B", {"plan": "max"}), ("u2", "C", {})]


# -- late and lost answers ---------------------------------------------------------------------------------------------


@pytest.mark.fault("The answer to a switch is late", "delivered")
def test_a_further_switch_waits_for_a_late_answer(visitor: Visitor, engine: Engine) -> None:
    """A further switch goes only after the answer, however late that is, and what was called in between with it."""
    visit = visitor()
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    # WebKit's clock cannot be turned.
    visit.collector.slow(9 if engine == "webkit" else 1.5, login("u2"))
    visit.run("freshpaint.identify('u2'); freshpaint.track('B'); freshpaint.identify('u3'); freshpaint.track('C')")
    visit.until(lambda: bool(visit.collector.logins()), "the login of u2")
    visit.page.clock.run_for(7000)
    assert order(visit) == ["u1 identify", "u2 identify"]
    arrive(visit, "u1 identify", "u2 identify", "u2 B", "u3 identify", "u3 C")


def test_a_reset_waits_for_a_late_answer(visitor: Visitor) -> None:
    """A reset never goes before the answer to the login in front of it."""
    visit = visitor(config=SEND)
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    visit.collector.slow(1.5, login("u2"))
    visit.run("freshpaint.identify('u2'); freshpaint.track('B'); freshpaint.reset(); freshpaint.track('C')")
    visit.until(lambda: bool(visit.collector.logins()), "the login of u2")
    visit.page.clock.run_for(7000)
    assert order(visit) == ["u1 identify", "u2 identify"]
    arrive(visit, "u1 identify", "u2 identify", "u2 B", "- C")


@pytest.mark.parametrize(
    "lost",
    [
        pytest.param(
            "answer",
            marks=pytest.mark.fault("The answer to a switch is lost", "late"),
        ),
        pytest.param(
            "request",
            marks=pytest.mark.fault("A switch itself is lost on its way", "late"),
        ),
    ],
)
def test_a_lost_answer_to_a_switch(visitor: Visitor, lost: str) -> None:
    """Where the answer to a login never comes, everything behind it arrives from the next page on, under its user."""
    visit = visitor()
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u1'); freshpaint.track('A')")
    visit.settled()
    lose = visit.collector.lose_answers if lost == "answer" else visit.collector.lose_requests
    lose(login("u2"), times=1)
    visit.run("freshpaint.identify('u2'); freshpaint.track('B'); freshpaint.identify('u3'); freshpaint.track('C')")
    visit.page.clock.run_for(7000)
    visit.stays_quiet(0.2)
    visit.open("/next")
    visit.page.clock.run_for(4000)
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B", "u3 identify", "u3 C")


def test_a_switch_after_a_first_identify_without_an_answer(visitor: Visitor) -> None:
    """Nobody waits behind a first identify; where it stays unanswered, the next user gets a device of their own."""
    visit = visitor()
    visit.page.clock.install()
    visit.open()
    visit.settled()
    visit.collector.hang(lambda request: request.kind == "profile")
    visit.run("freshpaint.identify('u1'); freshpaint.track('A'); freshpaint.identify('u2'); freshpaint.track('B')")
    visit.page.clock.run_for(7000)
    visit.until(lambda: "u1 identify" in order(visit), "the identify of u1")
    visit.collector.heal()
    visit.open("/next")
    visit.page.clock.run_for(12_000)
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B")
    assert [len(devices(visit, who)) for who in ("u1", "u2")] == [1, 1]
    assert devices(visit, "u1") != devices(visit, "u2")


@pytest.mark.fault("The answers to two switches are lost", "late")
def test_lost_answers_to_two_switches(visitor: Visitor) -> None:
    """Two logins whose answers are lost, each on its page, cost no event and mix up no two users."""
    visit = visitor()
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u1'); freshpaint.track('A')")
    visit.settled()
    visit.collector.lose_answers(login("u2"), times=1)
    visit.collector.lose_answers(login("u3"), times=1)
    visit.run("freshpaint.identify('u2'); freshpaint.track('B'); freshpaint.identify('u3'); freshpaint.track('C')")
    visit.page.clock.run_for(7000)
    visit.open("/next", until="sdk")
    visit.until(lambda: len(visit.collector.logins()) == 2, "the login of u3")
    visit.page.clock.run_for(7000)
    visit.open("/last")
    visit.page.clock.run_for(4000)
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B", "u3 identify", "u3 C")


def test_a_lost_answer_to_switching_back(visitor: Visitor) -> None:
    """A login of somebody whom the SDK remembers, its answer lost, and a further one on the next page."""
    visit = visitor()
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u1'); freshpaint.identify('u2')")
    visit.settled()
    visit.collector.lose_answers(login("u1"), times=1)
    visit.run("freshpaint.identify('u1'); freshpaint.track('B'); freshpaint.identify('u2'); freshpaint.track('C')")
    visit.page.clock.run_for(7000)
    visit.open("/next")
    visit.page.clock.run_for(6000)
    arrive(visit, "u1 identify", "u2 identify", "u1 identify", "u1 B", "u2 identify", "u2 C")
    assert [len(devices(visit, who)) for who in ("u1", "u2")] == [1, 1]


@pytest.mark.parametrize("lost", ["answer", "request"])
@pytest.mark.parametrize(("then", "behind"), [("identify('u2')", "u2 identify"), ("reset()", None)])
def test_an_unanswered_event_before_a_switch(visitor: Visitor, lost: str, then: str, behind: str | None) -> None:
    """An event that CleverTap has not confirmed stays its user's, also where the SDK sends it once more."""
    visit = visitor(config=SEND)
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    lose = visit.collector.lose_answers if lost == "answer" else visit.collector.lose_requests
    lose(event("B"), times=1)
    visit.run(f"freshpaint.track('B'); freshpaint.{then}; freshpaint.track('C')")
    visit.page.clock.run_for(7000)
    after = ("u2 identify", "u2 C") if behind else ("- C",)
    arrive(visit, "u1 identify", "u1 B", *after)
