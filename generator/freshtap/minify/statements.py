"""Statements as short as they can be written, and expressions for them; jsmin takes away blanks, and knows neither.

What is changed here means the same in every script that :mod:`.tokens` can read; ``const`` becomes ``let``
because no script relies on what an assignment to a constant throws.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from freshtap.minify.expressions import expressed
from freshtap.minify.tokens import Token, is_word, read, starts_statement, written

_SHORTER: Final = {"true": "!0", "false": "!1", "undefined": "void 0"}
#: Behind one of these a value is at its end, and an operator before it takes nothing but the value.
_BEHIND_VALUE: Final = frozenset(",;)]}:=&|?")


def squeezed(source: str) -> str:
    """The script with shorter statements. Raises :class:`BuildError` at a form that is not known for sure."""
    tokens = read(expressed(written(_on_one_line(read(source)))))
    # Made on one reading, because none of these looks for a bracket's pair where one before it has taken tokens away.
    for change in (_one_let, _short_values, _without_last_semicolon):
        tokens = change(tokens)
    return written(tokens)


def _on_one_line(tokens: list[Token]) -> list[Token]:
    """Without the line ends between statements, each of which ends in a semicolon or a brace."""
    for index, token in enumerate(tokens):
        if not token.before.strip() and (starts_statement(tokens, index) or token.text in {"}", ""}):
            token.before = ""
    return tokens


def _one_let(tokens: list[Token]) -> list[Token]:
    """``const a = 1; let b;`` as ``let a = 1, b;``."""
    merged: list[Token] = []
    in_let = [False]
    for index, token in enumerate(tokens):
        if is_word(token, "const"):
            token.text = "let"
        if starts_statement(tokens, index):
            if is_word(token, "let") and in_let[-1] and merged[-1].text == ";":
                merged[-1].text = ","
                tokens[index + 1].before = ""
                continue
            in_let[-1] = is_word(token, "let")
        if token.pair > index:
            in_let.append(False)
        elif token.pair >= 0:
            in_let.pop()
        merged.append(token)
    return merged


def _short_values(tokens: list[Token]) -> list[Token]:
    """``true`` as ``!0``, and its like."""
    for token, after in pairwise(tokens):
        if token.role in {"keyword", "name"} and token.text in _SHORTER and after.text in _BEHIND_VALUE:
            token.text = _SHORTER[token.text]
            if token.text.startswith("!"):
                token.before = ""
    return tokens


def _without_last_semicolon(tokens: list[Token]) -> list[Token]:
    """``{ a; b; }`` as ``{ a; b }``, unless the semicolon is all there is of a statement."""
    kept: list[Token] = []
    for token, after in pairwise([*tokens, tokens[-1]]):
        is_statement = kept and (kept[-1].role in {"condition", "header"} or is_word(kept[-1], "else", "do"))
        if token.text != ";" or after.text != "}" or is_statement:
            kept.append(token)
    return kept
