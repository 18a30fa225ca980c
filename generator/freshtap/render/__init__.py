"""A site → its JavaScript: the templates of its features, minified once per feature set, its values last.

The site's values enter as one JSON argument that cannot become code: ASCII only, and every character that means
something to HTML or to JavaScript beyond a text's end is escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, NamedTuple

import jinja2
from jinja2.utils import htmlsafe_json_dumps

from freshtap import __version__, clevertap
from freshtap.config.site import Site
from freshtap.config.transformations import ChangeType, RenameEvent, SendBuiltin, Transformation
from freshtap.errors import BuildError
from freshtap.minify import MINIFIERS, minified
from freshtap.plan import naming
from freshtap.render import templating
from freshtap.render.features import Features
from freshtap.render.reasons import MAX_STORED_CALLS, REASONS

#: Stands in bridge.js where the site's values go.
_VALUES: Final = "SITE"

#: In debug builds, a line that is nothing but a call of report() tells the developer what became of a value, and one of
#: trace() tells tools how far a call has come. In production builds there is no such line.
_REPORT: Final = re.compile(r"^ *(report|trace)\(.*\);\n", re.MULTILINE)

#: With nothing between values: the same ones give the same text.
_COMPACT: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"))

#: What the templates need to know besides a site's features.
_CONSTANTS: Final[dict[str, Any]] = {
    "version": __version__,
    # Inside a regular expression's brackets only the backslash has to be escaped.
    "prohibited": (clevertap.PROHIBITED_CHARACTERS + clevertap.DELETED_CHARACTERS).replace("\\", "\\\\"),
    "reserved": "|".join(map(re.escape, clevertap.RESERVED_EVENT_NAMES)).replace("\\ ", " "),
    "unsent_event_properties": "|".join(clevertap.UNSENT_EVENT_PROPERTIES),
    "unsent_user_properties": "|".join(clevertap.UNSENT_USER_PROPERTIES),
    "name_length": clevertap.MAX_NAME_LENGTH,
    "value_length": clevertap.MAX_VALUE_LENGTH,
    "identity_length": clevertap.MAX_IDENTITY_LENGTH,
    "property_count": clevertap.MAX_PROPERTIES,
    "item_count": clevertap.MAX_CHARGED_ITEMS,
    "stored_calls": MAX_STORED_CALLS,
    # Milliseconds: after which the SDK sends once more what CleverTap has not confirmed and a switch waits for; when a
    # call's callback runs.
    "resend_after": 5000,
    "callback_delay": 100,
    # How long a page that the browser may be leaving counts as left.
    "leaving": 9000,
    "reasons": dict(sorted(REASONS.items())),
}


class Scripts(NamedTuple):
    """A site's JavaScript: the account's script in two parts, and the snippet in front of it."""

    common: str
    """What the scripts of all sites of its feature set begin with."""
    own: str
    """The rest: its own values, and what ends a script."""
    snippet: str
    """The inline script that notes calls until the account's script is there, without its script element."""

    @property
    def bridge(self) -> str:
        """The account's script."""
        return self.common + self.own


def scripts(site: Site, *, minifier: str = MINIFIERS[0], debug: bool = False) -> Scripts:
    """Everything that a site's pages run. Raises :class:`BuildError` where the minifier fails."""
    names = naming.names(site)
    features = Features.of(site, names, debug=debug)
    before, after = _bridge(features, minifier)
    own = str(htmlsafe_json_dumps(values(site, names), dumps=_COMPACT.encode)) + after
    return Scripts(before, own, _snippet(features.companion, bool(features.builtins), minifier))


def bridge(site: Site, *, minifier: str = MINIFIERS[0], debug: bool = False) -> str:
    """The account's script. Raises :class:`BuildError` where the minifier fails."""
    return scripts(site, minifier=minifier, debug=debug).bridge


def snippet(site: Site, *, minifier: str = MINIFIERS[0]) -> str:
    """The inline script that notes calls until the account's script is there, without its script element."""
    features = Features.of(site)
    return _snippet(features.companion, bool(features.builtins), minifier)


@cache
def _bridge(features: Features, minifier: str) -> tuple[str, str]:
    """What stands before and after the site's values, for one feature set."""
    context = {name: getattr(features, name) for name in features.__slots__}
    context |= {
        # Without a prototype: on some pages it has properties of its own, which nobody has called with.
        "empty": "Object.create(null)",
        "noted": False,
        # Where the calls are that were noted before this script.
        "global": "freshtap" if features.companion else "freshpaint",
    }
    source = _rendered("bridge.js", context)
    if not features.debug:
        source = _REPORT.sub("", source)
    before, _, after = minified(source, minifier).rpartition(_VALUES)
    return before, after


@cache
def _snippet(companion: bool, builtins: bool, minifier: str) -> str:
    # What it notes the account's script copies once more, and makes of it what can be stored.
    context = {"empty": "{}", "noted": True, "companion": companion, "builtins": builtins}
    return minified(_rendered("snippet.js", context), minifier).strip().rstrip(";")


def _rendered(template: str, context: dict[str, Any]) -> str:
    try:
        return templating.template(template).render(_CONSTANTS | context)
    except jinja2.TemplateError as error:
        raise BuildError(f"template {template}: {error}") from error


def values(site: Site, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What belongs to this one account; ``names`` as for :class:`Features`. Only what its features read is there."""
    account = site.clevertap
    found: dict[str, Any] = {
        "account": account.account_id,
        "name": site.freshpaint.destination,
        "sdk": account.sdk_url,
    }
    if names is None:
        names = naming.names(site)
    if names:
        found["events"] = list(names.items())
    # The SDK puts a region in front of every domain; a proxy has one only where the config says so.
    if account.region or not account.target_domain:
        found["region"] = site.region
    if account.target_domain:
        found["domain"] = account.target_domain
    if account.token:
        found["token"] = account.token
    if site.identify.default_country_code:
        found["code"] = site.identify.default_country_code.removeprefix("+")
    transformations = [each for each in site.transformations if not isinstance(each, RenameEvent)]
    if transformations:
        # As the templates call them: each letter is one in every script.
        found["changes"] = [_row(each) for each in transformations]
    return found


def _row(transformation: Transformation) -> list[Any]:
    """One transformation: the event it is on (empty for user properties), the property, what is done, and its detail.

    A built-in is done by its own name, a change of type by the type's, all else by the first word of the operation.
    """
    on = "" if transformation.on == "identify" else transformation.on
    match transformation:
        case ChangeType():
            return [on, transformation.property, transformation.to]
        case SendBuiltin():
            return [on, transformation.property]
    name, *detail = transformation.model_dump(exclude={"on", "op"}).values()
    return [on, name, transformation.op.partition("-")[0], *detail]
