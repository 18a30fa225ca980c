"""What a config's transformations come to: errors and warnings about each, and about two that give one property."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from freshtap import clevertap
from freshtap.config import findings
from freshtap.config.site import Event, Site
from freshtap.config.transformations import (
    DeleteProperty,
    RenameEvent,
    RenameProperty,
    SendBuiltin,
    SendConstant,
    Transformation,
)
from freshtap.errors import Problem, shown
from freshtap.plan import naming

#: Transformations of events that are not in the config, for which one is looked up that is like it: each takes a while.
_MOST_GUESSES: Final = 20

#: What a transformation can be on besides events.
_MEANT: Final = {"*": "every event", "identify": "user properties"}

#: By what its property is known to CleverTap: on which calls, and the cleaned name.
_Place = tuple[str, str]


class _Given(NamedTuple):
    """A property that a transformation gives to calls."""

    by: str  # the transformation's key
    key: str  # what names the property in it
    name: str
    on: str
    is_renamed: bool

    @property
    def place(self) -> _Place:
        return self.on, clevertap.clean_name(self.name)


def problems(site: Site, file: str, *, knows_every_event: bool) -> Iterator[Problem]:
    """Errors and warnings about a site's transformations.

    Unless the config ``knows_every_event``, one that it lacks is no error: it may be among those without a name.
    """
    events = {event.name: event for event in site.events}
    unlisted = _unlisted(site)
    first: dict[str, tuple[str, RenameEvent]] = {}
    for key, transformation in _keyed(site):
        event = events.get(transformation.on)
        if event and event.name in _MEANT:
            wrong = f"means {_MEANT[event.name]} here, and never the event of that name"
            allowed = "the name of another event, or no event of that name"
            yield Problem(file, f"{key}.on", wrong, event.name, allowed, severity="warning")
            event = None
        if transformation.on in unlisted and knows_every_event:
            allowed, meant = 'the name of one of the [[events]], "*" or "identify"', unlisted[transformation.on]
            yield Problem(file, f"{key}.on", "is not an event of this config", transformation.on, allowed, meant)
        if event and not event.enabled:
            wrong = "is not enabled for CleverTap, so that this changes nothing"
            allowed = "an event with enabled = true"
            yield Problem(file, f"{key}.on", wrong, transformation.on, allowed, severity="warning")
        match transformation:
            case RenameEvent():
                first.setdefault(transformation.on, (key, transformation))
                yield from _rename(transformation, key, first[transformation.on], event, file)
                if transformation.on in unlisted:
                    yield from naming.of_event(f"{key}.to", transformation.to, file)
            case RenameProperty():
                yield from naming.of_property(f"{key}.to", transformation.to, transformation.on, file)
            case SendConstant():
                yield from naming.of_property(f"{key}.property", transformation.property, transformation.on, file)
                yield from _constant(transformation, key, file)
    yield from _written_twice(site, file)


def _keyed(site: Site) -> Iterator[tuple[str, Transformation]]:
    """The transformations, each with what names it in the config."""
    for index, transformation in enumerate(site.transformations):
        yield f"transformations[{index}]", transformation


def _unlisted(site: Site) -> dict[str, str]:
    """The events that transformations are on and the config lacks, each with the one that was probably meant."""
    if site.track.send == "all":
        return {}
    listed = {*_MEANT, *(event.name for event in site.events)}
    lacking = dict.fromkeys(each.on for each in site.transformations if each.on not in listed)
    return {name: findings.guess(name, listed) if number < _MOST_GUESSES else "" for number, name in enumerate(lacking)}


def _rename(
    rename: RenameEvent, key: str, first: tuple[str, RenameEvent], event: Event | None, file: str
) -> Iterator[Problem]:
    """An event that is renamed already, by the ``first`` with its key; or whose name counts for nothing."""
    first_key, first_rename = first
    if key != first_key:
        wrong = f"is renamed already, by {first_key}"
        yield Problem(file, f"{key}.on", wrong, rename.on, "one rename-event for each event")
        # Where all events are looked at, the last name counts.
        yield from naming.of_event(f"{first_key}.to", first_rename.to, file)
    elif event and event.charged and event.enabled:
        wrong = f"does nothing: a purchase is sent as {shown(clevertap.CHARGED)}"
        yield Problem(file, f"{key}.to", wrong, rename.to, "an event without charged = true", severity="warning")


def _constant(constant: SendConstant, key: str, file: str) -> Iterator[Problem]:
    if not isinstance(constant.value, str):
        return
    cleaned, longest = clevertap.clean_quotes(constant.value), clevertap.MAX_VALUE_LENGTH
    if cleaned != constant.value:
        wrong = f"reaches CleverTap as {shown(cleaned)}: its SDK deletes straight quotes and backslashes"
        yield Problem(file, f"{key}.value", wrong, constant.value, "text without ' \" \\", severity="warning")
    if len(cleaned.encode("utf-16-le")) > 2 * longest:
        wrong = f"is sent without what is beyond {longest} characters"
        allowed = f"at most {longest} characters"
        yield Problem(file, f"{key}.value", wrong, constant.value, allowed, severity="warning")


def _written_twice(site: Site, file: str) -> Iterator[Problem]:
    """Transformations that give the same calls a property which one before them has given already."""
    given: dict[_Place, _Given] = {}
    for key, transformation in _keyed(site):
        gone = _taken(transformation)
        place = transformation.on, clevertap.clean_name(gone)
        if place in given and given[place].name == gone:
            del given[place]
        new = _given(key, transformation)
        if new is None or not _is_sent(new):
            continue
        earlier, given[new.place] = given.get(new.place), new
        if earlier:
            yield from _both(earlier, new, file)


def _taken(transformation: Transformation) -> str:
    """The property that a call does not have any more afterwards; empty where it has all."""
    match transformation:
        case RenameProperty(from_=name) | DeleteProperty(property=name):
            return name
        case _:
            return ""


def _given(key: str, transformation: Transformation) -> _Given | None:
    """The property that a call has afterwards, and need not have had before."""
    match transformation:
        case RenameProperty(on=on, to=name):
            return _Given(key, f"{key}.to", name, on, is_renamed=True)
        case SendBuiltin(on=on, property=name) | SendConstant(on=on, property=name):
            return _Given(key, f"{key}.property", name, on, is_renamed=False)
        case _:
            return None


def _is_sent(given: _Given) -> bool:
    return all(problem.severity == "warning" for problem in naming.of_property(given.key, given.name, given.on, ""))


def _both(earlier: _Given, new: _Given, file: str) -> Iterator[Problem]:
    """Two properties that come to one place."""
    if new.name != earlier.name:
        wrong = (
            f"reaches CleverTap as {shown(clevertap.clean_name(new.name))}, and so does {shown(earlier.name)}, "
            f"{earlier.by}: one of them is not sent"
        )
    elif new.is_renamed and earlier.is_renamed:
        # They may be alternatives, of which a call has one.
        return
    else:
        wrong = f"is written by {earlier.by}, too: where both apply, only this one's value is sent"
    yield Problem(file, new.key, wrong, new.name, "any other name, or only one of the two", severity="warning")
