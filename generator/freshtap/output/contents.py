"""What is in the output folder already: a site's folder, its files, the sites that the manifest lists. Reads only."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import IO

from freshtap.errors import OutputError, concerning
from freshtap.output import manifest


def site_by_site(path: Path) -> manifest.Listed:
    """The sites that a manifest lists, read as they are asked for.

    Raises :class:`~freshtap.output.manifest.UnfamiliarLayoutError`, perhaps after some of them.
    """
    file = opened(path)
    if file is not None:
        with concerning(path), file:
            yield from manifest.read(file)


def as_a_whole(path: Path) -> manifest.Listed:
    """The sites that a manifest lists, in whatever layout.

    Raises :class:`OutputError` where it cannot be understood.
    """
    content = read(path)
    return () if content is None else manifest.listed(manifest.parse(content, file=str(path)))


def site_folder(out: Path, name: str) -> Path:
    """A site's folder. Raises :class:`OutputError` where writing into it would reach outside the output."""
    if "/" in name or name in {"", ".", ".."}:
        raise OutputError(f"{name!r} cannot be a folder in {out}.")
    folder = out / name
    with concerning(folder):
        try:
            mode = folder.lstat().st_mode
        except FileNotFoundError:
            return folder
        if stat.S_ISLNK(mode):
            raise OutputError(f"{folder} is a symbolic link, and what is built would end up elsewhere. Remove it.")
        if not stat.S_ISDIR(mode):
            raise OutputError(f"{folder} is in the way: a folder of this name is needed.")
    return folder


def paths_in(folder: Path) -> set[str]:
    """Everything in a site's folder, as paths in the output folder; nothing where there is no such folder."""
    with concerning(folder):
        try:
            return {f"{folder.name}/{name}" for name in os.listdir(folder)}  # noqa: PTH208 - half the time
        except FileNotFoundError:
            return set()


def read(path: Path | str) -> bytes | None:
    """What is in the file; None where there is none."""
    file = opened(path)
    if file is None:
        return None
    with concerning(path), file:
        return file.read()


def opened(path: Path | str) -> IO[bytes] | None:
    """The file, to be read; None where there is none."""
    with concerning(path):
        try:
            # What a link leads to is another's file; replacing the link is right, leaving it is not.
            return None if os.path.islink(path) else open(path, "rb")  # noqa: PTH114, PTH123 - half the time
        except FileNotFoundError:
            return None
