"""TypeScript declarations of a site's tracking plan. As of its script, most is rendered once for all that are alike."""

from __future__ import annotations

from functools import cache
from typing import Final

from jinja2.utils import htmlsafe_json_dumps

from freshtap.config.site import Site
from freshtap.render import templating

#: Stand in freshtap.d.ts where what is a site's own goes.
_NAME: Final = "SITE"
_EVENTS: Final = "EVENTS"


def render(site: Site) -> str:
    """The text of ``freshtap.d.ts``: what ``window.freshpaint`` is, and which events ``track`` takes.

    With ``send = "defined"`` these are the enabled events and no other; with ``"all"``, any text, the enabled events
    being offered. So it is beside Freshpaint's own SDK, which has other destinations; what its methods do is not told
    as ours. Names are written as JSON strings.
    """
    events = [f"| {htmlsafe_json_dumps(event.name)}" for event in site.events if event.enabled]
    first, middle, last = _parts(site.track.send, site.freshpaint.mode == "companion", bool(events))
    return "".join((first, site.name, middle, "\n  ".join(events), last))


@cache
def _parts(send: str, companion: bool, events: bool) -> tuple[str, str, str]:
    """What stands before, between and after a site's name and its events, if it has any."""
    text = templating.template("freshtap.d.ts").render(
        send=send, companion=companion, any=companion or send == "all", events=events
    )
    first, _, rest = f"{text.strip()}\n".partition(_NAME)
    middle, _, last = rest.partition(_EVENTS)
    return first, middle, last
