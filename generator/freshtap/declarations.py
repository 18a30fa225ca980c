"""TypeScript declarations of a site's tracking plan."""

from __future__ import annotations

from freshtap import templating
from freshtap.site import Site


def render(site: Site) -> str:
    """The text of ``freshtap.d.ts``: what ``window.freshpaint`` is, and which events ``track`` takes.

    With ``send = "defined"`` these are the enabled events and no other; with ``"all"``, any text, the enabled events
    being offered. So it is beside Freshpaint's own SDK, which has other destinations; what its methods do is not told
    as ours. Names are written as JSON strings.
    """
    companion = site.freshpaint.mode == "companion"
    text: str = templating.template("freshtap.d.ts").render(
        site=site.name,
        send=site.track.send,
        companion=companion,
        any=companion or site.track.send == "all",
        events=[event.name for event in site.events if event.enabled],
    )
    return text.strip("\n") + "\n"
