"""What is raised on purpose, for a person to read: the kinds of errors, and how values are shown in their sentences.

All derive from :class:`click.ClickException`, so that any layer may raise and the command line ends with one
clean line. Nothing here prints.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, Any, Final, Literal

import click

_LONGEST_SHOWN = 60
#: What a text begins with, up to the first escape that is cut short.
_WHOLE_CHARACTERS = re.compile(r"(?:[^\\]|\\u[0-9a-f]{4,5}|\\[^u])*")

Severity = Literal["error", "warning"]


class NoValue(Enum):
    """Stands for "there is no value to show", since ``None`` could be one. Itself in every process."""

    NO_VALUE = "no value"


NO_VALUE: Final = NoValue.NO_VALUE


class FreshtapError(click.ClickException):
    """Base of all errors that are told to the user.

    Exit code 2, as for wrong usage. 1 is what a command found that did all it was asked: ``build --check``, ``verify``.
    """

    exit_code = 2

    def format_message(self) -> str:
        """The message, as one line: it may hold the name of a file."""
        return printable(self.message)


class BuildError(FreshtapError):
    """Something failed on the way from the config to the files, like a minifier that is not installed."""


class OutputError(BuildError):
    """The output folder cannot be read or written, or writing there would reach outside it."""


class CommandError(FreshtapError):
    """A command lacks its extra, or was given what it cannot use: an address, a port, a file."""


class BrowserError(FreshtapError):
    """There is no browser to open a page in, or it does not start, or it ends."""


@contextmanager
def concerning(path: Path | str) -> Iterator[None]:
    """Turns what the operating system says meanwhile into a sentence about ``path``, an :class:`OutputError`."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror or error}.") from error


def needs(what: str, extra: str) -> str:
    """The sentence where an extra of ``pyproject.toml`` is not installed.

    The advice is for a checkout: freshtap is on no package index.
    """
    return f'{what} needs an extra: pip install ".[{extra}]", in a checkout of freshtap.'


def shown(value: object, longest: int = _LONGEST_SHOWN) -> str:
    """``value`` as one short line: JSON with everything unprintable escaped, cut after ``longest`` characters.

    A text that is cut ends in its closing quote all the same, and never within an escaped character.
    Names and text in any script stay readable; control characters, line separators and direction marks, which
    could rearrange a terminal's line, do not get through.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except ValueError:  # an integer of more digits than Python is willing to write
        text = "a very long number"
    text = printable(text[:1000])
    if len(text) <= longest:
        return text
    whole = _WHOLE_CHARACTERS.match(text, 0, longest)
    closing = '"' if isinstance(value, str) else ""
    return f"{whole[0] if whole else ''}…{closing}"


def printable(text: str) -> str:
    """``text`` without what could rearrange a terminal's line: the names of files may hold that, too."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a config, or that will be repaired on the way to CleverTap.

    ``key`` is dotted, as in ``events[2].name``; empty where the file as a whole is meant. ``wrong`` continues
    the sentence that the value begins. ``allowed`` lists or describes what would be right, ``meant`` is a
    guess.
    """

    file: str
    key: str
    wrong: str
    value: object = NO_VALUE
    allowed: str = ""
    meant: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        subject = "" if self.value is NO_VALUE else f"{shown(self.value)} "
        parts = [f"{subject}{self.wrong}."]
        if self.allowed:
            parts.append(f"Allowed: {self.allowed}.")
        if self.meant:
            parts.append(f'Did you mean "{self.meant}"?')
        return ": ".join(filter(None, (self.file, self.key, " ".join(parts))))


class ConfigError(FreshtapError):
    """Everything that is wrong with one config or several, at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        # args, too, holds the problems: that is what is pickled on the way out of a process pool.
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
        self.args = (self.problems,)

    def show(self, file: IO[Any] | None = None) -> None:
        """Every problem on a line of its own, on stderr unless told otherwise. Called by click."""
        for problem in self.problems:
            click.echo(labelled(problem), file=file, err=file is None)


def labelled(problem: Problem) -> str:
    """The problem as a line of output, with its severity in front."""
    return printable(f"{problem.severity.capitalize()}: {problem}")
