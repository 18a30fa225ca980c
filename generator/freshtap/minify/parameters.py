"""Variables as parameters: ``a => { const b = c(a); return b + a; }`` as ``(a, b = c(a)) => b + a``.

Only those that a function begins with, where it declares no others, has a name and is called by it alone, never with so
many values that one would reach them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from freshtap.minify.names import Variable, variables_of
from freshtap.minify.tokens import Token, is_word, read


@dataclass(frozen=True, slots=True)
class _Change:
    """Of a function: its only parameter or the parenthesis behind all, and the declarations it begins with."""

    place: int
    has_parameters: bool
    declarations: tuple[range, ...]


def parametrized(source: str) -> str:
    """The script with variables for parameters. Raises :class:`BuildError` at a form that is not known for sure."""
    tokens = read(source)
    variables = variables_of(tokens)
    places = {id(token): place for place, token in enumerate(tokens)}
    found = (_change(tokens, variable, variables, places) for variable in variables)
    changes = {change.place: change for change in found if change}
    moved = {one.start: one.stop for change in changes.values() for one in change.declarations}
    return "".join(_written(tokens, range(len(tokens)), changes, moved))


def _change(
    tokens: list[Token], function: Variable, variables: list[Variable], places: Mapping[int, int]
) -> _Change | None:
    name = function.declared
    if not is_word(tokens[name - 1], "const", "let") or tokens[name + 1].text != "=":
        return None
    opening = name + 2
    closing = max(opening, tokens[opening].pair)
    body = closing + 2
    if tokens[closing + 1].text != "=>" or tokens[body].role != "function":
        return None
    given = 1 if closing == opening else _count(tokens, opening)
    calls = [places[id(use)] for use in function.uses if use is not tokens[name]]
    if _spreads(tokens, opening) or not all(_is_call(tokens, call, given) for call in calls):
        return None
    declarations = tuple(_declarations(tokens, body + 1))
    behind = declarations[-1].stop if declarations else body
    is_all = not any(one.scope.start == opening and one.declared > behind for one in variables)
    return _Change(closing, given > 0, declarations) if declarations and is_all else None


def _declarations(tokens: list[Token], index: int) -> Iterator[range]:
    """The declarations that stand here, each from its word to behind its semicolon."""
    while is_word(tokens[index], "const", "let"):
        start = index
        while tokens[index].text != ";":
            index = max(index, tokens[index].pair) + 1
        index += 1
        yield range(start, index)


def _count(tokens: list[Token], opening: int) -> int:
    """How many there are in parentheses."""
    index, commas = opening + 1, 0
    while index < tokens[opening].pair:
        commas += tokens[index].text == ","
        index = max(index, tokens[index].pair) + 1
    return commas + (tokens[opening].pair > opening + 1)


def _spreads(tokens: list[Token], opening: int) -> bool:
    """Whether nobody knows how many there are in parentheses."""
    return any(token.text == "..." for token in tokens[opening : max(opening, tokens[opening].pair)])


def _is_call(tokens: list[Token], index: int, given: int) -> bool:
    """Whether the name here is called, with no more values than these."""
    if tokens[index].role != "name" or tokens[index + 1].text != "(" or is_word(tokens[index - 1], "new"):
        return False
    return _count(tokens, index + 1) <= given and not _spreads(tokens, index + 1)


def _written(
    tokens: list[Token], places: range, changes: Mapping[int, _Change], moved: Mapping[int, int]
) -> Iterator[str]:
    index = places.start
    while index < places.stop:
        if index in moved:
            index = moved[index]
            continue
        token = tokens[index]
        change = changes.get(index)
        if change and token.text != ")":
            yield f"{token.before}({token.text}"
        elif not change:
            yield token.before + token.text
        if change:
            for number, declaration in enumerate(change.declarations):
                yield ", " if change.has_parameters or number else ""
                yield from _written(tokens, range(declaration.start + 1, declaration.stop - 1), changes, moved)
            yield ")"
        index += 1
