"""When a page makes its calls: each moment loads a page and makes the calls of a script on it."""

from __future__ import annotations

from typing import Final, Protocol

import pytest

from visit import Part, Until, Visit


class Moment(Protocol):
    """Loads a page, makes a script's calls at one moment, and waits until the page has come as far as ``until``."""

    __name__: str

    def __call__(self, visit: Visit, script: str, *, until: Until = ...) -> None:
        """Do so."""
        ...


def before_the_bridge(visit: Visit, script: str, *, until: Until = "bridge") -> None:
    """The snippet notes the calls."""
    gate = visit.hold("bridge")
    visit.open(script=f"{{ {script} }}", until="commit")
    gate.open()
    visit.reaches(until)


def before_the_sdk(visit: Visit, script: str, *, until: Until = "commit") -> None:
    """The bridge has the calls, the SDK is not there."""
    _while_held(visit, "sdk", "bridge", script, until)


def before_the_device_id(visit: Visit, script: str, *, until: Until = "commit") -> None:
    """The SDK is there, CleverTap has not answered its first request."""
    _while_held(visit, "collector", "sdk", script, until)


def _while_held(visit: Visit, part: Part, reached: Until, script: str, until: Until) -> None:
    """One part is kept back while the page, which has come as far as ``reached``, makes its calls."""
    gate = visit.hold(part)
    visit.open(until=reached)
    visit.run(script)
    gate.open()
    visit.reaches(until)


def after_the_sdk(visit: Visit, script: str, *, until: Until = "device") -> None:
    """Everything is there that is waited for."""
    visit.open(until=until)
    visit.run(script)


MOMENTS: Final[tuple[Moment, ...]] = (before_the_bridge, before_the_sdk, before_the_device_id, after_the_sdk)
at_each_moment = pytest.mark.parametrize("moment", MOMENTS, ids=[moment.__name__ for moment in MOMENTS])

#: Where all that matters is whether the snippet takes the calls or the bridge.
SNIPPET_OR_BRIDGE: Final[tuple[Moment, ...]] = (before_the_bridge, after_the_sdk)
by_snippet_and_bridge = pytest.mark.parametrize(
    "moment", SNIPPET_OR_BRIDGE, ids=[moment.__name__ for moment in SNIPPET_OR_BRIDGE]
)
