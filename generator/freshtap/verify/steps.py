"""The steps of ``verify --script``: what a visitor does on the page, one step a line. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from freshtap.errors import ConfigError, Problem

Action = Literal["click", "fill", "press", "goto", "wait", "run"]
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. ``on`` is a selector, a key, an address, seconds or JavaScript; ``text`` is what to fill in."""

    line: int
    action: Action
    on: str
    text: str = ""

    def __str__(self) -> str:
        return f"line {self.line}, {self.action} {self.on}"


def parse(text: str, *, file: str) -> tuple[Step, ...]:
    """The steps of a file's text. Blank lines and those that start with # are none.

    Raises :class:`ConfigError` with every line that is no step.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    read = [_read(number, line, file) for number, line in lines if line and not line.startswith("#")]
    wrong = [outcome for outcome in read if isinstance(outcome, Problem)]
    if wrong:
        raise ConfigError(wrong)
    return tuple(outcome for outcome in read if isinstance(outcome, Step))


def _read(number: int, line: str, file: str) -> Step | Problem:
    word, _, rest = line.partition(" ")
    rest, key = rest.strip(), f"line {number}"
    action = next((action for action in ACTIONS if action == word), None)
    if action is None:
        return Problem(file, key, "is no step", word, ", ".join(ACTIONS))
    if not rest:
        return Problem(file, key, "says nothing of what to do it with", line, f"{action} and something behind it")
    if action == "fill":
        # Selectors have = in them, too, but not between blanks.
        selector, equals, value = rest.partition(" = ")
        if not equals:
            return Problem(file, key, "does not say what to fill in", line, "fill SELECTOR = TEXT")
        return Step(number, action, selector.strip(), value.strip())
    if action == "wait" and not _is_seconds(rest):
        return Problem(file, key, "is no number of seconds", rest, "a number between 0 and 60")
    return Step(number, action, rest)


def _is_seconds(text: str) -> bool:
    try:
        return 0 <= float(text) <= 60
    except ValueError:
        return False
