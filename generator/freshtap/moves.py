"""Moves into place, for :mod:`freshtap.output`: all of them, or none."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from freshtap.errors import told


class Moves:
    """Taken back, all of them, where one fails or the build is interrupted. ``staged`` is on the same disk.

    Until then what was there before has a second name. What was moved is noted in a file, however much it is.
    """

    def __init__(self, staged: Path) -> None:
        self._kept = staged / "kept"
        self._count = 0

    def __enter__(self) -> Self:
        with told(self._kept):
            self._kept.mkdir()
            self._notes = (self._kept / "notes").open("w+", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._notes:
            if error:
                self._take_back()

    def place(self, new: Path, target: Path) -> None:
        """Puts a file where it belongs, in one step, whatever file is there."""
        with told(target):
            self._keep(target)
            new.replace(target)

    def place_new(self, folder: Path, target: Path) -> None:
        """Puts a folder where there is none."""
        with told(target):
            self._note(self._next(), target)
            folder.rename(target)

    def remove(self, target: Path) -> None:
        """Takes a file away, if it is there."""
        with told(target), contextlib.suppress(FileNotFoundError):
            self._keep(target)
            target.unlink()

    def _keep(self, target: Path) -> None:
        kept = self._next()
        if os.path.lexists(target):
            try:
                os.link(target, kept, follow_symlinks=False)
            except (OSError, NotImplementedError):
                # Some disks know no second names.
                shutil.copy2(target, kept, follow_symlinks=False)
        self._note(kept, target)

    def _next(self) -> Path:
        self._count += 1
        return self._kept / str(self._count)

    def _note(self, kept: Path, target: Path) -> None:
        self._notes.write(json.dumps([str(kept), str(target)]) + "\n")

    def _take_back(self) -> None:
        self._notes.seek(0)
        for kept, target in (map(Path, json.loads(line)) for line in self._notes):
            with contextlib.suppress(OSError):
                if os.path.lexists(kept):
                    kept.replace(target)
                else:
                    # It was not there before.
                    target.rename(kept)
