"""Hostile input: texts that have broken generators, values of every type in every place, configs with them, broken files.

Strategies for hypothesis, and the TOML that they are written down in.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from hypothesis import strategies as st

#: Each has a meaning to somebody on the way: HTML, JavaScript, Jinja, jsmin, TOML, a terminal, a file system, the SDK.
PIECES: Final = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    "\"'`\\",
    "\\u0041\\x41\\",
    "${7*7}",
    "{{ 7*7 }}{% raw %}",
    "$fill(account)/*% if x %*//*# x #*/",
    "*/ alert(1) /*",
    "// report(1);\n",
    "SITE",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "FBID",
    "a.b:c$d&e%f>g<h!i",
    "o'brien",
    "\x00\x1b[31m\x7f",
    "\u202eabc\u200f\u2028\u2029\u0085",
    "\u00a0\u3000\ufeff\u1680",
    "👩‍👩‍👧",
    "e\u0301\u0130ß",
    "\U0010ffff",
    "../../x",
    "C:\\con",
    " ",
    "\t\r\n",
    "x" * 119 + "🦀",
    "y" * 511 + "🦀",
    "z" * 5000,
    "Stayed",
    "*",
    "identify",
    "0",
    "-0.0",
    "true",
)

_characters = st.text(st.characters(codec="utf-8"), max_size=12)
#: Any text that a file can hold, with a liking for what has a meaning somewhere.
texts: Final = st.one_of(
    st.sampled_from(PIECES),
    _characters,
    st.lists(st.one_of(st.sampled_from(PIECES), _characters), min_size=2, max_size=4).map("".join),
)

#: Any text that a command line can hold.
arguments: Final = texts.map(lambda text: text.replace("\0", ""))

#: Every type that TOML has but tables and lists.
scalars: Final = st.one_of(
    texts,
    st.booleans(),
    st.integers(),
    st.sampled_from([2**53, -(2**64), 10**400, math.inf, math.nan, -0.0, 1e308, 5e-324]),
    st.floats(),
    st.datetimes(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.dates(),
    st.times(),
)
values: Final = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)

#: A config that uses every key, to put something else in one place after another.
WHOLE: Final[Mapping[str, Any]] = {
    "name": "demo",
    "clevertap": {
        "account_id": "TEST-86K-4Z9-K85Z",
        "region": "in1",
        "dashboard_url": "https://in1.dashboard.clevertap.com/TEST-86K-4Z9-K85Z/",
        "token": "abc-def",
        "target_domain": "ct.example.com",
        "sdk_url": "https://cdn.example.com/clevertap.min.js",
        "use_ip": True,
        "spa": True,
        "transport": "fetch",
    },
    "freshpaint": {
        "mode": "standalone",
        "connection_mode": "client-side",
        "source": "web",
        "hipaa": False,
        "destination": "CleverTap",
    },
    "identify": {"default_country_code": "+1", "nested": "flatten"},
    "track": {"send": "all", "before_identify": "hold", "nested": "flatten"},
    "events": [{"name": "Product Viewed", "enabled": True, "charged": False}],
    "transformations": [
        {"on": "*", "op": "rename-property", "from": "coupon", "to": "Coupon code"},
        {"on": "identify", "op": "send-constant", "property": "plan", "value": "free"},
        {"on": "Product Viewed", "op": "rename-event", "to": "Seen"},
        {"on": "*", "op": "change-type", "property": "price", "to": "number"},
        {"on": "*", "op": "send-builtin", "property": "url"},
        {"on": "*", "op": "delete-property", "property": "secret"},
    ],
    "consent": {"required": True, "respect_gpc": True},
}

Place = tuple[str | int, ...]


def _places(inside: Any, place: Place = ()) -> list[Place]:
    """Where something could stand in a config: every key of every table."""
    keys: Sequence[Any] = list(inside) if isinstance(inside, dict) else range(len(inside))
    deeper = [_places(inside[key], (*place, key)) for key in keys if isinstance(inside[key], dict | list)]
    return [(*place, key) for key in keys] + [found for those in deeper for found in those]


PLACES: Final = tuple(_places(dict(WHOLE)))


def dotted(place: Place) -> str:
    """A place as a message names it: ``events[0].name``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def at(place: Place, config: Mapping[str, Any] = WHOLE) -> Any:
    """What stands at a place."""
    found: Any = config
    for part in place:
        found = found[part]
    return found


def replaced(place: Place, value: Any, config: Mapping[str, Any] = WHOLE) -> dict[str, Any]:
    """A config with something else in one place."""
    changed = copy.deepcopy(dict(config))
    at(place[:-1], changed)[place[-1]] = value
    return changed


@st.composite
def configs(draw: st.DrawFn) -> dict[str, Any]:
    """A config with up to three things in it that may not belong there, under keys that may not exist."""
    config = copy.deepcopy(dict(WHOLE))
    for _ in range(draw(st.integers(0, 3))):
        *table, key = draw(st.sampled_from(PLACES))
        inside = at(tuple(table), config) if _is_there(tuple(table), config) else config
        if isinstance(inside, dict):
            inside[draw(st.one_of(st.just(str(key)), texts))] = draw(values)
    return config


def _is_there(place: Place, config: Mapping[str, Any]) -> bool:
    try:
        at(place, config)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def toml(value: Any) -> str:
    """A value as TOML, tables in one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        # TOML knows no halves of surrogate pairs, and wants DEL escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{toml(key)} = {toml(inside)}" for key, inside in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(toml, value)) + "]"
    return str(value.isoformat())


def file(config: Mapping[str, Any]) -> bytes:
    """A config as the bytes of its file."""
    return "".join(f"{toml(key)} = {toml(value)}\n" for key, value in config.items()).encode()


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """What somebody may have saved under a config's name: cut short, patched, in another encoding, or anything at all."""
    whole = file(draw(configs()))
    kind = draw(st.sampled_from(("cut", "patched", "encoded", "words", "bytes")))
    if kind == "cut":
        return whole[: draw(st.integers(0, len(whole)))]
    if kind == "patched":
        start = draw(st.integers(0, len(whole)))
        return whole[:start] + draw(st.binary(max_size=8)) + whole[start + draw(st.integers(0, 40)) :]
    if kind == "encoded":
        encoding = draw(st.sampled_from(("utf-16", "utf-32", "latin-1", "utf-8-sig", "cp037")))
        return whole.decode().encode(encoding, errors="replace")
    if kind == "words":
        return "".join(draw(st.lists(st.sampled_from(_WORDS), max_size=60))).encode()
    return draw(st.binary(max_size=200))


#: What TOML is made of.
_WORDS: Final = (
    *"[]{}=,.#-+_\"'\\\n \t",
    '"""',
    "'''",
    "[[events]]",
    "[clevertap]",
    "account_id",
    "name",
    "0x",
    "1e9",
    "inf",
    "nan",
    "1979-05-27T07:32:00",
    "07:32",
    "true",
    "\r\n",
    "é",
    "\\u",
    "\x00",
)
