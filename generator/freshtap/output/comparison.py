"""A site's files, and those that are in the output folder → what a build would change, and how that is printed.

Reads only.
"""

from __future__ import annotations

import contextlib
import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from freshtap.artifacts import COMPRESSED_SUFFIXES, HASHED_NAME, Artifacts, hashed_name
from freshtap.errors import concerning
from freshtap.output import contents, differences, manifest
from freshtap.output.ledger import Ledger

#: What a build may find of earlier ones: a script, or a compressed sibling.
_EARLIER: Final = re.compile(rf"{HASHED_NAME}({'|'.join(map(re.escape, COMPRESSED_SUFFIXES))})?")


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
    there = contents.paths_in(contents.site_folder(out, site.name))
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
    others = sorted(contents.paths_in(contents.site_folder(out, site.name)) - site.files.keys())
    scripts = (out / path for path in others if re.fullmatch(HASHED_NAME, path.rpartition("/")[2]))
    return "".join(
        f"{path.as_posix()} has not the content that its name was made of. Remove it, or build with --prune.\n"
        for path in scripts
        if path.is_file() and hashed_name(contents.read(path) or b"") != path.name
    )


def manifest_diff(out: Path, entries: Ledger) -> str:
    """How the manifest would change, as a unified diff; compressed sizes aside."""
    try:
        return _manifest_diff(out, entries, contents.site_by_site)
    except manifest.UnfamiliarLayoutError:
        return _manifest_diff(out, entries, contents.as_a_whole)


def _manifest_diff(out: Path, entries: Ledger, read: Callable[[Path], manifest.Listed]) -> str:
    path = out / manifest.NAME

    def new() -> Iterator[bytes]:
        return manifest.dump(manifest.merged(read(path), entries, manifest.with_known_size))

    return "" if _consists_of(path, new()) else _diff(out, manifest.NAME, b"".join(new()))


def _consists_of(path: Path, parts: Iterator[bytes]) -> bool:
    """Whether these are what is in the file: all of it, and no more."""
    file = contents.opened(path)
    if file is None:
        return False
    with concerning(path), file:
        return all(file.read(len(part)) == part for part in parts) and not file.read(1)


def _is_current(path: str, content: bytes) -> bool:
    """Whether the file has this content. Of a compressed one, what it unpacks to counts."""
    existing = contents.read(path)
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


def _diff(out: Path, path: str, content: bytes | None) -> str:
    name = (out / path).as_posix()
    existing = contents.read(out / path)
    before, after = (name if side is not None else "/dev/null" for side in (existing, content))
    if path.endswith(COMPRESSED_SUFFIXES):
        return f"Binary files {before} and {after} differ\n"
    old, new = ([] if side is None else side.decode(errors="replace").split("\n") for side in (existing, content))
    if not old or not new:
        # The end of the last line begins no other.
        old, new = (lines[:-1] if lines[-1:] == [""] else lines for lines in (old, new))
    return differences.unified(old, new, before, after)
