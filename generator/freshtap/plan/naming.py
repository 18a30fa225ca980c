"""Under which names events are sent, and what becomes of those that a config gives to events and properties. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from freshtap import clevertap
from freshtap.config.site import Site
from freshtap.config.transformations import RenameEvent
from freshtap.errors import Problem, shown

_REMOVED: Final = clevertap.PROHIBITED_CHARACTERS + clevertap.DELETED_CHARACTERS
#: What is sent as it is.
_UNCHANGED: Final = (
    f"at most {clevertap.MAX_NAME_LENGTH} characters with single blanks between them, and none of {' '.join(_REMOVED)}"
)


class Sent(NamedTuple):
    """An event on its way to CleverTap."""

    key: str  # what gives it its name in the config
    event: str  # as Freshpaint knows it
    name: str  # what stands there, as it is sent, before cleaning
    cleaned: str


def sent(site: Site) -> Iterator[Sent]:
    """Every event that the config makes CleverTap receive."""
    renamed = {
        transformation.on: (f"transformations[{index}].to", transformation.to)
        for index, transformation in enumerate(site.transformations)
        if isinstance(transformation, RenameEvent)
    }
    for index, event in enumerate(site.events):
        key, name = renamed.pop(event.name, (f"events[{index}].name", event.name))
        if event.enabled and event.charged:
            yield Sent(key, event.name, clevertap.CHARGED, clevertap.CHARGED)
        elif event.enabled:
            yield Sent(key, event.name, name, clevertap.clean_name(name))
    if site.track.send == "all":
        for event_name, (key, name) in renamed.items():
            yield Sent(key, event_name, name, clevertap.clean_name(name))


def names(site: Site) -> dict[str, str]:
    """CleverTap's name of every event that the script has to know, by Freshpaint's name; empty: it is not sent.

    With ``send = "defined"`` these are all that are sent, otherwise all that are not sent as they are called.
    Those that are renamed come first.
    """
    cleaned = {each.event: each.cleaned for each in sent(site)}
    renamed = (each.on for each in site.transformations if isinstance(each, RenameEvent))
    events = dict.fromkeys([*renamed, *(event.name for event in site.events)])
    if site.track.send == "defined":
        return {event: cleaned[event] for event in events if event in cleaned}
    known = {event: cleaned.get(event, "") for event in events}
    return {event: name for event, name in known.items() if name != clevertap.clean_name(event)}


def of_event(key: str, name: str, file: str) -> Iterator[Problem]:
    """Errors and warnings about the name that an event is to have."""
    cleaned = clevertap.clean_name(name)
    if cleaned in clevertap.RESERVED_EVENT_NAMES:
        wrong = "is reserved by CleverTap and would not be sent"
        yield Problem(file, key, wrong, name, f"any name but {', '.join(clevertap.RESERVED_EVENT_NAMES)}")
    else:
        yield from _of_either(key, name, cleaned, file)


def of_property(key: str, name: str, on: str, file: str) -> Iterator[Problem]:
    """Errors and warnings about the name that a property is to have, on events or on ``identify``."""
    cleaned = clevertap.clean_name(name)
    if cleaned in _unsent(name, on):
        wrong = "would not be sent: to CleverTap's SDK that name means something else"
        yield Problem(file, key, wrong, name, "any other name")
    else:
        yield from _of_either(key, name, cleaned, file)


def _of_either(key: str, name: str, cleaned: str, file: str) -> Iterator[Problem]:
    if not cleaned:
        wrong = "has nothing that CleverTap takes"
        yield Problem(file, key, wrong, name, f"any text with more than {' '.join(_REMOVED)} in it")
    elif cleaned == "__proto__":
        # It changes the object that it is to be a key of.
        yield Problem(file, key, "has a meaning of its own in browsers", name, "any other name")
    elif cleaned != name:
        wrong = f"reaches CleverTap as {shown(cleaned)}: {_repairs(name)}"
        yield Problem(file, key, wrong, name, _UNCHANGED, severity="warning")


def _unsent(name: str, on: str) -> tuple[str, ...]:
    """The cleaned names under which a property that is called ``name`` would not be sent."""
    if on != "identify":
        return clevertap.UNSENT_EVENT_PROPERTIES
    # The id comes from the call alone. A standard field counts by the very name, before cleaning.
    fields = () if name in clevertap.PROFILE_FIELDS else clevertap.PROFILE_FIELDS
    return (*clevertap.UNSENT_USER_PROPERTIES, *fields)


def _repairs(name: str) -> str:
    """Why a name is not sent as it is."""
    found = [character for character in _REMOVED if character in name]
    reasons = []
    if found:
        reasons.append(f"{' '.join(found)} cannot be in a name")
    if len(name.encode("utf-16-le")) > 2 * clevertap.MAX_NAME_LENGTH:
        reasons.append(f"names end after {clevertap.MAX_NAME_LENGTH} characters")
    return ", ".join(reasons) or "blanks are trimmed"
