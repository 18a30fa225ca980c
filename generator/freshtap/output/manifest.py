"""``manifest.json``: every site of an output folder, in one file that other tools can read. Pure.

It is written and read site by site, so that memory does not grow with it. What other tools have written in another
layout is read as a whole.
"""

from __future__ import annotations

import heapq
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import IO, Any, Final, cast

from freshtap import __version__
from freshtap.artifacts import Entry
from freshtap.errors import OutputError, shown

NAME: Final = "manifest.json"
VERSION: Final = 1

#: What stands before the first site, from whichever freshtap, and what after the last.
_BEFORE: Final = re.compile(rb'\{\n  "generator": "freshtap [^"\\\x00-\x1f\x7f-\xff]*",\n  "sites": \{\n')
_AFTER: Final = f'  }},\n  "version": {VERSION}\n}}\n'.encode()

#: Sites by name, in this order, each with its entry as it is written.
Listed = Iterable[tuple[str, str]]


#: One value on one line.
_text: Final = json.JSONEncoder().encode


class UnfamiliarLayoutError(Exception):
    """A manifest that is not laid out as freshtap does it. Whether it can be understood is for :func:`parse`."""


def entry_text(entry: Mapping[str, Any]) -> str:
    """One site's entry, as it is written. Keys are sorted: the same sites give the same bytes."""
    return _indented(entry, "\n    ")


def _indented(value: Any, line_end: str) -> str:
    """JSON as :func:`json.dumps` indents it by two, in a third of the time. ``line_end`` has the indentation so far."""
    inside = f"{line_end}  "
    if isinstance(value, dict) and value:
        pairs = (f"{inside}{_text(key)}: {_indented(value[key], inside)}" for key in sorted(value))
        return f"{{{','.join(pairs)}{line_end}}}"
    if isinstance(value, list) and value:
        return f"[{','.join(f'{inside}{_indented(item, inside)}' for item in value)}{line_end}]"
    return _text(value)


def dump(sites: Listed) -> Iterator[bytes]:
    """The manifest's content, site by site."""
    yield f'{{\n  "generator": "freshtap {__version__}",\n  "sites": {{'.encode()
    between, after = "", ""
    for name, entry in sites:
        yield f"{between}\n    {json.dumps(name)}: {entry}".encode()
        between, after = ",", "\n  "
    yield f'{after}}},\n  "version": {VERSION}\n}}\n'.encode()


def is_familiar(file: IO[bytes]) -> bool:
    """Whether a manifest begins and ends as :func:`dump` writes it."""
    before = b"".join(file.readline() for _ in range(3))
    file.seek(max(file.seek(0, os.SEEK_END) - len(_AFTER), 0))
    return _BEFORE.fullmatch(before) is not None and file.read() == _AFTER


def read(lines: Iterator[bytes]) -> Iterator[tuple[str, str]]:
    """The sites of a manifest, read line by line.

    Raises :class:`UnfamiliarLayoutError`, at the latest after the last site, where :func:`dump` would have written it
    otherwise.
    """
    if not _BEFORE.fullmatch(b"".join(next(lines, b"") for _ in range(3))):
        raise UnfamiliarLayoutError
    site: list[bytes] = []
    earlier, end = "", b""
    for line in lines:
        site.append(line)
        if line in {b"    },\n", b"    }\n"} and end != b"    }\n":
            name, entry = _site(b"".join(site))
            if end and name <= earlier:
                raise UnfamiliarLayoutError
            yield name, entry
            site, earlier, end = [], name, line
    if end != b"    }\n" or b"".join(site) != _AFTER:
        raise UnfamiliarLayoutError


def _site(content: bytes) -> tuple[str, str]:
    """One site's name and entry, if it is as :func:`dump` writes it."""
    content = content.rstrip(b",\n")
    try:
        ((name, entry),) = json.loads(b"{" + content + b"}").items()
        text = entry_text(entry)
    except (ValueError, RecursionError):
        raise UnfamiliarLayoutError from None
    if f"    {json.dumps(name)}: {text}".encode() != content:
        raise UnfamiliarLayoutError
    return name, text


def parse(content: bytes, *, file: str) -> dict[str, Entry]:
    """The entries of a manifest.

    Raises :class:`OutputError`, calling it ``file``, where it is none of ours.
    """
    try:
        data: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise OutputError(f"{file} is not valid JSON ({error}). Move it away, then build all sites again.") from None
    sites = data.get("sites") if isinstance(data, dict) else None
    if not isinstance(sites, dict) or not all(isinstance(entry, dict) for entry in sites.values()):
        raise OutputError(f"{file} is no manifest of freshtap's. Move it away, then build all sites again.")
    if data.get("version") != VERSION:
        raise OutputError(
            f"{file} is of version {shown(data.get('version'))}, which this freshtap does not know. "
            f"Use the freshtap that wrote it, or move it away and build all sites again."
        )
    return cast("dict[str, Entry]", sites)


def listed(entries: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    """The sites of a manifest that was read as a whole.

    Raises :class:`OutputError` where an entry, which only has to be kept, cannot be written again.
    """
    try:
        for name in sorted(entries):
            yield name, entry_text(entries[name])
    except RecursionError:
        raise OutputError(f"{NAME} is nested too deeply. Move it away, then build all sites again.") from None


def merged(existing: Listed, built: Listed, chosen: Callable[[str, str], str] = lambda _, new: new) -> Listed:
    """The sites just built, and all others as they were. Of two entries of a site, the one that is ``chosen``."""
    latest: tuple[str, str] | None = None
    for name, entry in heapq.merge(existing, built, key=itemgetter(0)):
        if latest and latest[0] == name:
            latest = name, chosen(latest[1], entry)
            continue
        if latest:
            yield latest
        latest = name, entry
    if latest:
        yield latest


def with_known_size(existing: str, built: str) -> str:
    """``built`` with the compressed size of ``existing``, which depends on the zlib at hand."""
    entry = json.loads(built)
    return entry_text({**entry, "gzip": json.loads(existing).get("gzip", entry["gzip"])})
