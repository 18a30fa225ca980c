"""Many processes for many sites: what each makes comes back in order, and none outlives the build."""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from types import FrameType
from typing import TypeVar

from freshtap.errors import BuildError

T = TypeVar("T")
R = TypeVar("R")

#: Sites handed to a worker at a time, and how many such portions may be under way for each worker.
_PORTION = 32
_AHEAD = 3


class Workers:
    """Runs a function on many things, in as many processes as there are jobs, and keeps their order."""

    def __init__(self, pool: ProcessPoolExecutor | None, jobs: int) -> None:
        self._pool = pool
        self._ahead = _AHEAD * jobs

    def each(self, function: Callable[[T], R], things: Iterable[T]) -> Generator[R, None, None]:
        """The results one by one.

        Only a few portions are under way at a time, however many things there are.
        """
        if self._pool is None:
            yield from map(function, things)
            return
        try:
            yield from self._each(self._pool, function, things)
        except BrokenProcessPool:
            raise BuildError(
                "A process of this build was ended from outside, perhaps because memory ran out. "
                "Nothing has changed; fewer --jobs need less."
            ) from None

    def _each(
        self, pool: ProcessPoolExecutor, function: Callable[[T], R], things: Iterable[T]
    ) -> Generator[R, None, None]:
        source = iter(things)
        under_way: deque[Future[list[R]]] = deque()
        try:
            while portion := list(islice(source, _PORTION)):
                with _starting():
                    under_way.append(pool.submit(_each, function, portion))
                if len(under_way) >= self._ahead:
                    yield from under_way[0].result()
                    under_way.popleft()
            while under_way:
                yield from under_way[0].result()
                under_way.popleft()
        finally:
            # Nobody writes any more when this is left, in whatever way. Not by cancelling what is under way: where
            # Ctrl-C has ended the processes, too, nobody would ever say that it is done.
            if under_way:
                pool.shutdown(cancel_futures=True)


@contextmanager
def started(jobs: int) -> Iterator[Workers]:
    """``jobs`` processes to work with; with 1, this one. They end with it, also where it is told to end.

    Raises :class:`BuildError` where one of them cannot be started, or is ended from outside.
    """
    with _ending_in_order():
        if jobs == 1:
            yield Workers(None, 1)
            return
        # "spawn" is the one way to start a process that behaves alike on every system.
        with _starting():
            pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_leave_interrupts)
        try:
            yield Workers(pool, jobs)
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _starting() -> Iterator[None]:
    """Says in words why a process cannot be started: what is handed to the pool meanwhile starts one."""
    try:
        yield
    except OSError as error:
        raise BuildError(
            f"A process of this build cannot be started: {error.strerror or error}. "
            "Nothing has changed; fewer --jobs need less."
        ) from None


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Meanwhile other signals to end do what Ctrl-C does: what was begun is cleared away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # Windows knows no terminal that hangs up.
    signals = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, _end) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave_interrupts() -> None:
    """Ctrl-C reaches every process of a terminal: in a worker, nothing is to come of it but what the build says."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end(number: int, _frame: FrameType | None) -> None:
    # As a shell tells of a program that a signal has ended.
    raise SystemExit(128 + number)


def _each(function: Callable[[T], R], portion: list[T]) -> list[R]:
    return list(map(function, portion))
