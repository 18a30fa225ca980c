"""The names that a command was given → the config files that they mean."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from freshtap.errors import Problem


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
