"""What commands print: lines, warnings, and how far long work has come."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from freshtap import plan
from freshtap.config.site import Site
from freshtap.errors import Problem, labelled, printable

T = TypeVar("T")

#: Seconds of work that a person waits gladly; after them it is said what is being done.
_PATIENCE: Final = 1.0


def say(line: str) -> None:
    """Prints a line with a path in it."""
    click.echo(printable(line))


def warn(problems: Iterable[Problem]) -> None:
    for problem in problems:
        click.echo(labelled(problem), err=True)


def load(path: Path) -> Site:
    planned = plan.load(path)
    warn(planned.warnings)
    return planned.site


def progress(steps: Iterable[T], label: str, length: int) -> Generator[T, None, None]:
    """The steps, with a progress bar on stderr once they take longer than a person waits gladly."""
    started, seen = time.monotonic(), sys.stderr.isatty()
    bar: Any = None
    try:
        for done, step in enumerate(steps, 1):
            yield step
            if bar is not None:
                bar.update(1)
            elif seen and time.monotonic() - started > _PATIENCE:
                bar = click.progressbar(length=length, label=label, file=sys.stderr)
                bar.update(done)
    finally:
        # What is printed next begins a line, also where it is an error.
        if bar is not None:
            bar.render_finish()


@contextlib.contextmanager
def patiently(doing: str) -> Iterator[None]:
    """Says on stderr what is being done, once it takes longer than a person waits gladly."""
    timer = threading.Timer(_PATIENCE, lambda: click.echo(f"{doing} …", err=True))
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
