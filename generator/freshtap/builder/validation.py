"""Config files → what their sites are made from, or everything that is wrong with any of them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from freshtap import config, plan
from freshtap.builder.workers import Workers
from freshtap.errors import ConfigError, Problem
from freshtap.output.ledger import Ledger

if TYPE_CHECKING:
    # It stands on sqlite3, which not every Python has.
    from freshtap.builder.memory import Memory


class Source(NamedTuple):
    """What a site is built from: a config as it was validated."""

    file: str
    digest: str
    """Of its text, which is read once more when the site is made; empty for what can be read only once, as a pipe."""
    values: str
    """What stands in it, as JSON: read and validated, which takes longer than all that is made of it.

    Empty where the site is there already, as it would be made.
    """
    is_silent: bool
    """Whether there are no warnings: those every build tells, so that the config is validated each time."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What validating one config has brought. ``name`` is empty and there is no ``source`` where it cannot be built."""

    file: str
    name: str
    problems: tuple[Problem, ...]
    source: Source | None = None


def validate(
    files: Iterable[str],
    team: Workers,
    sources: Ledger,
    *,
    missing: Iterable[Problem] = (),
    strict: bool = False,
    memory: Memory | None = None,
) -> Generator[Checked, None, None]:
    """Validates every config, yielding as it goes. Those that can be built it adds to ``sources``.

    A config whose site is there as it would be made, as far as the ``memory`` goes, has been validated when that was.

    Raises :class:`ConfigError` at the end, with all that is wrong: what :mod:`.collection` has found ``missing``, and
    two sites of one name included.
    """
    wrong: list[tuple[int, Problem]] = [(-1, problem) for problem in missing]
    known = memory if memory and memory.is_listed() else None
    for number, checked in enumerate(team.each(partial(_check, strict=strict, memory=known), files)):
        if checked.source:
            # Directories that differ only in case are one and the same on many disks.
            sources.add(checked.name.lower(), json.dumps((number, checked.name, checked.source)))
        else:
            wrong += ((number, problem) for problem in checked.problems)
        yield checked
    wrong += _shared_names(sources)
    if wrong:
        raise ConfigError(problem for _, problem in sorted(wrong, key=itemgetter(0)))


def _check(file: str, *, strict: bool, memory: Memory | None) -> Checked:
    # Not the path's own method, which takes longer.
    is_lasting = os.path.isfile(file)  # noqa: PTH113
    if memory and is_lasting:
        digest = digest_of(file)
        name = memory.name(file, digest)
        if name:
            return Checked(file, name, (), Source(file, digest, "", is_silent=True))
    reading = config.read(Path(file))
    try:
        planned = plan.examine(reading, strict=strict)
    except ConfigError as error:
        return Checked(file, "", error.problems)
    digest = _digest(reading.text) if is_lasting else ""
    values = json.dumps(reading.data, separators=(",", ":"))
    source = Source(file, digest, values, is_silent=not planned.warnings)
    return Checked(file, planned.site.name, planned.warnings, source)


def _shared_names(sources: Ledger) -> Iterator[tuple[int, Problem]]:
    """A problem for every site but the first of a name, with the number of its file."""
    key, first = "", ""
    for name, value in sources:
        number, written, (file, *_) = json.loads(value)
        if name != key:
            key, first = name, file
        elif not _is_same(file, first):
            yield number, Problem(file, "name", f"is the name of {first}, too", written, "any other name")


def _is_same(file: str, other: str) -> bool:
    """Whether it is one config, which has been named twice, perhaps by way of a link."""
    try:
        return file == other or Path(file).samefile(other)
    except OSError:
        return False


def each(sources: Ledger) -> Iterator[Source]:
    """What was validated, each site once, by their names."""
    latest = ""
    for name, value in sources:
        if name != latest:
            yield Source(*json.loads(value)[2])
        latest = name


def digest_of(file: str) -> str:
    """The digest of what is in a config file now; empty where that cannot be read."""
    try:
        return _digest(config.text(Path(file)))
    except ConfigError:
        return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
