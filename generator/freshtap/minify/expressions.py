"""Statements as expressions, which need no braces, no ``if`` and often no ``return``: jsmin knows no statements.

``if (a) { b(); c(); }`` becomes ``a&&(b(),c());``, and ``if (a) { return b; } return c;`` becomes ``return a?b:c;``.
What is evaluated stays the same, and so does its order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Final, Literal

from freshtap.minify.tokens import Token, is_word, read, starts_expression, written

_BODIES: Final = frozenset({"block", "declaration", "function"})


class Binding(IntEnum):
    """How strongly the weakest operator of an expression binds."""

    COMMA = auto()
    ASSIGNMENT = auto()
    CHOICE = auto()
    OR = auto()
    AND = auto()
    STRONGER = auto()


#: What begins something else where a statement or a function's body begins.
_MISTAKEN: Final = re.compile(r"[{/]|function\b")
_OPERATORS: Final = (
    (re.compile(r","), Binding.COMMA),
    (re.compile(r"=>|(?<![=!<>])=(?!=)"), Binding.ASSIGNMENT),
    (re.compile(r"\?"), Binding.CHOICE),
    (re.compile(r"\|\|"), Binding.OR),
    (re.compile(r"&&"), Binding.AND),
)


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression as it is written."""

    text: str
    binding: Binding

    def within(self, weakest: Binding) -> str:
        """The expression where nothing that binds weaker may stand without parentheses."""
        return self.text if self.binding >= weakest else f"({self.text})"

    @property
    def apart(self) -> str:
        """The expression where a brace would begin a block, and a slash could divide what stands before it."""
        return f"({self.text})" if _MISTAKEN.match(self.text) else self.text


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of some kind: ``text`` is it as it is written, or its ``value`` is all there is to it.

    What is returned under a condition has both. One that is ``simple`` needs no braces around it; one that ``is_open``
    could take an ``else`` for its own.
    """

    kind: Literal["expression", "return", "return if", "simple", "other"]
    text: str = ""
    value: Expression | None = None
    condition: Expression | None = None
    is_open: bool = False

    def __str__(self) -> str:
        if self.value and self.kind == "expression":
            return f"{self.value.apart};"
        if self.value and self.kind == "return":
            return f"return{_apart(self.value.text)};"
        return self.text


#: What a function gives back where it comes to its end.
_NOTHING: Final = Statement("return", value=Expression("undefined", Binding.STRONGER))


def expressed(source: str) -> str:
    """The script with expressions for statements. Raises :class:`BuildError` at a form that is not known for sure."""
    tokens = read(source)
    reader = _Reader(tokens)
    return "".join(map(str, reader.block(0, len(tokens) - 1))) + written(tokens[-1:])


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens

    def block(self, start: int, end: int) -> list[Statement]:
        """The statements that stand here, made short."""
        return _joined(self._statements(start, end))

    def _statements(self, start: int, end: int) -> Iterator[Statement]:
        while start < end:
            statement, start = self._statement(start)
            yield statement

    def _statement(self, start: int) -> tuple[Statement, int]:
        """The statement that begins here, and where the next one does."""
        token = self._tokens[start]
        if is_word(token, "if"):
            return self._choice(start)
        if is_word(token, "for", "while"):
            header = self._tokens[start + 1].pair + 1
            body, end = self._statement(header)
            return Statement("other", f"{self._text(start, header)}{body}", is_open=body.is_open), end
        if is_word(token, "do"):
            body, end = self._statement(start + 1)
            condition = self._tokens[end + 1].pair + 1
            return Statement("other", f"do{{{body}}}{self._text(end, condition)};"), condition + 1
        if is_word(token, "try", "function"):
            end = self._behind_blocks(start)
            return Statement("other", self._text(start, end)), end
        if token.text == "{":
            inner, end = self.block(start + 1, token.pair), token.pair + 1
            is_one = len(inner) == 1 and inner[0].kind != "other"
            return inner[0] if is_one else Statement("other", f"{{{''.join(map(str, inner))}}}"), end
        return self._simple(start)

    def _behind_blocks(self, start: int) -> int:
        """Where a function ends, or ``try`` with all that belongs to it."""
        end = start
        while end == start or is_word(self._tokens[end], "catch", "finally"):
            while self._tokens[end].text != "{":
                end = max(end, self._tokens[end].pair) + 1
            end = self._tokens[end].pair + 1
        return end

    def _simple(self, start: int) -> tuple[Statement, int]:
        """A statement that has no other in it."""
        tokens = self._tokens
        end = start
        while tokens[end].text not in {";", "}", ""}:
            end = max(end, tokens[end].pair) + 1
        behind = end + (tokens[end].text == ";")
        if is_word(tokens[start], "return") and end > start + 1:
            return Statement("return", value=self._expression(start + 1, end)), behind
        is_directive = tokens[start].role == "literal" and end == start + 1
        if starts_expression(tokens, start) and not is_directive:
            return Statement("expression", value=self._expression(start, end)), behind
        is_seen = is_word(tokens[start], "const", "let", "var") or is_directive or end == start
        return Statement("other" if is_seen else "simple", self._text(start, end) + ";"), behind

    def _choice(self, start: int) -> tuple[Statement, int]:
        """``if``, with what belongs to it."""
        closing = self._tokens[start + 1].pair
        condition = self._expression(start + 2, closing)
        yes, end = self._statement(closing + 1)
        if not is_word(self._tokens[end], "else"):
            return _if(condition, self._negated(start + 2, closing), yes), end
        no, end = self._statement(end + 1)
        return _if_else(condition, yes, no), end

    def _negated(self, start: int, end: int) -> Expression | None:
        """What stands behind a ``!`` here, if that is all there is."""
        index = start + 1
        if self._tokens[start].text != "!":
            return None
        if self._tokens[index].pair == end - 1:
            return self._expression(index + 1, end - 1)
        while index < end and (self._tokens[index].role in {"name", "property"} or self._tokens[index].text in "([."):
            index = max(index, self._tokens[index].pair) + 1
        return self._expression(start + 1, end) if index == end else None

    def _expression(self, start: int, end: int) -> Expression:
        """What stands here, and what binds weakest in it, apart from what stands in brackets."""
        operators = ""
        index = start
        while index < end:
            token = self._tokens[index]
            operators += " " if token.role == "literal" else token.text
            index = max(index, token.pair) + 1
        found = (binding for operator, binding in _OPERATORS if operator.search(operators))
        return Expression(self._text(start, end).strip(), next(found, Binding.STRONGER))

    def _text(self, start: int, end: int) -> str:
        """What stands here, with what is in its functions and blocks made short."""
        text = ""
        index = start
        while index < end:
            token = self._tokens[index]
            text += token.before
            if token.text == "{" and token.role in _BODIES:
                text += self._body(index)
                index = token.pair
            else:
                text += token.text
            index += 1
        return text

    def _body(self, opening: int) -> str:
        """A block with its braces; or, behind an arrow, the value that it gives back."""
        statements = self.block(opening + 1, self._tokens[opening].pair)
        if self._tokens[opening - 1].text == "=>":
            last = statements[-1].kind if statements else ""
            given = _joined([*statements, _NOTHING]) if last == "return if" else statements
            value = given[0].value if [one.kind for one in given] == ["return"] else None
            if value:
                return value.apart if value.binding >= Binding.ASSIGNMENT else value.within(Binding.ASSIGNMENT)
        return f"{{{''.join(map(str, statements))}}}"


def _joined(statements: Iterable[Statement]) -> list[Statement]:
    """The statements of a block: expressions as one, with what is returned behind them."""
    joined: list[Statement] = []
    for one in reversed(list(statements)):
        after = joined[-1] if joined else None
        if after and after.value and one.value and after.kind in {"expression", "return"}:
            if one.kind == "return if" and one.condition and after.kind == "return":
                joined[-1] = Statement("return", value=_chosen(one.condition, one.value, after.value))
                continue
            if one.kind == "expression":
                both = Expression(f"{one.value.text},{after.value.text}", Binding.COMMA)
                joined[-1] = Statement(after.kind, value=both)
                continue
        joined.append(one)
    return joined[::-1]


def _if(condition: Expression, negated: Expression | None, yes: Statement) -> Statement:
    if yes.value and yes.kind == "expression":
        if negated:
            either = Expression(f"{negated.within(Binding.OR)}||{yes.value.within(Binding.OR)}", Binding.OR)
            return Statement("expression", value=either)
        both = Expression(f"{condition.within(Binding.AND)}&&{yes.value.within(Binding.AND)}", Binding.AND)
        return Statement("expression", value=both)
    text = f"if({condition.text}){yes}"
    if yes.value and yes.kind == "return":
        return Statement("return if", text, yes.value, condition, is_open=True)
    return Statement("other", text, is_open=True)


def _if_else(condition: Expression, yes: Statement, no: Statement) -> Statement:
    if yes.value and no.value and yes.kind == no.kind != "return if":
        return Statement(yes.kind, value=_chosen(condition, yes.value, no.value))
    text = f"{{{yes}}}" if yes.is_open else str(yes)
    return Statement("other", f"if({condition.text}){text}else{_apart(str(no))}", is_open=no.is_open)


def _chosen(condition: Expression, yes: Expression, no: Expression) -> Expression:
    one, other = (value.within(Binding.ASSIGNMENT) for value in (yes, no))
    return Expression(f"{condition.within(Binding.OR)}?{one}:{other}", Binding.CHOICE)


def _apart(text: str) -> str:
    """What stands behind a word, so that it does not become a part of it."""
    return f" {text}" if text[0].isalnum() or text[0] in "_$" else text
