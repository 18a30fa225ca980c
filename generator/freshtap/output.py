"""The output folder: the only place where freshtap writes.

A build is staged in a hidden folder inside the output folder and moved into place when it is complete, file
by file, each in one step, the manifest last. Until then nothing that is published changes.
"""

from __future__ import annotations

import contextlib
import difflib
import gzip
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from freshtap import manifest
from freshtap.artifacts import COMPRESSED_SUFFIXES, HASHED_SCRIPT, Artifacts, Entry
from freshtap.errors import OutputError

_STAGE_PREFIX = ".freshtap-"
#: Lines of a diff are cut here: a minified script is one line.
_LONGEST_DIFF_LINE: Final = 160


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between a site's files and the output folder. Paths are relative to the folder."""

    files: Mapping[str, bytes]
    stale: tuple[str, ...] = ()
    """Compressed siblings of an earlier build: a server would go on serving them in place of the script."""
    old: tuple[str, ...] = ()
    """Scripts of earlier builds, if they are to be removed."""

    def __bool__(self) -> bool:
        return bool(self.files or self.stale or self.old)


def changes(out: Path, site: Artifacts, *, prune: bool = False) -> Changes:
    """What a build would change. Reads only."""
    folder = _site_folder(out, site.name)
    files = {path: content for path, content in site.files.items() if not _is_current(out / path, content)}
    siblings = {f"{path}{suffix}" for path in site.files for suffix in COMPRESSED_SUFFIXES} - site.files.keys()
    stale = sorted(path for path in siblings if os.path.lexists(out / path))
    old = []
    if prune and folder.is_dir():
        names = sorted(file.name for file in folder.iterdir() if HASHED_SCRIPT.fullmatch(file.name))
        paths = (f"{site.name}/{name}" for name in names)
        old = [path for path in paths if path not in site.files and path not in stale]
    return Changes(files, tuple(stale), tuple(old))


def diff(out: Path, changed: Changes) -> str:
    """The changes as a unified diff, from what is in the folder to what would be."""
    new: dict[str, bytes | None] = {**changed.files, **dict.fromkeys((*changed.stale, *changed.old))}
    return "".join(_diff(out, path, new[path]) for path in sorted(new))


def manifest_diff(out: Path, entries: manifest.Entries) -> str:
    """How the manifest would change, as a unified diff; compressed sizes aside."""
    existing = entries_of(out)
    content = manifest.dump(manifest.merged(existing, manifest.with_known_sizes(existing, entries)))
    return "" if _is_current(out / manifest.NAME, content) else _diff(out, manifest.NAME, content)


def entries_of(out: Path) -> dict[str, Entry]:
    """The sites that the folder's manifest lists.

    Raises :class:`OutputError` where it cannot be understood.
    """
    path = out / manifest.NAME
    content = _read(path)
    return {} if content is None else manifest.parse(content, file=str(path))


@contextlib.contextmanager
def stage(out: Path) -> Iterator[Path]:
    """A folder to stage a build in; it is gone afterwards, whatever happens."""
    entries_of(out)
    is_new = not out.exists()
    with _told(out):
        out.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=_STAGE_PREFIX, dir=out))
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)
        if is_new:
            # Only where nothing has been built into it.
            with contextlib.suppress(OSError):
                out.rmdir()


def add(staged: Path, changed: Changes) -> None:
    """Stages one site's files."""
    for path, content in changed.files.items():
        target = staged / path
        with _told(target):
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content)


def commit(out: Path, staged: Path, entries: manifest.Entries, removals: Mapping[str, Changes]) -> None:
    """Moves what is staged into place and records ``entries`` in the manifest.

    A script's compressed siblings go before it changes, and older scripts only after nothing refers to them.
    """
    # First, because it can be refused: then nothing has changed yet.
    content = manifest.dump(manifest.merged(entries_of(out), entries))
    for changed in removals.values():
        _remove(out, changed.stale)
    for folder in sorted(path for path in staged.iterdir() if path.is_dir()):
        target = _site_folder(out, folder.name)
        with _told(target):
            target.mkdir(exist_ok=True)
        # The hashed script is there before anything that names it: "freshtap.<hash>.js" sorts before
        # "snippet.html".
        for file in sorted(folder.iterdir()):
            with _told(target / file.name):
                file.replace(target / file.name)
    if _read(out / manifest.NAME) != content:
        with _told(out / manifest.NAME):
            (staged / manifest.NAME).write_bytes(content)
            (staged / manifest.NAME).replace(out / manifest.NAME)
    for changed in removals.values():
        _remove(out, changed.old)


def write_new(path: Path, text: str) -> None:
    """Writes a file that must not exist yet."""
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            file = path.open("x", encoding="utf-8", newline="\n")
        except FileExistsError:
            raise OutputError(f"{path} exists already, and is left as it is.") from None
        with file:
            file.write(text)


def _site_folder(out: Path, name: str) -> Path:
    """A site's folder. Raises :class:`OutputError` where writing into it would reach outside the output."""
    if PurePosixPath(name).name != name or name in {"", ".."}:
        raise OutputError(f"{name!r} cannot be a folder in {out}.")
    folder = out / name
    if folder.is_symlink():
        raise OutputError(f"{folder} is a symbolic link, and what is built would end up elsewhere. Remove it.")
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is in the way: a folder of this name is needed.")
    return folder


def _is_current(path: Path, content: bytes) -> bool:
    """Whether the file has this content. Of a compressed one, what it unpacks to counts."""
    existing = _read(path)
    if existing is None or existing == content or path.suffix not in COMPRESSED_SUFFIXES:
        return existing == content
    return _unpacked(path.suffix, existing) == _unpacked(path.suffix, content)


def _unpacked(suffix: str, content: bytes) -> bytes | None:
    if suffix == ".gz":
        with contextlib.suppress(OSError, EOFError, ValueError):
            return gzip.decompress(content)
        return None
    import brotli  # noqa: PLC0415 - an extra, which has written the file

    try:
        unpacked: bytes = brotli.decompress(content)
    except brotli.error:
        return None
    return unpacked


def _read(path: Path) -> bytes | None:
    """What is in the file; None where there is none."""
    with _told(path):
        try:
            # What a link leads to is another's file; replacing the link is right, leaving it is not.
            return None if path.is_symlink() else path.read_bytes()
        except FileNotFoundError:
            return None


def _diff(out: Path, path: str, content: bytes | None) -> str:
    name = (out / path).as_posix()
    existing = _read(out / path)
    before, after = (name if side is not None else "/dev/null" for side in (existing, content))
    if path.endswith(COMPRESSED_SUFFIXES):
        return f"Binary files {before} and {after} differ\n"
    old, new = (side.decode(errors="replace").split("\n") if side is not None else [] for side in (existing, content))
    lines = difflib.unified_diff(old, new, before, after, lineterm="")
    return "".join(f"{_cut(line)}\n" for line in lines)


def _cut(line: str) -> str:
    if len(line) <= _LONGEST_DIFF_LINE:
        return line
    return f"{line[:_LONGEST_DIFF_LINE]}… ({len(line) - 1} characters)"


def _remove(out: Path, paths: tuple[str, ...]) -> None:
    for path in paths:
        with _told(out / path):
            (out / path).unlink(missing_ok=True)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turns what the operating system says into a sentence about ``path``."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror or error}.") from error
