"""What a config says → a site that can be built, with what CleverTap and the bridge will make of it: errors, warnings.

Errors where CleverTap would refuse or two things would become one, warnings where the bridge repairs. Source:
the limits in :mod:`freshtap.clevertap`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from freshtap import clevertap, config
from freshtap.config import Reading
from freshtap.config.site import Site
from freshtap.errors import ConfigError, Problem, shown
from freshtap.plan import effects, naming


@dataclass(frozen=True, slots=True)
class Planned:
    """A site that can be built, and what will be repaired on the way."""

    site: Site
    warnings: tuple[Problem, ...] = ()


def load(path: Path, *, strict: bool = False) -> Planned:
    """The site of a config file.

    Raises :class:`ConfigError` with everything that is wrong; see :func:`examine`.
    """
    return examine(config.read(path), strict=strict)


def examine(reading: Reading, *, strict: bool = False) -> Planned:
    """Adds to a reading's problems those of the plan, and raises :class:`ConfigError` if there is an error.

    ``strict`` makes errors of warnings.
    """
    found: list[Problem] = []
    if reading.site:
        is_whole, knows_every_event = not reading.problems, reading.knows_every_event
        found += problems(reading.site, reading.file, is_whole=is_whole, knows_every_event=knows_every_event)
    if strict:
        found = [replace(problem, severity="error") for problem in found]
    if reading.problems or reading.site is None or any(problem.severity == "error" for problem in found):
        raise ConfigError([*reading.problems, *found])
    return Planned(reading.site, tuple(found))


def problems(site: Site, file: str, *, is_whole: bool, knows_every_event: bool) -> Iterator[Problem]:
    """Errors and warnings about a site, one kind after the other.

    Unless it ``is_whole``, something could not be read: what it lacks is no reason for a warning. Unless the config
    ``knows_every_event``, some have names that could not be read.
    """
    yield from _preload(site, file)
    yield from _listed_twice(site, file)
    yield from _events(site, file, is_whole=is_whole)
    yield from effects.problems(site, file, knows_every_event=knows_every_event)


def _preload(site: Site, file: str) -> Iterator[Problem]:
    """A browser preloads whatever the visitor has decided, or has not decided yet."""
    refusing = [f"consent.{key}" for key in ("required", "respect_gpc") if getattr(site.consent, key)]
    if site.clevertap.preload and refusing:
        forbid = "forbid" if refusing[1:] else "forbids"
        wrong = f"would ask for the SDK where {' and '.join(refusing)} {forbid} it"
        yield Problem(file, "clevertap.preload", wrong, site.clevertap.preload, "false, or no [consent]")


def _listed_twice(site: Site, file: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, event in enumerate(site.events):
        earlier = first.setdefault(event.name, index)
        if earlier != index:
            yield Problem(
                file, f"events[{index}].name", f"is listed already, as events[{earlier}]", event.name, "each event once"
            )


def _events(site: Site, file: str, *, is_whole: bool) -> Iterator[Problem]:
    sent = list(naming.sent(site))
    if site.track.send == "defined" and not sent and is_whole:
        yield Problem(
            file,
            "track.send",
            "sends no event at all: none is listed and enabled",
            site.track.send,
            '[[events]] tables, or send = "all"',
            severity="warning",
        )
    first: dict[str, naming.Sent] = {}
    for event in sent:
        yield from naming.of_event(event.key, event.name, file)
        earlier = first.setdefault(event.cleaned, event)
        # There may be several kinds of purchase: CleverTap has one name for all of them.
        is_one = earlier.event == event.event or event.cleaned == clevertap.CHARGED
        if not is_one and event.cleaned:
            yield Problem(
                file,
                event.key,
                f"reaches CleverTap as {shown(event.cleaned)}, and so does {shown(earlier.name)}, {earlier.key}",
                event.name,
                "a name of its own for each event",
            )
    if len(first) > clevertap.MAX_EVENT_TYPES:
        yield Problem(
            file,
            "events",
            f"{len(first)} event types are too many for one CleverTap account",
            allowed=f"{clevertap.MAX_EVENT_TYPES}, not counting those with enabled = false",
        )
