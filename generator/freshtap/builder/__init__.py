"""Config files → an output folder: validate them all, make each site, write.

Nothing is written before every config has been validated, and nothing is published before every site is made.
Of each site only its config's path is kept in memory: its files are staged and forgotten; what was validated, and what
the manifest says of it, goes into ledgers.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from freshtap import artifacts, config, output
from freshtap.artifacts import Entry, Options
from freshtap.builder import validation
from freshtap.builder.validation import Source
from freshtap.builder.workers import Workers
from freshtap.errors import BuildError
from freshtap.output import comparison, manifest
from freshtap.output.comparison import Removals
from freshtap.output.ledger import Ledger

if TYPE_CHECKING:
    # It stands on sqlite3, which not every Python has.
    from freshtap.builder.memory import Memory


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
        for source in validation.each(self._sources):
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
        for compared in team.each(partial(_compare, out=out, options=options, prune=prune), validation.each(sources)):
            entries.add(compared.name, manifest.entry_text(compared.entry))
            yield compared.diff
        yield comparison.manifest_diff(out, entries)


def _make(source: Source, options: Options) -> artifacts.Artifacts:
    """Raises :class:`BuildError` where the config is not the one that was validated any more."""
    if source.digest and source.digest != validation.digest_of(source.file):
        raise BuildError(f"{source.file} has changed while it was built. Build again.")
    return artifacts.make(config.from_mapping(json.loads(source.values), file=source.file).valid(), options)


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
