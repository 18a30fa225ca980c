"""Config files → an output folder: validate them all, make each site, write.

Nothing is written before every config has been validated, and nothing is published before every site is made.
Of each site only its config's path is kept in memory: its files are staged and forgotten; what was validated, and what
the manifest says of it, goes into ledgers.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from freshtap import artifacts, config, output, plan
from freshtap.output import comparison, manifest
from freshtap.artifacts import Entry, Options
from freshtap.errors import BuildError, ConfigError, Problem
from freshtap.output.ledger import Ledger
from freshtap.output.comparison import Changes, Removals
from freshtap.build.workers import Workers


class Source(NamedTuple):
    """What a site is built from: a config as it was validated."""

    file: str
    digest: str
    """Of its text, which is read once more when the site is made; empty for what can be read only once, as a pipe."""
    values: str
    """What stands in it, as JSON: read and validated, which takes longer than all that is made of it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What validating one config has brought. ``name`` is empty and there is no ``source`` where it cannot be built."""

    file: str
    name: str
    problems: tuple[Problem, ...]
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """One site that is staged: its manifest entry, and the paths that are written and removed."""

    name: str
    entry: Entry
    written: tuple[str, ...]
    removals: Removals


@dataclass(frozen=True, slots=True)
class Compared:
    """One site as it would be built: its manifest entry, and how what is there differs from what should be."""

    name: str
    entry: Entry
    diff: str


def validate(
    files: Iterable[str], team: Workers, sources: Ledger, *, missing: Iterable[Problem] = (), strict: bool = False
) -> Generator[Checked, None, None]:
    """Validates every config, yielding as it goes. Those that can be built it adds to ``sources``.

    Raises :class:`ConfigError` at the end, with all that is wrong: what :mod:`.collection` has found ``missing``, and two
    sites of one name included.
    """
    wrong: list[tuple[int, Problem]] = [(-1, problem) for problem in missing]
    for number, checked in enumerate(team.each(partial(_check, strict=strict), files)):
        if checked.source:
            # Directories that differ only in case are one and the same on many disks.
            sources.add(checked.name.lower(), json.dumps((number, checked.name, checked.source)))
        else:
            wrong += ((number, problem) for problem in checked.problems)
        yield checked
    wrong += _shared_names(sources)
    if wrong:
        raise ConfigError(problem for _, problem in sorted(wrong, key=itemgetter(0)))


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


def _each(sources: Ledger) -> Iterator[Source]:
    """What was validated, each site once, by their names."""
    latest = ""
    for name, value in sources:
        if name != latest:
            yield Source(*json.loads(value)[2])
        latest = name


class Building:
    """A build that has begun: its sites are staged one by one, and published all at once."""

    def __init__(self, out: Path, staged: Path, made: Iterator[Built], entries: Ledger, removals: Ledger) -> None:
        self._out = out
        self._staged = staged
        self._made = made
        self._entries = entries
        self._removals = removals

    def sites(self) -> Iterator[Built]:
        """Each site once it is staged."""
        for built in self._made:
            self._entries.add(built.name, manifest.entry_text(built.entry))
            if built.removals.all:
                self._removals.add(built.name, output.removals_text(built.removals))
            yield built

    def publish(self) -> bool:
        """Moves every site into place, those that nobody has asked for yet, too; whether the manifest has changed."""
        for _ in self.sites():
            pass
        return output.commit(self._out, self._staged, self._entries, self._removals)


@contextmanager
def begun(sources: Ledger, out: Path, options: Options, team: Workers, *, prune: bool = False) -> Iterator[Building]:
    """A build of validated configs into ``out``, in the order of their sites' names.

    What is not published is gone when this is left.
    """
    with output.stage(out) as staged, Ledger(staged) as entries, Ledger(staged) as removals:
        make = partial(_stage, out=out, staged=staged, options=options, prune=prune)
        with closing(team.each(make, _each(sources))) as made:
            yield Building(out, staged, made, entries, removals)


def compare(
    sources: Ledger, out: Path, options: Options, team: Workers, *, prune: bool = False
) -> Generator[str, None, None]:
    """What a build would change, as unified diffs, site by site and then for the manifest; empty where nothing would.

    And which scripts of earlier builds have been changed since.
    """
    with Ledger() as entries:
        for compared in team.each(partial(_compare, out=out, options=options, prune=prune), _each(sources)):
            entries.add(compared.name, manifest.entry_text(compared.entry))
            yield compared.diff
        yield comparison.manifest_diff(out, entries)


def _check(file: str, *, strict: bool) -> Checked:
    reading = config.read(Path(file))
    try:
        planned = plan.examine(reading, strict=strict)
    except ConfigError as error:
        return Checked(file, "", error.problems)
    # Not the path's own method, which takes longer.
    digest = _digest(reading.text) if os.path.isfile(file) else ""  # noqa: PTH113
    source = Source(file, digest, json.dumps(reading.data, separators=(",", ":")))
    return Checked(file, planned.site.name, planned.warnings, source)


def _make(source: Source, out: Path, options: Options, prune: bool) -> tuple[artifacts.Artifacts, Changes]:
    """Raises :class:`BuildError` where the config is not the one that was validated any more."""
    if source.digest and source.digest != _digest_of(source.file):
        raise BuildError(f"{source.file} has changed while it was built. Build again.")
    site = artifacts.make(config.from_mapping(json.loads(source.values), file=source.file).valid(), options)
    return site, comparison.changes(out, site, prune=prune)


def _digest_of(file: str) -> str:
    """The digest of what is in a config file now; empty where that cannot be read."""
    try:
        return _digest(config.text(Path(file)))
    except ConfigError:
        return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _stage(source: Source, *, out: Path, staged: Path, options: Options, prune: bool) -> Built:
    site, changed = _make(source, out, options, prune)
    output.add(staged, changed)
    return Built(site.name, site.entry, tuple(changed.files), changed.removals)


def _compare(source: Source, *, out: Path, options: Options, prune: bool) -> Compared:
    site, changed = _make(source, out, options, prune)
    # Those of earlier builds a build does not touch, unless it removes them.
    misnamed = "" if prune else comparison.misnamed(out, site)
    return Compared(site.name, site.entry, comparison.diff(out, changed) + misnamed)
