"""No call twice, none lost, none under the wrong user: random visits, compared with the model of what is due."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Final

import pytest

from conftest import Visitor
from journey import Do, Heal, Journey, Open, Pass, play, random_journey
from model import Arrival, Identify, Model, Reset, Track, verdict
from random_visits import shorten
from test_collector import send
from unreliable import Unreliable

#: The same in each run, because a run is to say something about a change.
FIXED: Final = range(1, 13)
#: How many others are made each time.
NEW: Final = 3


@pytest.mark.parametrize("seed", FIXED)
def test_a_random_visit(visitor: Visitor, seed: int) -> None:
    """Whatever befalls a visit: each call arrives once and under its user, or there is a reason why it cannot."""
    goes_well(visitor, seed)


def test_visits_that_nobody_has_made_before(visitor: Visitor) -> None:
    """Seeds are drawn anew in each run; the seed is told where a visit goes wrong."""
    for _ in range(NEW):
        goes_well(visitor, random.SystemRandom().randrange(10**6))


def goes_well(visitor: Visitor, seed: int) -> None:
    """Make a visit from a seed; where it goes wrong, tell how to make it again."""
    journey = random_journey(seed)
    found = play(visitor(config=journey.config, sdk=journey.sdk), journey)
    assert not found.wrong, (
        f"\n{chr(10).join(found.wrong)}\n{journey}\n"
        f"A shorter one: .venv/bin/python tests/random_visits.py --visits 1 --seed {seed}"
    )


# -- the model itself --------------------------------------------------------------------------------------------------


def test_a_seed_is_one_journey() -> None:
    """The same seed makes the same journey, another one another."""
    assert str(random_journey(7)) == str(random_journey(7)) != str(random_journey(8))


def test_a_journey_prints_as_what_makes_it_again() -> None:
    """What is printed can be pasted."""
    names = vars(__import__("journey"))
    for seed in range(30):
        assert eval(str(random_journey(seed)), dict(names)) == random_journey(seed)  # noqa: S307 - printed right here


def test_a_failing_journey_is_made_shorter() -> None:
    """What is left is what it takes."""
    steps = (Open(), Pass(20), Do((Track(1), Track(2), Reset())), Heal(), Do((Track(3),)), Pass(60))

    def fails(journey: Journey) -> bool:
        calls = [call for step in journey.steps if isinstance(step, Do) for call in step.calls]
        return Track(2) in calls and Track(3) in calls

    assert shorten(Journey(steps), fails).steps == (Do((Track(2),)), Do((Track(3),)))
    assert shorten(replace(Journey(steps), before_identify="drop"), fails).before_identify == "drop"


def received(*calls: tuple[str, int]) -> Unreliable:
    """CleverTap, after these: (user, number of the event) each under a device of the user's own; 0 is their identify."""
    collector = Unreliable()
    for at, (person, number) in enumerate(calls, 1):
        if number:
            payload = {"type": "event", "evtName": f"E{number}", "evtData": {"n": number}}
        else:
            payload = {"type": "profile", "profile": {"n": 0, "Identity": person}}
        send(collector, payload, gc=person, rn=at)
    return collector


@pytest.mark.parametrize(
    ("came", "wrong"),
    [
        ([("u1", 0), ("u1", 1), ("u1", 2)], []),
        ([("u1", 0), ("u1", 1)], ["E2 was lost"]),
        ([("u1", 0), ("u1", 1), ("u1", 2), ("u1", 1)], ["E1 arrived 2 times instead of 1", "E1 came behind E2"]),
        ([("u1", 0), ("u2", 1), ("u1", 2)], ["E1 is None's instead of u1's"]),
        ([("u1", 0), ("u1", 2), ("u1", 1)], ["E1 came behind E2"]),
        (
            [("u1", 0), ("u1", 1), ("u1", 2), ("u1", 3)],
            ["E3 arrived, although options.integrations kept it from CleverTap"],
        ),
    ],
    ids=["all right", "lost", "twice", "somebody else's", "out of order", "not allowed"],
)
def test_what_goes_wrong_is_seen(came: list[tuple[str, int]], wrong: list[str]) -> None:
    """The verdict names what was lost, came twice, came under somebody else, too early, or at all."""
    model = Model()
    model.opens()
    model.runs({})
    for call in (Identify(0, "u1"), Track(1), Track(2), Track(3, allowed=False)):
        model.calls(call)
    collector = received(*came)
    assert verdict(model, [Arrival(request, 1) for request in collector.requests], collector).wrong == wrong


def test_what_was_lost_twice_is_excused_and_told() -> None:
    """The SDK sends a request again once; lost once more, it is counted among what had to stay away."""
    for times, wrong in ((1, ["E1 was lost"]), (2, [])):
        model = Model()
        model.opens()
        model.runs({})
        for call in (Identify(0, "u1"), Track(1)):
            model.calls(call)
        collector = received(("u1", 0))
        collector.lose_requests(times=times)
        for again in range(times):
            send(collector, {"type": "event", "evtName": "E1", "evtData": {"n": 1}}, gc="u1", rn=2, i=again)
        found = verdict(model, [Arrival(request, 1) for request in collector.requests], collector)
        assert found.wrong == wrong
        assert found.excused.total() == times - 1
