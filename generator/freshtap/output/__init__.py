"""The output folder: the only place where freshtap writes.

A build is staged in a hidden folder inside the output folder and moved into place when it is complete, file
by file, each in one step, a new site's folder as a whole, the manifest last. Until then nothing that is published
changes. The manifest is read and written site by site: however many sites there are, memory does not grow with them.
"""

from __future__ import annotations

import contextlib
import filecmp
import gzip
import json
import os
import re
import shutil
import stat
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from freshtap.artifacts import COMPRESSED_SUFFIXES, HASHED_NAME, Artifacts, hashed_name
from freshtap.errors import OutputError, concerning
from freshtap.output import differences, manifest
from freshtap.output.ledger import Ledger
from freshtap.output.moves import Moves

if sys.platform != "win32":
    import fcntl

_STAGE_PREFIX = ".freshtap-"
#: What a build may find of earlier ones: a script, or a compressed sibling.
_EARLIER: Final = re.compile(rf"{HASHED_NAME}({'|'.join(map(re.escape, COMPRESSED_SUFFIXES))})?")
#: What is staged is divided among so many folders, so that none has to be listed that holds every site.
_STAGED_FOLDERS: Final = 256


@dataclass(frozen=True, slots=True)
class Removals:
    """What is to be removed of a site. Paths are relative to the output folder."""

    stale: tuple[str, ...] = ()
    """Compressed siblings of an earlier build: a server would go on serving them in place of the script."""
    old: tuple[str, ...] = ()
    """Scripts of earlier builds, if they are to be removed."""

    @property
    def all(self) -> tuple[str, ...]:
        """Both kinds."""
        return (*self.stale, *self.old)


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between a site's files and the output folder. Paths are relative to the folder."""

    files: Mapping[str, bytes]
    removals: Removals


def changes(out: Path, site: Artifacts, *, prune: bool = False) -> Changes:
    """What a build would change. Reads only."""
    there = _paths_in(_site_folder(out, site.name))
    files = {
        path: content
        for path, content in site.files.items()
        if path not in there or not _is_current(f"{out}/{path}", content)
    }
    siblings = {f"{path}{suffix}" for path in site.files for suffix in COMPRESSED_SUFFIXES} - site.files.keys()
    stale = siblings & there
    others = (there - site.files.keys() - stale) if prune else ()
    old = (path for path in others if _EARLIER.fullmatch(path.rpartition("/")[2]))
    return Changes(files, Removals(tuple(sorted(stale)), tuple(sorted(old))))


def diff(out: Path, changed: Changes) -> str:
    """The changes as a unified diff, from what is in the folder to what would be."""
    new: dict[str, bytes | None] = {**changed.files, **dict.fromkeys(changed.removals.all)}
    return "".join(_diff(out, path, new[path]) for path in sorted(new))


def misnamed(out: Path, site: Artifacts) -> str:
    """A line for each script of an earlier build whose content is not what it is called by."""
    others = sorted(_paths_in(_site_folder(out, site.name)) - site.files.keys())
    scripts = (out / path for path in others if re.fullmatch(HASHED_NAME, path.rpartition("/")[2]))
    return "".join(
        f"{path.as_posix()} has not the content that its name was made of. Remove it, or build with --prune.\n"
        for path in scripts
        if path.is_file() and hashed_name(_read(path) or b"") != path.name
    )


def manifest_diff(out: Path, entries: Ledger) -> str:
    """How the manifest would change, as a unified diff; compressed sizes aside."""
    try:
        return _manifest_diff(out, entries, _site_by_site)
    except manifest.UnfamiliarLayoutError:
        return _manifest_diff(out, entries, _as_a_whole)


def _manifest_diff(out: Path, entries: Ledger, read: Callable[[Path], manifest.Listed]) -> str:
    path = out / manifest.NAME

    def new() -> Iterator[bytes]:
        return manifest.dump(manifest.merged(read(path), entries, manifest.with_known_size))

    return "" if _consists_of(path, new()) else _diff(out, manifest.NAME, b"".join(new()))


def _consists_of(path: Path, parts: Iterator[bytes]) -> bool:
    """Whether these are what is in the file: all of it, and no more."""
    file = _opened(path)
    if file is None:
        return False
    with concerning(path), file:
        return all(file.read(len(part)) == part for part in parts) and not file.read(1)


def _site_by_site(path: Path) -> manifest.Listed:
    """The sites that a manifest lists, read as they are asked for.

    Raises :class:`~freshtap.output.manifest.UnfamiliarLayoutError`, perhaps after some of them.
    """
    file = _opened(path)
    if file is not None:
        with concerning(path), file:
            yield from manifest.read(file)


def _as_a_whole(path: Path) -> manifest.Listed:
    """The sites that a manifest lists, in whatever layout.

    Raises :class:`OutputError` where it cannot be understood.
    """
    content = _read(path)
    return () if content is None else manifest.listed(manifest.parse(content, file=str(path)))


@contextlib.contextmanager
def stage(out: Path) -> Iterator[Path]:
    """A folder to stage a build in; it is gone afterwards, whatever happens."""
    path = out / manifest.NAME
    file = _opened(path)
    if file is not None:
        # Before the work, where that takes no time; otherwise it is found out before anything is changed.
        with concerning(path), file:
            if not manifest.is_familiar(file):
                file.seek(0)
                manifest.parse(file.read(), file=str(path))
    is_new = not out.exists()
    with concerning(out):
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
    folder = ""
    for path, content in changed.files.items():
        if not folder:
            site = path.partition("/")[0]
            folder = f"{staged}/{zlib.crc32(site.encode()) % _STAGED_FOLDERS:02x}"
            with concerning(f"{folder}/{site}"):
                Path(folder, site).mkdir(parents=True, exist_ok=True)
        target = f"{folder}/{path}"
        # Not by a Path, which for so many files takes as long as writing them.
        with concerning(target), open(target, "wb") as file:  # noqa: PTH123
            file.write(content)


def commit(out: Path, staged: Path, entries: Ledger, removals: Ledger) -> bool:
    """Moves what is staged into place and records ``entries`` in the manifest; whether that has changed.

    All of it, or nothing: what cannot be finished is taken back. A script's compressed siblings go before it changes,
    and older scripts only after nothing refers to them.
    """
    new = staged / manifest.NAME
    path = out / manifest.NAME
    with _alone(out):
        # First, because it can be refused: then nothing has changed yet.
        try:
            _write(new, manifest.dump(manifest.merged(_site_by_site(path), entries)))
        except manifest.UnfamiliarLayoutError:
            _write(new, manifest.dump(manifest.merged(_as_a_whole(path), entries)))
        folders = sorted(path for path in staged.iterdir() if path.is_dir())
        with Moves(staged) as moves:
            for _, paths in removals:
                for stale in json.loads(paths)["stale"]:
                    moves.remove(out / stale)
            for folder in (site for sites in folders for site in sorted(sites.iterdir())):
                _publish(moves, folder, _site_folder(out, folder.name))
            with concerning(path):
                is_changed = path.is_symlink() or not path.exists() or not filecmp.cmp(new, path, shallow=False)
            if is_changed:
                moves.place(new, path)
            for _, paths in removals:
                for old in json.loads(paths)["old"]:
                    moves.remove(out / old)
    return is_changed


@contextlib.contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Meanwhile no other build publishes into the folder, which would forget what this one adds to the manifest."""
    if sys.platform == "win32":
        yield
        return
    with concerning(out):
        # The folder itself: a file to lock would have to stay in what is published.
        folder = os.open(out, os.O_RDONLY)
    try:
        # Some disks know no locks.
        with contextlib.suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def removals_text(removals: Removals) -> str:
    """What is to be removed of a site, for :func:`commit`."""
    return json.dumps({"stale": removals.stale, "old": removals.old})


def _publish(moves: Moves, folder: Path, target: Path) -> None:
    """Moves one site's files into place."""
    if not target.exists():
        moves.place_new(folder, target)
        return
    # The hashed script is there before anything that names it: "freshtap.<hash>.js" sorts before
    # "snippet.html".
    for file in sorted(folder.iterdir()):
        moves.place(file, target / file.name)


def _write(path: Path, parts: Iterator[bytes]) -> None:
    with concerning(path), path.open("wb") as file:
        file.writelines(parts)


def write_new(path: Path, text: str) -> None:
    """Writes a file that must not exist yet. Where it cannot be written whole, there is none."""
    with concerning(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise OutputError(f"{path.parent} is a file: nothing can be written into it.") from None
        try:
            file = path.open("x", encoding="utf-8", newline="\n")
        except FileExistsError:
            raise OutputError(f"{path} exists already, and is left as it is.") from None
        try:
            with file:
                file.write(text)
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def _site_folder(out: Path, name: str) -> Path:
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


def _paths_in(folder: Path) -> set[str]:
    """Everything in a site's folder, as paths in the output folder; nothing where there is no such folder."""
    with concerning(folder):
        try:
            return {f"{folder.name}/{name}" for name in os.listdir(folder)}  # noqa: PTH208 - half the time
        except FileNotFoundError:
            return set()


def _is_current(path: str, content: bytes) -> bool:
    """Whether the file has this content. Of a compressed one, what it unpacks to counts."""
    existing = _read(path)
    if existing is None or existing == content or not path.endswith(COMPRESSED_SUFFIXES):
        return existing == content
    suffix = path[path.rindex(".") :]
    return _unpacked(suffix, existing) == _unpacked(suffix, content)


def _unpacked(suffix: str, content: bytes) -> bytes | None:
    if suffix == ".gz":
        with contextlib.suppress(OSError, EOFError, ValueError, zlib.error):
            return gzip.decompress(content)
        return None
    import brotli  # noqa: PLC0415 - an extra, which has written the file

    try:
        unpacked: bytes = brotli.decompress(content)
    except brotli.error:
        return None
    return unpacked


def _read(path: Path | str) -> bytes | None:
    """What is in the file; None where there is none."""
    file = _opened(path)
    if file is None:
        return None
    with concerning(path), file:
        return file.read()


def _opened(path: Path | str) -> IO[bytes] | None:
    """The file, to be read; None where there is none."""
    with concerning(path):
        try:
            # What a link leads to is another's file; replacing the link is right, leaving it is not.
            return None if os.path.islink(path) else open(path, "rb")  # noqa: PTH114, PTH123 - half the time
        except FileNotFoundError:
            return None


def _diff(out: Path, path: str, content: bytes | None) -> str:
    name = (out / path).as_posix()
    existing = _read(out / path)
    before, after = (name if side is not None else "/dev/null" for side in (existing, content))
    if path.endswith(COMPRESSED_SUFFIXES):
        return f"Binary files {before} and {after} differ\n"
    old, new = ([] if side is None else side.decode(errors="replace").split("\n") for side in (existing, content))
    if not old or not new:
        # The end of the last line begins no other.
        old, new = (lines[:-1] if lines[-1:] == [""] else lines for lines in (old, new))
    return differences.unified(old, new, before, after)
