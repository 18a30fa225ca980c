"""``manifest.json``: every site of an output folder, in one file that other tools can read. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, cast

from freshtap import __version__
from freshtap.artifacts import Entry
from freshtap.errors import OutputError, shown

NAME: Final = "manifest.json"
VERSION: Final = 1

Entries = Mapping[str, Entry]


def dump(entries: Entries) -> bytes:
    """The manifest's content. Keys are sorted: the same sites give the same bytes.

    Raises :class:`OutputError` where another site's entry, which only has to be kept, cannot be written again.
    """
    content = {"version": VERSION, "generator": f"freshtap {__version__}", "sites": entries}
    try:
        return (json.dumps(content, indent=2, sort_keys=True) + "\n").encode()
    except RecursionError:
        raise OutputError(f"{NAME} is nested too deeply. Move it away, then build all sites again.") from None


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


def merged(existing: Entries, built: Entries) -> dict[str, Entry]:
    """The sites just built, and all others as they were."""
    return {**existing, **built}


def with_known_sizes(existing: Entries, built: Entries) -> dict[str, Entry]:
    """``built`` with the compressed sizes of ``existing``, which depend on the zlib at hand."""
    return {
        name: {**entry, "gzip": existing[name].get("gzip", entry["gzip"])} if name in existing else entry
        for name, entry in built.items()
    }
