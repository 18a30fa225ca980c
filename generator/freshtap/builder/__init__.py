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
from typing import TYPE_CHECKING, NamedTuple

from freshtap import artifacts, config, output, plan
from freshtap.artifacts import Entry, Options
from freshtap.builder.workers import Workers
from freshtap.errors import BuildError, ConfigError, Problem
from freshtap.output import comparison, manifest
from freshtap.output.comparison import Removals
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


@dataclass(frozen=True, slots=True)
class Built:
    """One site that is staged: its manifest entry, and the paths that are written and removed."""

    name: str
    entry: Entry
    written: tuple[str, ...]
    removals: Removals
    memory: tuple[str, str, str] | None
    """What is to be remembered of it: config, name, and state; None where that is not known for sure."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One site as it would be built: its manifest entry, and how what is there differs from what should be."""

    name: str
    entry: Entry
    diff: str


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

    def __init__(
        self, sources: Ledger, out: Path, staged: Path, ledgers: tuple[Ledger, Ledger, Ledger], memory: Memory | None
    ) -> None:
        self.made: Iterator[Built] = iter(())
        self.staged_count = 0
        self.unchanged_count = 0
        """Sites that are there already, as they would be made."""
        self._sources = sources
        self._out = out
        self._staged = staged
        self._entries, self._removals, self._remembered = ledgers
        self._memory = memory

    def to_make(self) -> Iterator[Source]:
        """What sites are to be made from."""
        for source in _each(self._sources):
            if source.values:
                yield source
            else:
                self.unchanged_count += 1

    def sites(self) -> Iterator[Built]:
        """Each site once it is staged, which the unchanged are not."""
        for built in self.made:
            self.staged_count += 1
            self._entries.add(built.name, manifest.entry_text(built.entry))
            if built.removals.all:
                self._removals.add(built.name, output.removals_text(built.removals))
            if built.memory:
                self._remembered.add(built.name, json.dumps(built.memory))
            yield built

    def publish(self) -> bool:
        """Moves every site into place, those that nobody has asked for yet, too; whether the manifest has changed."""
        for _ in self.sites():
            pass
        is_listed = self._memory is not None and self._memory.is_listed()
        if is_listed and not self.staged_count:
            return False
        is_changed = output.commit(self._out, self._staged, self._entries, self._removals)
        if self._memory:
            self._memory.keep((json.loads(kept) for _, kept in self._remembered), afresh=not is_listed)
        return is_changed


@contextmanager
def begun(
    sources: Ledger, out: Path, options: Options, team: Workers, *, prune: bool = False, memory: Memory | None = None
) -> Iterator[Building]:
    """A build of validated configs into ``out``, in the order of their sites' names.

    What is not published is gone when this is left; what is, the ``memory`` will know again.
    """
    with output.stage(out) as staged, Ledger(staged) as entries, Ledger(staged) as removals, Ledger(staged) as kept:
        building = Building(sources, out, staged, (entries, removals, kept), memory)
        make = partial(_stage, out=out, staged=staged, options=options, prune=prune, memory=memory)
        with closing(team.each(make, building.to_make())) as building.made:
            yield building


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


def _check(file: str, *, strict: bool, memory: Memory | None) -> Checked:
    # Not the path's own method, which takes longer.
    is_lasting = os.path.isfile(file)  # noqa: PTH113
    if memory and is_lasting:
        digest = _digest_of(file)
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


def _make(source: Source, options: Options) -> artifacts.Artifacts:
    """Raises :class:`BuildError` where the config is not the one that was validated any more."""
    if source.digest and source.digest != _digest_of(source.file):
        raise BuildError(f"{source.file} has changed while it was built. Build again.")
    return artifacts.make(config.from_mapping(json.loads(source.values), file=source.file).valid(), options)


def _digest_of(file: str) -> str:
    """The digest of what is in a config file now; empty where that cannot be read."""
    try:
        return _digest(config.text(Path(file)))
    except ConfigError:
        return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _stage(source: Source, *, out: Path, staged: Path, options: Options, prune: bool, memory: Memory | None) -> Built:
    site = _make(source, options)
    known = memory if source.digest and source.is_silent else None
    # Looked at before its files are read: what is changed after that is not what is remembered.
    state = known.state(f"{out}/{site.name}", source.digest) if known else ""
    changed = comparison.changes(out, site, prune=prune)
    folder = output.add(staged, changed)
    if known and (changed.files or changed.removals.all):
        # A folder of which some files are replaced is for the next build to know, which finds it so.
        state = "" if state else known.state(folder, source.digest)
    kept = (source.file, site.name, state) if state else None
    return Built(site.name, site.entry, tuple(changed.files), changed.removals, kept)


def _compare(source: Source, *, out: Path, options: Options, prune: bool) -> Compared:
    site = _make(source, options)
    changed = comparison.changes(out, site, prune=prune)
    # Those of earlier builds a build does not touch, unless it removes them.
    misnamed = "" if prune else comparison.misnamed(out, site)
    return Compared(site.name, site.entry, comparison.diff(out, changed) + misnamed)
