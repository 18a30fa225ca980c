"""As much of JavaScript's grammar as the build needs: where its texts, comments and regular expressions are.

Meant for the templates, which keep to the forms that are told apart here (CONTRIBUTING names them); what cannot be told
apart is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from freshtap.errors import BuildError

_LITERAL = re.compile(
    r"""
      (?P<comment> //[^\n]* | /\*.*?\*/ )
    | (?P<text> "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' )
    | (?P<regex> / (?![*/]) (?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+ / [a-z]* )
    | (?P<unknown> /\* | ["'`] )
    """,
    re.DOTALL | re.VERBOSE,
)
#: A slash begins a regular expression only behind one of these, which is what jsmin believes, too.
_BEFORE_REGEX = re.compile(r"(?:[{(,=:\[?!&|;]|\breturn)\s*\Z")
#: Long enough for the word and the blanks behind it.
_LOOK_BACK = 80


class Piece(NamedTuple):
    """A part of a script: code, or a text, a comment, a regular expression as a whole."""

    is_code: bool
    text: str


def pieces(source: str) -> Iterator[Piece]:
    """The script in parts that together are the whole of it.

    Raises :class:`BuildError` at a text or a comment that does not end, and at a template literal: jsmin would hang,
    lose the rest of the script, or change what it means.
    """
    end = start = 0
    while literal := _LITERAL.search(source, start):
        if literal["regex"] and not _BEFORE_REGEX.search(
            source[max(end, literal.start() - _LOOK_BACK) : literal.start()]
        ):
            start = literal.start() + 1
            continue
        if literal["unknown"]:
            line = source.count("\n", 0, literal.start()) + 1
            raise BuildError(f"line {line} of the rendered script: {literal['unknown']} begins what cannot be minified")
        yield Piece(True, source[end : literal.start()])
        yield Piece(False, literal[0])
        end = start = literal.end()
    yield Piece(True, source[end:])
