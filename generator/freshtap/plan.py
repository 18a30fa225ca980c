"""What CleverTap and the bridge will do with a config.

Errors where CleverTap would refuse or two things would become one, warnings where the bridge repairs. Source:
the limits in :mod:`freshtap.clevertap`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from freshtap import clevertap, config
from freshtap.config import Reading
from freshtap.errors import ConfigError, Problem, shown
from freshtap.site import Event, Site
from freshtap.transformations import DeleteProperty, RenameEvent, RenameProperty, SendBuiltin, SendConstant

#: Transformations of events that are not in the config, for which one is looked up that is like it: each takes a while.
_MOST_GUESSES = 20


@dataclass(frozen=True, slots=True)
class Planned:
    """A site that can be built, and what will be repaired on the way."""

    site: Site
    warnings: tuple[Problem, ...] = ()


class _Sent(NamedTuple):
    """An event on its way to CleverTap."""

    key: str  # what names it in the config
    event: str  # as Freshpaint knows it
    name: str  # as it is sent, before cleaning
    cleaned: str


def load(path: Path, *, strict: bool = False) -> Planned:
    """The site of a config file.

    Raises :class:`ConfigError` with everything that is wrong; see :func:`examine`.
    """
    return examine(config.read(path), strict=strict)


def examine(reading: Reading, *, strict: bool = False) -> Planned:
    """Adds to a reading's problems those of the plan, and raises :class:`ConfigError` if there is an error.

    ``strict`` makes errors of warnings.
    """
    found = list(problems(reading.site, reading.file)) if reading.site else []
    if strict:
        found = [replace(problem, severity="error") for problem in found]
    errors = [problem for problem in found if problem.severity == "error"]
    # What a half-read file lacks is no reason for a warning.
    if reading.problems or reading.site is None:
        raise ConfigError([*reading.problems, *errors])
    if errors:
        raise ConfigError(found)
    return Planned(reading.site, tuple(found))


def problems(site: Site, file: str) -> Iterator[Problem]:
    """Errors and warnings about a site, in the order of the keys they are about."""
    yield from _preload(site, file)
    yield from _listed_twice(site, file)
    yield from _events(site, file)
    yield from _transformations(site, file)
    yield from _written_twice(site, file)


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


def _events(site: Site, file: str) -> Iterator[Problem]:
    sent = list(_sent(site))
    if site.track.send == "defined" and not sent:
        yield Problem(
            file,
            "track.send",
            "sends no event at all: none is listed and enabled",
            site.track.send,
            '[[events]] tables, or send = "all"',
            severity="warning",
        )
    first: dict[str, _Sent] = {}
    for event in sent:
        yield from _name(event, file)
        earlier = first.setdefault(event.cleaned, event)
        # There may be several kinds of purchase: CleverTap has one name for all of them.
        is_one = earlier.event == event.event or event.cleaned == clevertap.CHARGED
        if not is_one and event.cleaned:
            yield Problem(
                file,
                event.key,
                f"reaches CleverTap as {shown(event.cleaned)}, and so does {shown(earlier.event)}, {earlier.key}",
                event.event,
                "a name of its own for each event",
            )
    if len(first) > clevertap.MAX_EVENT_TYPES:
        yield Problem(
            file,
            "events",
            f"{len(first)} event types are too many for one CleverTap account",
            allowed=f"{clevertap.MAX_EVENT_TYPES}, not counting those with enabled = false",
        )


def _sent(site: Site) -> Iterator[_Sent]:
    """Every event that the config makes CleverTap receive."""
    renamed = {
        transformation.on: (f"transformations[{index}].to", transformation.to)
        for index, transformation in enumerate(site.transformations)
        if isinstance(transformation, RenameEvent)
    }
    for index, event in enumerate(site.events):
        key, name = renamed.pop(event.name, (f"events[{index}].name", event.name))
        if event.enabled and event.charged:
            yield _Sent(key, event.name, clevertap.CHARGED, clevertap.CHARGED)
        elif event.enabled:
            yield _Sent(key, event.name, name, clevertap.clean_name(name))
    if site.track.send == "all":
        for event_name, (key, name) in renamed.items():
            yield _Sent(key, event_name, name, clevertap.clean_name(name))


def _transformations(site: Site, file: str) -> Iterator[Problem]:
    events = {event.name: event for event in site.events}
    listed = {"*", "identify", *events}
    guesses = _MOST_GUESSES
    renames: dict[str, tuple[str, RenameEvent]] = {}
    for index, change in enumerate(site.transformations):
        key = f"transformations[{index}]"
        event = events.get(change.on)
        is_unknown = site.track.send == "defined" and change.on not in listed
        if is_unknown:
            meant = config.guess(change.on, listed) if guesses else ""
            guesses -= bool(guesses)
            allowed = 'the name of one of the [[events]], "*" or "identify"'
            yield Problem(file, f"{key}.on", "is not an event of this config", change.on, allowed, meant)
        if event and not event.enabled:
            wrong = "is not enabled for CleverTap, so that this changes nothing"
            allowed = "an event with enabled = true"
            yield Problem(file, f"{key}.on", wrong, change.on, allowed, severity="warning")
        match change:
            case RenameEvent():
                yield from _rename(change, key, renames.setdefault(change.on, (key, change)), event, file)
                if is_unknown:
                    yield from _new_name(change, key, file)
            case RenameProperty():
                yield from _property(f"{key}.to", change.to, change.on, file)
            case SendConstant():
                yield from _property(f"{key}.property", change.property, change.on, file)
                yield from _constant(change, key, file)


def _rename(
    change: RenameEvent, key: str, first: tuple[str, RenameEvent], event: Event | None, file: str
) -> Iterator[Problem]:
    """An event that is renamed already, by the ``first`` with its key; or whose name counts for nothing."""
    if key != first[0]:
        wrong = f"is renamed already, by {first[0]}"
        yield Problem(file, f"{key}.on", wrong, change.on, "one rename-event for each event")
        # Where all events are looked at, the last name counts.
        yield from _new_name(first[1], first[0], file)
    elif event and event.charged and event.enabled:
        wrong = f"does nothing: a purchase is sent as {shown(clevertap.CHARGED)}"
        yield Problem(file, key, wrong, change.to, "an event without charged = true", severity="warning")


def _new_name(change: RenameEvent, key: str, file: str) -> Iterator[Problem]:
    """What would become of a name that no event gets as long as something else is wrong."""
    yield from _name(_Sent(f"{key}.to", change.on, change.to, clevertap.clean_name(change.to)), file)


def _constant(change: SendConstant, key: str, file: str) -> Iterator[Problem]:
    if isinstance(change.value, str) and len(change.value.encode("utf-16-le")) > 2 * clevertap.MAX_VALUE_LENGTH:
        wrong = f"is sent without what is beyond {clevertap.MAX_VALUE_LENGTH} characters"
        yield Problem(file, f"{key}.value", wrong, change.value, severity="warning")


def _written_twice(site: Site, file: str) -> Iterator[Problem]:
    """Transformations that give the same calls a property which one before them has given already.

    Not two that rename to it: they may be alternatives, of which a call has one.
    """
    given: dict[tuple[str, str], tuple[int, str]] = {}
    for index, change in enumerate(site.transformations):
        key = f"transformations[{index}]"
        match change:
            case RenameProperty(from_=gone) | DeleteProperty(property=gone):
                place = (change.on, clevertap.clean_name(gone))
                if given.get(place, (0, ""))[1] == gone:
                    del given[place]
        match change:
            case RenameProperty(to=name):
                named = f"{key}.to"
            case SendBuiltin(property=name) | SendConstant(property=name):
                named = f"{key}.property"
            case _:
                continue
        if any(problem.severity == "error" for problem in _property(named, name, change.on, file)):
            continue
        cleaned = clevertap.clean_name(name)
        earlier, other = given.get((change.on, cleaned), (-1, ""))
        given[change.on, cleaned] = (index, name)
        are_alternatives = isinstance(change, RenameProperty) and isinstance(
            site.transformations[earlier], RenameProperty
        )
        if earlier < 0 or (are_alternatives and name == other):
            continue
        first = f"transformations[{earlier}]"
        wrong = f"is written by {first}, too: where both apply, only this one's value is sent"
        if name != other:
            wrong = (
                f"reaches CleverTap as {shown(cleaned)}, and so does {shown(other)}, {first}: one of them is not sent"
            )
        yield Problem(file, named, wrong, name, "any other name, or only one of the two", severity="warning")


def _property(key: str, name: str, on: str, file: str) -> Iterator[Problem]:
    """What becomes of a property's name that the config gives it, on events or on ``identify``."""
    cleaned = clevertap.clean_name(name)
    if not cleaned:
        yield _empty(key, name, file)
    elif cleaned == "__proto__":
        yield _special(key, name, file)
    elif cleaned in _unsent(name, on):
        wrong = "would not be sent: to CleverTap's SDK that name means something else"
        yield Problem(file, key, wrong, name, "any other name")
    elif cleaned != name:
        yield Problem(file, key, f"reaches CleverTap as {shown(cleaned)}: {_repairs(name)}", name, severity="warning")


def _unsent(name: str, on: str) -> tuple[str, ...]:
    """The cleaned names under which a property that is called ``name`` would not be sent."""
    if on != "identify":
        return clevertap.UNSENT_EVENT_PROPERTIES
    # The id comes from the call alone. A standard field counts by the very name, before cleaning.
    fields = () if name in clevertap.PROFILE_FIELDS else clevertap.PROFILE_FIELDS
    return (*clevertap.UNSENT_USER_PROPERTIES, *fields)


def _empty(key: str, name: str, file: str) -> Problem:
    """A name of which nothing is left."""
    prohibited = " ".join(clevertap.PROHIBITED_CHARACTERS + clevertap.DELETED_CHARACTERS)
    return Problem(file, key, "has nothing that CleverTap takes", name, f"any text with more than {prohibited} in it")


def _special(key: str, name: str, file: str) -> Problem:
    """A name that changes the object that it is to be a key of."""
    return Problem(file, key, "has a meaning of its own in browsers", name, "any other name")


def _name(event: _Sent, file: str) -> Iterator[Problem]:
    """What becomes of one event's name."""
    if not event.cleaned:
        yield _empty(event.key, event.name, file)
    elif event.cleaned == "__proto__":
        yield _special(event.key, event.name, file)
    elif event.cleaned in clevertap.RESERVED_EVENT_NAMES:
        reserved = ", ".join(clevertap.RESERVED_EVENT_NAMES)
        yield Problem(
            file,
            event.key,
            "is reserved by CleverTap and would not be sent",
            event.name,
            f"any name but {reserved}",
        )
    elif event.cleaned != event.name:
        yield Problem(
            file,
            event.key,
            f"reaches CleverTap as {shown(event.cleaned)}: {_repairs(event.name)}",
            event.name,
            severity="warning",
        )


def _repairs(name: str) -> str:
    """Why a name is not sent as it is."""
    prohibited = clevertap.PROHIBITED_CHARACTERS + clevertap.DELETED_CHARACTERS
    found = [character for character in prohibited if character in name]
    reasons = []
    if found:
        reasons.append(f"{' '.join(found)} cannot be in a name")
    if len(name.encode("utf-16-le")) > 2 * clevertap.MAX_NAME_LENGTH:
        reasons.append(f"names end after {clevertap.MAX_NAME_LENGTH} characters")
    return ", ".join(reasons) or "blanks are trimmed"
