"""What a site uses, and so which parts of the templates its script is made of.

Sites that use the same features share one rendered and minified source; only their values differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from freshtap import clevertap
from freshtap.site import Nested, Site

#: How many names may be joined to the first where nested properties are flattened: three names in all.
_JOINED_NAMES = 2


@dataclass(frozen=True, slots=True)
class Features:
    """The feature set of a site. Attribute names are what the templates ask for."""

    send_all: bool
    before_identify: Literal["hold", "send", "drop"]
    identify_depth: int
    track_depth: int
    charged: bool
    charged_events: bool
    country_code: bool
    trunk_zero: bool
    use_ip: bool
    debug: bool

    @classmethod
    def of(cls, site: Site, *, debug: bool = False) -> Self:
        """The features that ``site`` uses."""
        enabled = [event for event in site.events if event.enabled]
        code = site.identify.default_country_code
        charged_events = any(event.charged for event in enabled)
        named_charged = any(clevertap.clean_name(event.name) == clevertap.CHARGED for event in enabled)
        return cls(
            send_all=site.track.send == "all",
            before_identify=site.track.before_identify,
            identify_depth=_depth(site.identify.nested),
            track_depth=_depth(site.track.nested),
            charged=charged_events or named_charged or site.track.send == "all",
            charged_events=charged_events,
            country_code=code is not None,
            # Italy's numbers keep their leading zero.
            trunk_zero=code is not None and code != "+39",
            use_ip=site.clevertap.use_ip,
            debug=debug,
        )


def _depth(nested: Nested) -> int:
    return _JOINED_NAMES if nested == "flatten" else 0
