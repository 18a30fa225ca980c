"""What each feature that a site uses adds to its script: the size as it is, less the size without the feature."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, get_args

from freshtap import artifacts, render
from freshtap.config.site import Event, Site
from freshtap.config.transformations import RenameEvent, Transformation
from freshtap.render.features import Features

_Change = Callable[[Site], Site]


class Weight(NamedTuple):
    """A part of a script, and its bytes with gzip."""

    part: str
    gzip: int


def weigh(site: Site) -> list[Weight]:
    """The parts of a site's script, what every script has first, then the heaviest.

    Parts share what compresses well, so that each is weighed beside all others; what every script has is the rest. A
    part can weigh less than nothing: the script would be larger without it.
    """
    whole = _gzip(site)
    parts = [Weight(part, whole - _gzip(lighter)) for part, lighter in _lighter(site)]
    rest = Weight("identify, track, limits, order", whole - sum(part.gzip for part in parts))
    return [rest, *sorted(parts, key=lambda part: -part.gzip)]


def _lighter(site: Site) -> Iterator[tuple[str, Site]]:
    """The site without each of the features that it uses."""
    used = Features.of(site)
    for part, change in _FEATURES.items():
        lighter = change(site)
        if Features.of(lighter) != used:
            yield part, lighter
    # One event of each kind is what the features need; the others are names.
    plain = [event for event in site.events if not event.charged][:1]
    fewest = (*plain, *[event for event in site.events if event.charged][:1])
    others = len(site.events) - len(fewest)
    shorter = site.model_copy(update={"events": fewest})
    if others and Features.of(shorter) == used:
        yield "one more event's name" if others == 1 else f"the names of {others} more events", shorter


def _gzip(site: Site) -> int:
    return len(artifacts.gzipped(render.bridge(site).encode()))


def _with(table: str, **values: Any) -> _Change:
    """The site with other values in one of its tables."""
    return lambda site: site.model_copy(update={table: getattr(site, table).model_copy(update=values)})


def _sent_at_once(before_identify: str) -> _Change:
    """The site that does nothing to events before identify, where it does this to them."""
    send = _with("track", before_identify="send")
    return lambda site: send(site) if site.track.before_identify == before_identify else site


def _uncharged(site: Site) -> Site:
    events = tuple(Event(name=event.name, enabled=event.enabled) for event in site.events)
    return site.model_copy(update={"events": events})


def _without(operation: str) -> _Change:
    def without(site: Site) -> Site:
        kept = tuple(change for change in site.transformations if change.op != operation)
        return site.model_copy(update={"transformations": kept})

    return without


def _operations() -> Iterator[str]:
    for model in get_args(get_args(Transformation)[0]):
        # A renamed event is nothing but a name.
        if model is not RenameEvent:
            yield from get_args(model.model_fields["op"].annotation)


#: By what a person calls it: the site without it.
_FEATURES: Final[dict[str, _Change]] = {
    "purchases (charged)": _uncharged,
    'every event (send = "all")': _with("track", send="defined"),
    "events held until identify": _sent_at_once("hold"),
    "events dropped until identify": _sent_at_once("drop"),
    "nested event properties": _with("track", nested="drop"),
    "nested user properties": _with("identify", nested="drop"),
    "country code for phones": _with("identify", default_country_code=None),
    "companion mode": _with("freshpaint", mode="standalone"),
    "consent required": _with("consent", required=False),
    "Global Privacy Control": _with("consent", respect_gpc=False),
    "single-page application": _with("clevertap", spa=False),
    "place from the IP address": _with("clevertap", use_ip=False),
    "sending by fetch": _with("clevertap", transport="jsonp"),
    "token, target domain": _with("clevertap", token=None, target_domain=None),
    **{f"{operation} transformation": _without(operation) for operation in _operations()},
}
