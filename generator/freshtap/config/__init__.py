"""A file → a :class:`~freshtap.config.site.Site`, or everything that is wrong with it, at once.

The checks of single values live in :mod:`.site`; :mod:`.findings` makes sentences of what they find.
"""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from freshtap.config import findings
from freshtap.config.findings import Location
from freshtap.config.site import Site
from freshtap.errors import ConfigError, Problem

#: What a config is called where none is named.
DEFAULT_NAME: Final = "freshtap.toml"

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
    data: Mapping[str, Any] = field(default_factory=dict)
    """What that comes to as TOML, where it is; for :func:`from_mapping`."""

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
        written = text(path)
    except ConfigError as error:
        return Reading(file, None, error.problems)
    return replace(parse(written, file=file), text=written)


def text(path: Path) -> str:
    """What stands in a config file. Raises :class:`ConfigError` where it cannot be read, or is no text."""
    file = str(path)
    try:
        with path.open("rb") as opened:
            content = opened.read(_USUAL)
            if len(content) == _USUAL:
                # Never more than that, whatever it is: some files do not end.
                content += opened.read(_LARGEST + 1 - _USUAL)
    except FileNotFoundError:
        raise _unreadable(file, 'does not exist. "freshtap init" writes one') from None
    except OSError as error:
        raise _unreadable(file, f"cannot be read ({error.strerror or error})") from None
    if len(content) > _LARGEST:
        raise _unreadable(file, "is larger than any config", f"at most {_LARGEST:,} bytes")
    try:
        # Editors on Windows put a byte order mark in front.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(file, "is not UTF-8 text", "a file saved in that encoding") from None


def parse(text: str, *, file: str = DEFAULT_NAME) -> Reading:
    """Reads the text of a config. ``file`` is what problems call it."""
    try:
        return from_mapping(_tables(text, file), file=file)
    except ConfigError as error:
        return Reading(file, None, error.problems)


def _tables(text: str, file: str) -> dict[str, Any]:
    """The text as TOML. Raises :class:`ConfigError` where it is none, or could exhaust what reads it."""
    # Few configs have so many dots anywhere.
    if text.count(".") >= _DEEPEST and _DEEP_KEY.search(_TEXT_OR_COMMENT.sub('""', text)):
        raise _too_deep(file)
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise _too_deep(file) from None
    # Not only TOMLDecodeError: Python refuses integers of thousands of digits with its plain base class.
    except ValueError as error:
        # Which also says what a program should do about them.
        raise _unreadable(file, f"is not valid TOML: {str(error).partition('; use sys.')[0]}") from None
    if _depth(data, limit=_DEEPEST) > _DEEPEST:
        raise _too_deep(file)
    return data


def from_mapping(data: Mapping[str, Any], *, file: str = DEFAULT_NAME) -> Reading:
    """Reads a parsed config."""
    try:
        return Reading(file, Site.model_validate(data), data=data)
    except ValidationError as error:
        details = error.errors(include_url=False)
    try:
        rest = Site.model_validate(_readable_part(data, (detail["loc"] for detail in details)))
    except ValidationError:
        rest = None
    return Reading(file, rest, tuple(findings.problems(details, file)), data=data)


def _too_deep(file: str) -> ConfigError:
    return _unreadable(file, "is nested too deeply", f"at most {_DEEPEST} tables or lists inside each other")


def _unreadable(file: str, wrong: str, allowed: str = "") -> ConfigError:
    return ConfigError([Problem(file, "", wrong, allowed=allowed)])


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
