"""From a file to a :class:`~freshtap.site.Site`, or to everything that is wrong with it, at once.

The checks of single values live in :mod:`freshtap.site`; here their findings become sentences, with the
dotted key, the value, what is allowed, and a guess at what was meant.
"""

from __future__ import annotations

import copy
import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from freshtap.errors import ConfigError, Problem, shown
from freshtap.site import Site
from freshtap.table import OWN_WORDS
from freshtap.transformations import Transformation

#: What a config is called where none is named.
DEFAULT_NAME: Final = "freshtap.toml"

Location = tuple[int | str, ...]

#: Bytes: room for twenty times the events that one account can have, and little enough to be read in seconds.
_LARGEST: Final = 1024 * 1024
#: Room is made for no more than so many at first: making room for the largest takes longer than reading.
_USUAL: Final = 16 * 1024
#: Tables and lists inside each other. A config has three; hundreds exhaust Python's stack, wherever they are read.
_DEEPEST: Final = 30
_TEXT_OR_COMMENT: Final = re.compile(
    r""""{3}(?:[^"\\]++|\\.|"(?!""))*+"{3,5}|'{3}.*?'{3,5}|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*'|#[^\n]*""", re.DOTALL
)
#: A key of more than so many parts, each begun where a part begins. tomllib needs the square of their number in memory.
_DEEP_KEY: Final = re.compile(rf'(?<![\w"-])(?:[\w"-]++[ \t]*+\.[ \t]*+){{{_DEEPEST}}}')

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
#: The keys of problems that leave an event without its name.
_EVENT_NAME: Final = re.compile(r"events(\[\d+\](\.name)?)?")
_UNREADABLE_ACCOUNT_ID: Final = "0-0-0"


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of a config.

    ``site`` holds what the file says where that is valid, and the defaults elsewhere: without problems it is
    the site, with problems it only serves to look for more of them. None where nothing could be read.
    """

    file: str
    site: Site | None
    problems: tuple[Problem, ...] = ()
    text: str = ""
    """What stands in the file, where it is text."""

    @property
    def knows_every_event(self) -> bool:
        """Whether the name of each event could be read."""
        return not any(_EVENT_NAME.fullmatch(problem.key) for problem in self.problems)

    def valid(self) -> Site:
        """The site; raises :class:`ConfigError` with every problem if there are any."""
        if self.problems or self.site is None:
            raise ConfigError(self.problems)
        return self.site


def read(path: Path) -> Reading:
    """Reads a config file. Never raises for what is in it, or for its absence."""
    file = str(path)
    try:
        with path.open("rb") as opened:
            content = opened.read(_USUAL)
            if len(content) == _USUAL:
                # Never more than that, whatever it is: some files do not end.
                content += opened.read(_LARGEST + 1 - _USUAL)
    except FileNotFoundError:
        return _unreadable(file, 'does not exist. "freshtap init" writes one')
    except OSError as error:
        return _unreadable(file, f"cannot be read ({error.strerror or error})")
    if len(content) > _LARGEST:
        return _unreadable(file, "is larger than any config", f"at most {_LARGEST:,} bytes")
    try:
        # Editors on Windows put a byte order mark in front.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _unreadable(file, "is not UTF-8 text", "a file saved in that encoding")
    return replace(parse(text, file=file), text=text)


def parse(text: str, *, file: str = DEFAULT_NAME) -> Reading:
    """Reads the text of a config. ``file`` is what problems call it."""
    too_deep = _unreadable(file, "is nested too deeply", f"at most {_DEEPEST} tables or lists inside each other")
    # Few configs have so many dots anywhere.
    if text.count(".") >= _DEEPEST and _DEEP_KEY.search(_TEXT_OR_COMMENT.sub('""', text)):
        return too_deep
    try:
        data = tomllib.loads(text)
    except RecursionError:
        return too_deep
    # Not only TOMLDecodeError: Python refuses integers of thousands of digits with its plain base class.
    except ValueError as error:
        # Which also says what a program should do about them.
        return _unreadable(file, f"is not valid TOML: {str(error).partition('; use sys.')[0]}")
    return too_deep if _depth(data, limit=_DEEPEST) > _DEEPEST else from_mapping(data, file=file)


def from_mapping(data: Mapping[str, Any], *, file: str = DEFAULT_NAME) -> Reading:
    """Reads a parsed config."""
    try:
        return Reading(file, Site.model_validate(data))
    except ValidationError as error:
        details = error.errors(include_url=False)
    try:
        rest = Site.model_validate(_readable_part(data, (detail["loc"] for detail in details)))
    except ValidationError:
        rest = None
    return Reading(file, rest, tuple(_problems(details, file)))


def _unreadable(file: str, wrong: str, allowed: str = "") -> Reading:
    return Reading(file, None, (Problem(file, "", wrong, allowed=allowed),))


def _depth(data: Mapping[str, Any], *, limit: int) -> int:
    """How many tables and lists are inside each other, counted up to one more than ``limit``."""
    level: list[Any] = [data]
    depth = 0
    while level and depth <= limit:
        depth += 1
        insides = (table.values() if isinstance(table, dict) else table for table in level)
        level = [value for inside in insides for value in inside if isinstance(value, dict | list)]
    return depth


def _readable_part(data: Mapping[str, Any], locations: Iterable[Location]) -> dict[str, Any]:
    """The config without what stands at ``locations``."""
    rest = copy.deepcopy(dict(data))
    for section, *inside in locations:
        table = rest.get(str(section))
        if section in {"events", "transformations"} and inside and isinstance(table, list):
            index = int(inside[0])
            # The others keep their numbers, and what can be read of this one is checked as well.
            table[index] = _LISTED[section](table[index], index, inside[1:])
        elif inside and isinstance(table, dict):
            table.pop(inside[0], None)
        else:
            rest.pop(str(section), None)
    rest.setdefault("clevertap", {}).setdefault("account_id", _UNREADABLE_ACCOUNT_ID)
    return rest


def _readable_event(event: Any, index: int, wrong: list[int | str]) -> dict[str, Any]:
    """An event without what is ``wrong`` in it; where that is its name, one that takes no part in anything."""
    name = event.get("name") if isinstance(event, dict) else None
    if not isinstance(name, str) or name.startswith("\0") or wrong[:1] in ([], ["name"]):
        return {"name": f"\0{index}", "enabled": False}
    return {key: value for key, value in event.items() if key != wrong[0]}


def _readable_transformation(transformation: Any, index: int, wrong: list[int | str]) -> dict[str, Any]:
    """One that changes nothing that others do, on the same event where that can be read."""
    on = transformation.get("on") if isinstance(transformation, dict) else None
    is_readable = isinstance(on, str) and on.strip() and "on" not in wrong
    return {"on": on if is_readable else "*", "op": "uppercase", "property": f"unreadable {index}"}


_LISTED: Final = {"events": _readable_event, "transformations": _readable_transformation}


def _problems(details: Sequence[ErrorDetails], file: str) -> Iterator[Problem]:
    is_url_bad = any(detail["loc"] == ("clevertap", "dashboard_url") for detail in details)
    for detail in details:
        # An account id that a broken dashboard address would have given is not one problem more.
        if not (is_url_bad and detail["type"] == "missing" and detail["loc"] == ("clevertap", "account_id")):
            yield _problem(detail, file)


def _problem(detail: ErrorDetails, file: str) -> Problem:
    """What pydantic found, in our words."""
    kind, location, value, context = detail["type"], detail["loc"], detail["input"], detail.get("ctx", {})
    key = dotted(location)
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


def _unknown_key(location: Location, value: object, file: str) -> Problem:
    *table, last = location
    name, keys = str(last), _keys(tuple(table))
    wrong, meant = f"unknown key, with the value {shown(value)}", guess(name, keys)
    if table and name in _keys(()):
        wrong += f"; {name} belongs at the top of the file, before the first table"
    elif not meant:
        sections = (section for section in _keys(()) if section not in _LISTS and name in _keys((section,)))
        meant = next((f"{section}.{name}" for section in sections), "")
    return Problem(file, dotted(location), wrong, allowed=", ".join(keys), meant=meant)


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


def dotted(location: Location) -> str:
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
