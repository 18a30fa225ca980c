"""A build from start to end: collect the configs, validate them all, make each site, write.

Nothing is written before every config has been validated, and nothing is published before every site is made.
Of each site only its config's path is kept in memory: its files are staged and forgotten; what was validated, and what
the manifest says of it, goes into ledgers.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from freshtap import artifacts, config, output, plan
from freshtap.output import manifest
from freshtap.artifacts import Entry, Options
from freshtap.errors import BuildError, ConfigError, Problem
from freshtap.output.ledger import Ledger
from freshtap.output import Changes, Removals
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


def collect(named: Sequence[str]) -> tuple[list[str], list[Problem]]:
    """The config files that are meant: of a directory each ``*.toml`` in it, of a glob each match.

    Sorted within a directory or glob, each file once; and a problem for each name that means none.
    """
    found: list[str] = []
    missing: list[Problem] = []
    for name in named:
        try:
            files, closed = _files(name)
        except OSError as error:
            missing.append(Problem(name, "", error.strerror or str(error)))
            continue
        missing += (Problem(folder, "", "cannot be looked into") for folder in closed)
        if not files and not closed:
            wrong = "no *.toml in this directory" if Path(name).is_dir() else "no file matches"
            missing.append(Problem(name, "", wrong))
        found += files
    # One directory has no file twice, and may have very many.
    return found if len(named) == 1 else list(dict.fromkeys(found)), missing


def _files(name: str) -> tuple[list[str], list[str]]:
    """The files that one name means, and the folders that it is not allowed to look for them in.

    A name that is no pattern means that file, whether it is there or not.
    """
    if Path(name).is_dir():
        # Not Path.glob, which holds everything that is in the directory.
        with os.scandir(name) as entries:
            return sorted(str(Path(name, entry.name)) for entry in entries if _is_config(entry)), []
    if not glob.has_magic(name) or Path(name).exists():
        return [str(Path(name))], []
    # Several of these in a row match what one does, but go through every directory once more each.
    pattern = re.sub(r"(\*\*/)+", "**/", name)
    # Path.glob takes no absolute patterns.
    files = {str(Path(file)) for file in glob.glob(pattern, recursive=True) if _is_file(Path(file))}  # noqa: PTH207
    # It passes over these without a word.
    folders = glob.iglob(os.path.join(os.path.dirname(pattern), ""), recursive=True)  # noqa: PTH118, PTH120, PTH207
    return sorted(files), sorted(str(Path(folder)) for folder in folders if not os.access(folder, os.R_OK | os.X_OK))


def _is_config(entry: os.DirEntry[str]) -> bool:
    """As a glob takes them: neither a folder, nor what is hidden, as an editor's lock."""
    return fnmatch(entry.name, "*.toml") and not entry.name.startswith(".") and _is_file(entry)


def _is_file(entry: Path | os.DirEntry[str]) -> bool:
    """Also a link that leads nowhere: that is told, and not passed over."""
    return entry.is_file() or (entry.is_symlink() and not os.path.exists(entry))  # noqa: PTH110 - also for scandir's


def validate(
    files: Iterable[str], team: Workers, sources: Ledger, *, missing: Iterable[Problem] = (), strict: bool = False
) -> Generator[Checked, None, None]:
    """Validates every config, yielding as it goes. Those that can be built it adds to ``sources``.

    Raises :class:`ConfigError` at the end, with all that is wrong: what :func:`collect` has found ``missing``, and two
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
        yield output.manifest_diff(out, entries)


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
    return site, output.changes(out, site, prune=prune)


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
    misnamed = "" if prune else output.misnamed(out, site)
    return Compared(site.name, site.entry, output.diff(out, changed) + misnamed)
