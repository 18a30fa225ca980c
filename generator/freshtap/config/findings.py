"""What is wrong with a parsed config, in sentences: the key, the value, what is allowed, a guess at what was meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from freshtap.config.site import Site
from freshtap.config.table import OWN_WORDS
from freshtap.config.transformations import Transformation
from freshtap.errors import Problem, shown

#: A place in a config, as pydantic names it.
Location = tuple[int | str, ...]

#: Tables that there can be any number of.
_LISTS: Final = ("events", "transformations")

#: By key: how the sentence goes on after a value that is none of the choices.
_NOT_A_CHOICE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "clevertap.region": "is not a region",
        "freshpaint.connection_mode": "cannot be used: CleverTap is a client-side destination, "
        "to which the browser sends directly",
        "freshpaint.source": "cannot be used: this destination is for web pages only, not for mobile apps or servers",
    }
)
#: By the type of pydantic's error: what is wrong with the value, and what is allowed.
_WRONG_TYPE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "string_type": ("is not text", "text in quotes"),
        "bool_type": ("is neither true nor false", "true, false"),
        "model_type": ("is not a table", "a table of keys and values"),
        "model_attributes_type": ("is not a table", "a table of keys and values"),
        "tuple_type": ("is not a list of tables", "any number of [[{key}]] tables"),
    }
)
#: What belongs where a key is missing that cannot be done without.
_MISSING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "clevertap": "a table [clevertap] with account_id or dashboard_url",
        "account_id": "CleverTap's account id, like TEST-86K-4Z9-K85Z, or dashboard_url in its place",
        "name": "the name that the page calls freshpaint.track with",
        "on": 'an event\'s name, "*" or "identify"',
        "value": "text, true, false, or a finite number",
    }
)


def problems(details: Sequence[ErrorDetails], file: str) -> Iterator[Problem]:
    """A problem for each thing that pydantic has found."""
    is_url_bad = any(detail["loc"] == ("clevertap", "dashboard_url") for detail in details)
    for detail in details:
        # An account id that a broken dashboard address would have given is not one problem more.
        if not (is_url_bad and detail["type"] == "missing" and detail["loc"] == ("clevertap", "account_id")):
            yield _problem(detail, file)


def _problem(detail: ErrorDetails, file: str) -> Problem:
    """What pydantic found, in our words."""
    kind, location, value, context = detail["type"], detail["loc"], detail["input"], detail.get("ctx", {})
    key = _dotted(location)
    if kind == OWN_WORDS:
        return Problem(file, key, context["wrong"], value, context["allowed"])
    if kind == "extra_forbidden":
        return _unknown_key(location, value, file)
    if kind == "missing":
        *table, last = location
        allowed = _MISSING.get(str(last)) or ", ".join(_choices(tuple(table), str(last))) or "text in quotes"
        return Problem(file, key, "is missing", allowed=allowed)
    if kind == "union_tag_not_found":
        return Problem(file, f"{key}.op", "is missing", allowed=", ".join(_operations()))
    if kind in {"literal_error", "union_tag_invalid"}:
        choices = re.findall(r"'([^']*)'", context.get("expected") or context["expected_tags"])
        if kind == "union_tag_invalid":
            # What was written there, not pydantic's text of it.
            key, value = f"{key}.op", value["op"]
        return Problem(
            file,
            key,
            _NOT_A_CHOICE.get(key, "is none of the choices"),
            value,
            ", ".join(choices) or str(context["expected"]).lower(),
            guess(value, choices),
        )
    wrong, allowed = _WRONG_TYPE.get(kind, (detail["msg"], ""))
    return Problem(file, key, wrong, value, allowed.format(key=key))


def _unknown_key(location: Location, value: object, file: str) -> Problem:
    *table, last = location
    name, keys = str(last), _keys(tuple(table))
    wrong, meant = f"unknown key, with the value {shown(value)}", guess(name, keys)
    if table and name in _keys(()):
        wrong += f"; {name} belongs at the top of the file, before the first table"
    elif not meant:
        sections = (section for section in _keys(()) if section not in _LISTS and name in _keys((section,)))
        meant = next((f"{section}.{name}" for section in sections), "")
    return Problem(file, _dotted(location), wrong, allowed=", ".join(keys), meant=meant)


def _keys(table: Location) -> list[str]:
    """The keys that a table of the config may have; none where there is no such table."""
    return [field.alias or name for name, field in _fields(table).items()]


def _choices(table: Location, key: str) -> tuple[str, ...]:
    """What a key of a table can be set to; nothing where that is not one of a few words."""
    annotation = _fields(table)[key].annotation if key in _fields(table) else None
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _fields(table: Location) -> Mapping[str, FieldInfo]:
    """The fields of a table of the config; none where there is no such table."""
    model: Any = Site
    for part in table:
        if isinstance(part, int):
            continue
        if part in _operations():
            model = _operations()[part]
            continue
        field = model.model_fields.get(part)
        inner = field.annotation if field else None
        model = get_args(inner)[0] if get_args(inner) else inner
    is_table = isinstance(model, type) and issubclass(model, BaseModel)
    return model.model_fields if is_table else {}


@cache
def _operations() -> dict[str, type[BaseModel]]:
    """The transformations by the name that ``op`` gives them."""
    models = get_args(get_args(Transformation)[0])
    return {get_args(model.model_fields["op"].annotation)[0]: model for model in models}


def guess(value: object, choices: Iterable[str]) -> str:
    """The choice that was probably meant, in whatever case it was written; empty where none is like it."""
    if not isinstance(value, str):
        return ""
    by_lower = {choice.lower(): choice for choice in choices}
    close = difflib.get_close_matches(value[:100].strip().lower(), by_lower, n=1)
    return by_lower[close[0]] if close else ""


def _dotted(location: Location) -> str:
    """A place in the config as a person writes it: ``events[2].name``."""
    if location[:1] == ("transformations",):
        # pydantic puts the transformation's op between its number and its keys.
        location = location[:2] + location[3:]
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", part) else shown(part)
            text += f".{name}" if text else name
    return text
