"""What a site uses, and so which parts of the templates its script is made of.

Sites that use the same features share one rendered and minified source; only their values differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from freshtap import clevertap
from freshtap.config.site import Nested, Site
from freshtap.config.transformations import ChangeType, RenameEvent, SendBuiltin
from freshtap.plan import naming

#: How many names may be joined to the first where nested properties are flattened: three names in all.
_JOINED_NAMES = 2


@dataclass(frozen=True, slots=True)
class Features:
    """The feature set of a site. Attribute names are what the templates ask for.

    ``listed`` is whether it has to know events by name; ``operations``, ``types`` and ``builtins`` are what its
    transformations use; ``options`` is anything that the SDK has to be told besides account and region.
    """

    send_all: bool
    before_identify: Literal["hold", "send", "drop"]
    identify_depth: int
    track_depth: int
    listed: bool
    charged: bool
    country_code: bool
    trunk_zero: bool
    use_ip: bool
    operations: frozenset[str]
    types: frozenset[str]
    builtins: frozenset[str]
    consent_required: bool
    respect_gpc: bool
    companion: bool
    spa: bool
    options: bool
    fetch: bool
    debug: bool

    @classmethod
    def of(cls, site: Site, names: Mapping[str, str] | None = None, *, debug: bool = False) -> Self:
        """The features that ``site`` uses; ``names`` are those of :mod:`~freshtap.plan.naming`, if known."""
        if names is None:
            names = naming.names(site)
        code = site.identify.default_country_code
        transformations = [each for each in site.transformations if not isinstance(each, RenameEvent)]
        fetch = site.clevertap.transport == "fetch"
        return cls(
            send_all=site.track.send == "all",
            before_identify=site.track.before_identify,
            identify_depth=_depth(site.identify.nested),
            track_depth=_depth(site.track.nested),
            listed=bool(names),
            charged=site.track.send == "all" or clevertap.CHARGED in names.values(),
            country_code=code is not None,
            # Italy's numbers keep their leading zero.
            trunk_zero=code is not None and code != "+39",
            use_ip=site.clevertap.use_ip,
            operations=frozenset(each.op for each in transformations),
            types=frozenset(each.to for each in transformations if isinstance(each, ChangeType)),
            builtins=frozenset(each.property for each in transformations if isinstance(each, SendBuiltin)),
            consent_required=site.consent.required,
            respect_gpc=site.consent.respect_gpc,
            companion=site.freshpaint.mode == "companion",
            spa=site.clevertap.spa,
            options=bool(fetch or site.clevertap.token or site.clevertap.target_domain),
            fetch=fetch,
            debug=debug,
        )


def _depth(nested: Nested) -> int:
    return _JOINED_NAMES if nested == "flatten" else 0
