"""A build from start to end: collect the configs, validate them all, make each site, write.

Nothing is written before every config has been validated, and nothing is published before every site is made.
Of each site only its config's path is kept in memory: its files are staged and forgotten, what the manifest says of it
goes into a ledger.
"""

from __future__ import annotations

import glob
import json
import os
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from operator import itemgetter
from pathlib import Path

from freshtap import artifacts, manifest, output, plan
from freshtap.artifacts import Entry, Options
from freshtap.errors import ConfigError, Problem
from freshtap.ledger import Ledger
from freshtap.output import Changes
from freshtap.workers import Workers


@dataclass(frozen=True, slots=True)
class Checked:
    """What validating one config has brought. ``name`` is empty where it cannot be built."""

    file: str
    name: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """One site: its manifest entry, the paths written and removed, and what --check would print."""

    name: str
    entry: Entry
    written: tuple[str, ...]
    removals: Changes
    diff: str = ""


def collect(named: Sequence[str]) -> tuple[list[str], list[Problem]]:
    """The config files that are meant: of a directory each ``*.toml`` in it, of a glob each match.

    Sorted within a directory or glob, each file once; and a problem for each name that means none.
    """
    found: list[str] = []
    missing: list[Problem] = []
    for name in named:
        try:
            files = _files(name)
        except OSError as error:
            missing.append(Problem(name, "", error.strerror or str(error)))
            continue
        if not files:
            wrong = "no *.toml in this directory" if Path(name).is_dir() else "no file matches"
            missing.append(Problem(name, "", wrong))
        found += files
    # One directory has no file twice, and may have very many.
    return found if len(named) == 1 else list(dict.fromkeys(found)), missing


def _files(name: str) -> list[str]:
    """The files that one name means. Where it means but one, that need not exist."""
    if Path(name).is_dir():
        # Not Path.glob, which holds everything that is in the directory.
        with os.scandir(name) as entries:
            return sorted(str(Path(name, entry.name)) for entry in entries if _is_config(entry))
    if not glob.has_magic(name) or Path(name).exists():
        return [str(Path(name))]
    # Several of these in a row match what one does, but go through every directory once more each.
    pattern = re.sub(r"(\*\*/)+", "**/", name)
    # Path.glob takes no absolute patterns.
    return sorted({str(Path(file)) for file in glob.glob(pattern, recursive=True) if _is_file(Path(file))})  # noqa: PTH207


def _is_config(entry: os.DirEntry[str]) -> bool:
    """As a glob takes them: neither a folder, nor what is hidden, as an editor's lock."""
    return fnmatch(entry.name, "*.toml") and not entry.name.startswith(".") and _is_file(entry)


def _is_file(entry: Path | os.DirEntry[str]) -> bool:
    """Also a link that leads nowhere: that is told, and not passed over."""
    return entry.is_file() or (entry.is_symlink() and not os.path.exists(entry))  # noqa: PTH110 - also for scandir's


def validate(
    files: Iterable[str], team: Workers, *, missing: Iterable[Problem] = (), strict: bool = False
) -> Generator[Checked, None, None]:
    """Validates every config, yielding as it goes.

    Raises :class:`ConfigError` at the end, with all that is wrong: what :func:`collect` has found ``missing``, and two
    sites of one name included.
    """
    wrong: list[tuple[int, Problem]] = [(-1, problem) for problem in missing]
    with Ledger() as names:
        for number, checked in enumerate(team.each(partial(_check, strict=strict), files)):
            if checked.name:
                # Directories that differ only in case are one and the same on many disks.
                names.add(checked.name.lower(), json.dumps((number, checked.file, checked.name)))
            else:
                wrong += ((number, problem) for problem in checked.problems)
            yield checked
        wrong += _shared_names(names)
    if wrong:
        raise ConfigError(problem for _, problem in sorted(wrong, key=itemgetter(0)))


def _shared_names(names: Ledger) -> Iterator[tuple[int, Problem]]:
    """A problem for every site but the first of a name, with the number of its file."""
    key, first = "", ""
    for name, value in names:
        number, file, written = json.loads(value)
        if name != key:
            key, first = name, file
        elif file != first:
            yield number, Problem(file, "name", f"is the name of {first}, too", written, "any other name")


def write(
    files: Iterable[str],
    out: Path,
    options: Options,
    team: Workers,
    *,
    prune: bool = False,
    listed: Callable[[Path], None] | None = None,
) -> Generator[Built, None, None]:
    """Builds validated configs into ``out``, yielding each site once it is staged.

    What is staged is published after the last one, all at once. ``listed`` is told of a manifest that was written.
    """
    with output.stage(out) as staged, Ledger(staged) as entries, Ledger(staged) as removals:
        make = partial(_stage, out=out, staged=staged, options=options, prune=prune)
        with closing(team.each(make, files)) as sites:
            for built in sites:
                entries.add(built.name, manifest.entry_text(built.entry))
                if built.removals:
                    removals.add(built.name, output.removals_text(built.removals))
                yield built
        is_listed_anew = output.commit(out, staged, entries, removals)
    if listed and is_listed_anew:
        listed(out / manifest.NAME)


def compare(
    files: Iterable[str], out: Path, options: Options, team: Workers, *, prune: bool = False
) -> Generator[str, None, None]:
    """What a build would change, as unified diffs, site by site and then for the manifest.

    Empty where nothing would.
    """
    with Ledger() as entries:
        for built in team.each(partial(_compare, out=out, options=options, prune=prune), files):
            entries.add(built.name, manifest.entry_text(built.entry))
            yield built.diff
        yield output.manifest_diff(out, entries)


def _check(file: str, *, strict: bool) -> Checked:
    try:
        planned = plan.load(Path(file), strict=strict)
    except ConfigError as error:
        return Checked(file, "", error.problems)
    return Checked(file, planned.site.name, planned.warnings)


def _make(file: str, out: Path, options: Options, prune: bool) -> tuple[artifacts.Artifacts, Changes]:
    site = artifacts.make(plan.load(Path(file)).site, options)
    return site, output.changes(out, site, prune=prune)


def _stage(file: str, *, out: Path, staged: Path, options: Options, prune: bool) -> Built:
    site, changed = _make(file, out, options, prune)
    output.add(staged, changed)
    return Built(site.name, site.entry, tuple(changed.files), Changes({}, changed.stale, changed.old))


def _compare(file: str, *, out: Path, options: Options, prune: bool) -> Built:
    site, changed = _make(file, out, options, prune)
    return Built(site.name, site.entry, (), Changes({}), output.diff(out, changed))
