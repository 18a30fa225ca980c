"""The files of sites → the output folder: the only place where freshtap writes.

A build is staged in a hidden folder inside the output folder and moved into place when it is complete, file
by file, each in one step, a new site's folder as a whole, the manifest last. Until then nothing that is published
changes. The manifest is read and written site by site: however many sites there are, memory does not grow with them.
"""

from __future__ import annotations

import contextlib
import filecmp
import json
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from freshtap.errors import OutputError, concerning
from freshtap.output import contents, manifest
from freshtap.output.comparison import Changes, Removals
from freshtap.output.ledger import Ledger
from freshtap.output.moves import Moves

if sys.platform != "win32":
    import fcntl

_STAGE_PREFIX = ".freshtap-"
#: What is staged is divided among so many folders, so that none has to be listed that holds every site.
_STAGED_FOLDERS: Final = 256


@contextlib.contextmanager
def stage(out: Path) -> Iterator[Path]:
    """A folder to stage a build in; it is gone afterwards, whatever happens."""
    path = out / manifest.NAME
    file = contents.opened(path)
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


def add(staged: Path, changed: Changes) -> str:
    """Stages one site's files; the folder that they are in."""
    folder = ""
    for path, content in changed.files.items():
        site, _, name = path.partition("/")
        if not folder:
            folder = f"{staged}/{zlib.crc32(site.encode()) % _STAGED_FOLDERS:02x}/{site}"
            with concerning(folder):
                Path(folder).mkdir(parents=True, exist_ok=True)
        target = f"{folder}/{name}"
        # Not by a Path, which for so many files takes as long as writing them.
        with concerning(target), open(target, "wb") as file:  # noqa: PTH123
            file.write(content)
    return folder


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
            _write(new, manifest.dump(manifest.merged(contents.site_by_site(path), entries)))
        except manifest.UnfamiliarLayoutError:
            _write(new, manifest.dump(manifest.merged(contents.as_a_whole(path), entries)))
        folders = sorted(path for path in staged.iterdir() if path.is_dir())
        with Moves(staged) as moves:
            for _, paths in removals:
                for stale in json.loads(paths)["stale"]:
                    moves.remove(out / stale)
            for folder in (site for sites in folders for site in sorted(sites.iterdir())):
                _publish(moves, folder, contents.site_folder(out, folder.name))
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
