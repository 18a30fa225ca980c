"""Statements as short as they can be written: jsmin takes away blanks, and knows no statements.

What is changed here means the same in every script that :mod:`.tokens` can read; ``const`` becomes ``let``
because no script relies on what an assignment to a constant throws.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from freshtap.minify.tokens import Token, is_word, read, starts_statement, written

_SHORTER: Final = {"true": "!0", "false": "!1", "undefined": "void 0"}
#: Behind one of these a value is at its end, and an operator before it takes nothing but the value.
_BEHIND_VALUE: Final = frozenset(",;)]}:=&|?")
#: What a statement begins with that cannot stand without braces, or could take what follows for its own.
_NEEDS_BRACES: Final = ("const", "do", "for", "function", "if", "let", "try", "var", "while")


def squeezed(source: str) -> str:
    """The script with shorter statements. Raises :class:`BuildError` at a form that is not known for sure."""
    for changes in _CHANGES:
        tokens = read(source)
        for change in changes:
            tokens = change(tokens)
        source = written(tokens)
    return source


def _on_one_line(tokens: list[Token]) -> list[Token]:
    """Without the line ends between statements, each of which ends in a semicolon or a brace."""
    for index, token in enumerate(tokens):
        if not token.before.strip() and (starts_statement(tokens, index) or token.text in {"}", ""}):
            token.before = ""
    return tokens


def _without_braces(tokens: list[Token]) -> list[Token]:
    """``if (a) { b; }`` as ``if (a) b;``."""
    for index, token in enumerate(tokens):
        before = tokens[index - 1]
        is_body = before.role in {"condition", "header"} or is_word(before, "else")
        if token.text == "{" and token.role == "block" and is_body and _is_simple(tokens, index):
            token.text = tokens[token.pair].text = ""
            if before.text == "else":
                tokens[index + 1].before = " "
    return tokens


def _is_simple(tokens: list[Token], opening: int) -> bool:
    """Whether a block is a single statement that has no other in it."""
    index, end = opening + 1, tokens[opening].pair
    # A regular expression behind a parenthesis would be taken for a division.
    if is_word(tokens[index], *_NEEDS_BRACES) or tokens[index].text[0] in "{;}/":
        return False
    while index < end and tokens[index].text != ";":
        index = max(index, tokens[index].pair) + 1
    return index == end - 1


def _without_return(tokens: list[Token]) -> list[Token]:
    """``a => { return b; }`` as ``a => b``: such are functions that tell something in debug builds alone."""
    dropped: set[int] = set()
    for index, token in enumerate(tokens):
        is_arrow = token.text == "{" and tokens[index - 1].text == "=>"
        if is_arrow and is_word(tokens[index + 1], "return") and _is_value(tokens, index + 2, token.pair - 1):
            dropped |= {index, index + 1, token.pair - 1, token.pair}
            tokens[index + 2].before = ""
    return [token for index, token in enumerate(tokens) if index not in dropped]


def _is_value(tokens: list[Token], start: int, end: int) -> bool:
    """Whether there is but one value from here to a semicolon there, and one that an arrow can stand before."""
    # A brace would begin a body; a regular expression behind an arrow would be taken for a division.
    if tokens[start].text[0] in "{;/":
        return False
    index = start
    while index < end and tokens[index].text not in {",", ";"}:
        index = max(index, tokens[index].pair) + 1
    return index == end


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


#: In this order: each finds what it looks for in what the ones before it have made. Those of a row are made on one
#: reading, because none of them looks for a bracket's pair where one before it has taken tokens away.
_CHANGES: Final[tuple[tuple[Callable[[list[Token]], list[Token]], ...], ...]] = (
    (_on_one_line, _without_braces),
    (_without_return,),
    (_one_let, _short_values, _without_last_semicolon),
)
