"""Moves into place, for :mod:`freshtap.output`: all of them, or none."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from freshtap.errors import concerning


class Moves:
    """Moves that are taken back where one of them fails or the build is interrupted. ``staged`` is on the same disk.

    Until then what was there before has a second name. Each move is noted in a file before it is made, however many
    they are, and on the disk at once: where that is full, the note fails, and not the taking back.
    """

    def __init__(self, staged: Path) -> None:
        self._kept = staged / "kept"
        self._notes = self._kept / "notes"
        self._count = 0

    def __enter__(self) -> Self:
        with concerning(self._kept):
            self._kept.mkdir()
            self._writing = self._notes.open("wb", buffering=0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writing.close()
        if error:
            with concerning(self._notes):
                self._take_back()

    def place(self, new: Path, target: Path) -> None:
        """Puts a file where it belongs, in one step, whatever file is there."""
        with concerning(target):
            self._note(self._keep(target), target, new)
            new.replace(target)

    def place_new(self, folder: Path, target: Path) -> None:
        """Puts a folder where there is none."""
        with concerning(target):
            self._note(self._next(), target, folder)
            folder.rename(target)

    def remove(self, target: Path) -> None:
        """Takes a file away, if it is there."""
        with concerning(target), contextlib.suppress(FileNotFoundError):
            self._note(self._keep(target), target)
            target.unlink()

    def _keep(self, target: Path) -> Path:
        """The second name of what is there, which is no file where nothing is."""
        kept = self._next()
        if os.path.lexists(target):
            try:
                os.link(target, kept, follow_symlinks=False)
            except (OSError, NotImplementedError):
                # Some disks know no second names.
                shutil.copy2(target, kept, follow_symlinks=False)
        return kept

    def _next(self) -> Path:
        self._count += 1
        return self._kept / str(self._count)

    def _note(self, kept: Path, target: Path, source: Path | None = None) -> None:
        """Notes a move from ``source``, or that something is taken away."""
        rest = json.dumps([str(kept), str(target), str(source) if source else None]).encode() + b"\n"
        while rest:
            # As much of it as there is room for; where there is none, that is an error.
            rest = rest[self._writing.write(rest) :]

    def _take_back(self) -> None:
        with self._notes.open("rb") as notes:
            for note in notes:
                # What was not noted whole was not done.
                if note.endswith(b"\n"):
                    _undo(*json.loads(note))


def _undo(kept: str, target: str, source: str | None) -> None:
    with contextlib.suppress(OSError):
        if os.path.lexists(kept):
            Path(kept).replace(target)
        elif source and not os.path.lexists(source):
            # Nothing was there before; and what is there while the source is, too, is somebody else's.
            Path(target).rename(kept)
