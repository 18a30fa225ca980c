"""Random visits, compared with the model: ``.venv/bin/python tests/random_visits.py [--visits N] [--seed S]``.

Visit ``S`` is the one that seed ``S`` makes, then ``S + 1`` and so on. One that goes wrong is made as short as it can
be while it still goes wrong, and printed as a scenario that can be pasted into a test. Ends with 1 where one did.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from playwright.sync_api import Browser, Error, sync_playwright

import browser as installed
import sdk as sdks
from freshtap.verify import browsers
from journey import Do, Journey, Leave, Open, Step, play, random_journey
from model import DEVIATIONS, Verdict
from sites import build
from visit import NotSettledError, Visit

#: How many shorter journeys are tried at most before the shortest so far is printed.
ATTEMPTS: Final = 120


def try_out(browser: Browser, journey: Journey) -> Verdict:
    """Play a journey in a browser context of its own; what ends it before its time is wrong with it, too."""
    visit = Visit(browser.new_context().new_page(), build(journey.config), sdks.load(journey.sdk))
    try:
        return play(visit, journey)
    except (NotSettledError, Error) as error:
        return Verdict({"on the page": [str(error)]}, 0, 0, Counter())
    finally:
        visit.close()


def shorten(journey: Journey, fails: Callable[[Journey], bool], attempts: int = ATTEMPTS) -> Journey:
    """Leave out steps, then calls, as long as the rest still fails."""
    size = max(1, len(journey.steps) // 2)
    while size:
        at = 0
        while at < len(journey.steps) and attempts:
            shorter = replace(journey, steps=journey.steps[:at] + journey.steps[at + size :])
            attempts -= 1
            if fails(shorter):
                journey = shorter
            else:
                at += size
        size //= 2
    progress = True
    while progress and attempts:
        progress = False
        for shorter in _with_less_calls(journey):
            if not attempts:
                break
            attempts -= 1
            if fails(shorter):
                journey, progress = shorter, True
                break
    return journey


def _with_less_calls(journey: Journey) -> Iterator[Journey]:
    for at, step in enumerate(journey.steps):
        for shorter in _simpler(step):
            yield replace(journey, steps=(*journey.steps[:at], shorter, *journey.steps[at + 1 :]))


def _simpler(step: Step) -> Iterator[Step]:
    if isinstance(step, Open | Do | Leave):
        for at in range(len(step.calls)):
            yield replace(step, calls=step.calls[:at] + step.calls[at + 1 :])
    if isinstance(step, Open | Leave) and step.late:
        yield replace(step, late=None)


def main() -> int:
    """The command; gives the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--visits", type=int, default=100, help="how many (100)")
    parser.add_argument("--seed", type=int, default=None, help="the first one's seed; without it, any")
    parser.add_argument("--as-found", action="store_true", help="print what fails without making it shorter")
    asked = parser.parse_args()
    first = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    failed = calls = arrived = late = 0
    excused: Counter[str] = Counter()
    deviations: Counter[str] = Counter()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed.find_shell(), args=browsers.ARGUMENTS)
        for seed in range(first, first + asked.visits):
            journey = random_journey(seed)
            found = try_out(browser, journey)
            calls += found.calls
            arrived += found.arrived
            late += found.late
            excused += found.excused
            deviations.update({kind: len(found.deviations.get(kind, ())) for kind in DEVIATIONS})
            if found.wrong:
                failed += 1
                print(f"\nseed {seed}:", *found.wrong, sep="\n  ", flush=True)
                if not asked.as_found:
                    journey = shorten(journey, lambda shorter: bool(try_out(browser, shorter).wrong))
                    print("which is left of it:", *try_out(browser, journey).wrong, sep="\n  ")
                print(journey, flush=True)
        browser.close()
    print(
        f"\nvisits {first} to {first + asked.visits - 1}: {calls} calls, {arrived} arrived ({late} of them from a later "
        f"page), {excused.total()} had to stay away, {failed} visits went wrong"
    )
    print("What went wrong:", *(f"{deviations[kind]} {kind}" for kind in DEVIATIONS), sep="\n  ")
    print("What had to stay away:", *(f"{times} {reason}" for reason, times in excused.most_common()), sep="\n  ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
