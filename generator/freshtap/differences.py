"""Two texts → what a person reads of how they differ. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from itertools import chain, groupby, repeat, takewhile
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
    """The lines of a diff, long ones cut to what surrounds the first difference from the line that they replace."""
    groups = [list(group) for _, group in groupby(lines, key=itemgetter(0))]
    for group, *neighbours in zip(groups, [[], *groups], [*groups[1:], []], strict=False):
        sign = group[0][0]
        others = next((other for other in neighbours if other and {sign, other[0][0]} == {"-", "+"}), [])
        for line, other in zip(group, chain(others, repeat("")), strict=False):
            alike = takewhile(lambda pair: pair[0] == pair[1], zip(line[1:], other[1:], strict=False))
            yield _part(line, sum(1 for _ in alike))


def _part(line: str, difference: int) -> str:
    """A line of a diff, or so much of it as shows where the text behind its sign begins to differ."""
    if len(line) <= _LONGEST_LINE:
        return line
    sign, text = line[0], line[1:]
    begin = max(0, difference - _SHOWN_BEFORE)
    end = begin + _LONGEST_LINE
    before, after = ("…" if begin else ""), ("…" if end < len(text) else "")
    return f"{sign}{before}{text[begin:end]}{after} ({len(text):,} characters)"
