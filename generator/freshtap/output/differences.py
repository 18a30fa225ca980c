"""Two texts → what a person reads of how they differ. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

#: Of a line so many characters are shown, so many of them before the difference: a minified script is one line.
_LONGEST_LINE: Final = 160
_SHOWN_BEFORE: Final = 40


def unified(old: Sequence[str], new: Sequence[str], before: str, after: str) -> str:
    """The unified diff of two texts, as lines without their ends; ``before`` and ``after`` name them.

    Of lines that are long, the text around their first difference and their length in characters.
    """
    lines = difflib.unified_diff(old, new, before, after, lineterm="")
    return "".join(f"{line}\n" for line in _cut(list(lines)))


def _cut(lines: Sequence[str]) -> Iterator[str]:
    """The lines of a diff, long ones cut to what surrounds the first difference from the line across from them."""
    groups = [list(group) for _, group in groupby(lines, key=itemgetter(0))]
    for number, group in enumerate(groups):
        across = _across(groups, number)
        for place, line in enumerate(group):
            other = across[place] if place < len(across) else ""
            yield _part(line, _first_difference(line[1:], other[1:]))


def _across(groups: Sequence[Sequence[str]], number: int) -> Sequence[str]:
    """What replaces a group of lines that go, or is replaced by a group of lines that come; empty where nothing is."""
    sign = groups[number][0][0]
    across = number + 1 if sign == "-" else number - 1
    if 0 <= across < len(groups) and {sign, groups[across][0][0]} == {"-", "+"}:
        return groups[across]
    return []


def _first_difference(text: str, other: str) -> int:
    """The place at which two texts begin to differ, or the shorter one ends."""
    for place, (letter, another) in enumerate(zip(text, other, strict=False)):
        if letter != another:
            return place
    return min(len(text), len(other))


def _part(line: str, difference: int) -> str:
    """A line of a diff, or so much of it as shows where the text behind its sign begins to differ."""
    if len(line) <= _LONGEST_LINE:
        return line
    sign, text = line[0], line[1:]
    begin = max(0, difference - _SHOWN_BEFORE)
    end = begin + _LONGEST_LINE
    before, after = ("…" if begin else ""), ("…" if end < len(text) else "")
    return f"{sign}{before}{text[begin:end]}{after} ({len(text):,} characters)"
