"""The order in which a script has its functions, which readers need and browsers do not.

Templates have them in the order of what happens to a call. A build puts them in front, so that the variables behind
them share one ``let``, and in the order that was found to compress best: that of ``names.json``.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Final

from freshtap.minify.names import CHOSEN
from freshtap.minify.tokens import Token, is_word, read, starts_statement, written

_PLACES: Final = {name: place for place, name in enumerate(CHOSEN)}


def arranged(source: str) -> str:
    """The script with the functions of each block in front, where they may be: none is needed before it was there.

    Raises :class:`BuildError` at a form that is not known for sure.
    """
    tokens = read(source)
    return written([*_block(tokens, 0, len(tokens) - 1), tokens[-1]])


def _block(tokens: list[Token], start: int, end: int) -> list[Token]:
    """The statements that stand here."""
    directives: list[Token] = []
    functions: list[tuple[int, list[Token]]] = []
    others: list[Token] = []
    for statement in _statements(tokens, start, end):
        inside = _with_blocks(tokens, statement)
        if name := _function(tokens, statement):
            functions.append((_PLACES.get(name, len(_PLACES)), inside))
        elif len(inside) == 2 and inside[0].role == "literal" and not functions and not others:
            directives += inside  # as "use strict", which has to stay the first
        else:
            others += inside
    functions.sort(key=itemgetter(0))
    return [*directives, *(token for _, function in functions for token in function), *others]


def _with_blocks(tokens: list[Token], statement: range) -> list[Token]:
    """A statement, with what stands in its blocks arranged."""
    found: list[Token] = []
    index = statement.start
    while index < statement.stop:
        found.append(tokens[index])
        if tokens[index].text == "{" and tokens[index].role in {"block", "declaration", "function"}:
            found += _block(tokens, index + 1, tokens[index].pair)
            index = tokens[index].pair
        else:
            index += 1
    return found


def _statements(tokens: list[Token], start: int, end: int) -> Iterator[range]:
    """Where the statements are; those of several parts, as ``if`` and ``else``, in parts."""
    index = begun = start
    while index < end:
        index = max(index, tokens[index].pair) + 1
        if index == end or starts_statement(tokens, index):
            yield range(begun, index)
            begun = index


def _function(tokens: list[Token], statement: range) -> str:
    """The name of the function that a statement declares, if it does nothing else."""
    first, last = statement.start, statement.stop - 1
    name = tokens[first + 1].text
    if is_word(tokens[first], "function"):
        return name
    if not is_word(tokens[first], "const") or tokens[first + 2].text != "=" or tokens[last].text != ";":
        return ""
    parameters = first + 3
    arrow = max(parameters, tokens[parameters].pair) + 1
    index = arrow + 1
    while index < last and tokens[index].text != ",":
        index = max(index, tokens[index].pair) + 1
    return name if tokens[arrow].text == "=>" and index == last else ""
