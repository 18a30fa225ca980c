"""Pairs of texts, however many: all but the latest are kept in files, and they come back in the order of their keys."""

from __future__ import annotations

import heapq
import json
import tempfile
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from freshtap.errors import OutputError

#: Characters that are kept in memory.
_IN_MEMORY: Final = 8 * 1024 * 1024
#: Files, before they are made one: every system lets a process have a few times as many open.
_MOST_FILES: Final = 48

Pair = tuple[str, str]


class Ledger:
    """Takes pairs of a key and a value; needs as much memory for many as for a few.

    Its files have no names, and lie in ``folder`` or where temporary files do. Raises :class:`OutputError` where they
    cannot be written.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._latest: list[Pair] = []
        self._length = 0
        self._earlier: list[IO[str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._earlier:
            file.close()

    def add(self, key: str, value: str) -> None:
        """Takes one pair."""
        self._latest.append((key, value))
        self._length += len(key) + len(value)
        if self._length >= _IN_MEMORY:
            self._put_aside()

    def __iter__(self) -> Iterator[Pair]:
        """All pairs by their keys; those of one key in the order they were added."""
        self._latest.sort(key=itemgetter(0))
        return heapq.merge(*map(_pairs, self._earlier), self._latest, key=itemgetter(0))

    def _put_aside(self) -> None:
        merged = self._earlier if len(self._earlier) >= _MOST_FILES else []
        self._latest.sort(key=itemgetter(0))
        try:
            file = tempfile.TemporaryFile("w+", encoding="ascii", dir=self._folder)  # noqa: SIM115 - closed at the end
            self._earlier = [*self._earlier, file]
            pairs = heapq.merge(*map(_pairs, merged), self._latest, key=itemgetter(0))
            file.writelines(f"{json.dumps(pair)}\n" for pair in pairs)
            file.flush()
        except OSError as error:
            raise OutputError(f"A temporary file cannot be written: {error.strerror or error}.") from error
        for one in merged:
            one.close()
        self._earlier = self._earlier[len(merged) :]
        self._latest.clear()
        self._length = 0


def _pairs(file: IO[str]) -> Iterator[Pair]:
    file.seek(0)
    for line in file:
        key, value = json.loads(line)
        yield key, value
