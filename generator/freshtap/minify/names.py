"""Short names for what only the script itself sees: jsmin, which knows no names, leaves each as it is written.

Variables, functions and parameters get short names; properties, methods and globals keep theirs. Where two are not
seen in the same place, as the parameters of two functions, both get the same name: the script is shorter, and more
alike to itself, which is what compression lives on. What compresses best has to be tried: ``names.json`` has what was
found for the names of the templates.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path
from types import MappingProxyType
from typing import Final

from freshtap.minify.tokens import KEYWORDS, Token, is_word, read, refuse, written

#: The first are the most frequent in what no build can change.
LETTERS: Final = "etrnoisaludcpmfhgbvywkxjqzEIDNOSTARCLPKMFBGUVHJQWXYZ_$"
_ENDS: Final = frozenset({";", ")", "]", "}", ""})

#: The short name that a name gets wherever nothing else there has it, by :attr:`Variable.key`. ``tests/letters.py``
#: finds them.
CHOSEN: Final[Mapping[str, str]] = MappingProxyType(
    json.loads(Path(__file__).with_name("names.json").read_text(encoding="utf-8"))
)


@dataclass(eq=False, slots=True)
class Scope:
    """Where names can be seen: a function with its parameters, a loop with its header, a block, the script."""

    start: int
    end: int
    #: Of a function, where its parameters end: what is declared behind them is not seen in them.
    body: int
    is_function: bool = False
    outer: Scope | None = None
    variables: dict[str, Variable] = field(default_factory=dict)
    #: What is used in it, or in a scope inside it, but declared further out; and what is not declared at all.
    foreign: set[Variable] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)


@dataclass(eq=False, slots=True)
class Variable:
    """A variable, a function or a parameter: where it is declared, and the tokens that mean it."""

    name: str
    scope: Scope
    declared: int
    uses: list[Token] = field(default_factory=list)
    #: What else is seen somewhere where it is: variables that get their names before it, and what is declared nowhere.
    others: set[Variable] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    #: What it is called in ``names.json``: where it is declared, and its name.
    key: str = ""


def shortened(source: str) -> str:
    """The script with short names. Raises :class:`BuildError` at a form that is not known for sure."""
    tokens = read(source)
    variables = variables_of(tokens)
    rename(variables, short_names(variables, CHOSEN))
    return written(tokens)


def variables_of(tokens: list[Token]) -> list[Variable]:
    """The variables of a script, in the order in which they get their names.

    Scopes in which a variable is used much come first, and each names its variables in the order in which they are
    declared: so most functions begin with the same parameters, which makes them most alike. What the outermost function
    declares comes last, the most frequent first; in which order functions stand changes no name that has a chosen one.
    """
    scopes = sorted(_found(tokens), key=lambda scope: scope.start)
    _fill(scopes, tokens)
    outermost = next((scope for scope in scopes if scope.variables), None)
    for scope in scopes:
        owner = _owner(tokens, scope, outermost)
        for variable in scope.variables.values():
            variable.key = variable.name if scope is outermost else f"{owner}.{variable.name}"
        seen = {*scope.variables.values(), *scope.foreign}
        for variable in seen:
            variable.others |= seen
            variable.unknown |= scope.unknown

    def turn(variable: Variable) -> tuple[bool, int, str, int]:
        if variable.scope is outermost:
            return True, -len(variable.uses), variable.key * (variable.key in CHOSEN), variable.declared
        return False, -max(len(other.uses) for other in variable.scope.variables.values()), "", variable.declared

    variables = sorted((variable for scope in scopes for variable in scope.variables.values()), key=turn)
    places = {variable: place for place, variable in enumerate(variables)}
    for variable in variables:
        variable.others = {other for other in variable.others if places[other] < places[variable]}
    return variables


def short_names(variables: Iterable[Variable], chosen: Mapping[str, str]) -> dict[Variable, str]:
    """A short name for each variable that means nothing else anywhere where the variable is seen.

    The chosen one, if there is one and nothing has it yet; or else the first that nothing has.
    """
    short: dict[Variable, str] = {}
    for variable in variables:
        taken = {short[other] for other in variable.others} | variable.unknown | KEYWORDS
        wanted = chosen.get(variable.key, "")
        short[variable] = wanted if wanted and wanted not in taken else next(_free(taken))
    return short


def rename(variables: Iterable[Variable], short: Mapping[Variable, str]) -> None:
    """Writes the names into the tokens that the variables were found in."""
    for variable in variables:
        for token in variable.uses:
            token.text = f"{token.text}:{short[variable]}" if token.role == "shorthand" else short[variable]


def _owner(tokens: list[Token], scope: Scope, outermost: Scope | None) -> str:
    """The name of the function or method, of those that the outermost function has, that a scope is in; or nothing."""
    while scope.outer and scope.outer is not outermost:
        scope = scope.outer
    before = tokens[max(0, scope.start - 2) : max(0, scope.start)]
    if before and before[-1].text == "=":
        before.pop()
    return before[-1].text if before and before[-1].role in {"name", "key"} else ""


def _found(tokens: list[Token]) -> Iterator[Scope]:
    """The scopes of a script, still empty."""
    yield Scope(-1, len(tokens), -1, is_function=True)
    for index, token in enumerate(tokens):
        if token.text == "=>":
            start = tokens[index - 1].pair if tokens[index - 1].text == ")" else index - 1
            end = tokens[index + 1].pair if tokens[index + 1].role == "function" else _end(tokens, index + 1)
            yield Scope(start, end, index, is_function=True)
        elif token.text == "(" and token.role in {"parameters", "header", "catch"}:
            body = token.pair + 1
            if tokens[body].text == "{":
                yield Scope(index, tokens[body].pair, body, is_function=token.role == "parameters")
            elif is_word(tokens[index + 1], "const", "let"):
                refuse(tokens, body, "is a loop's body without braces, which cannot be minified")
        elif token.text == "{" and token.role == "block" and tokens[index - 1].role != "catch":
            yield Scope(index, token.pair, index)


def _end(tokens: list[Token], index: int) -> int:
    """Behind the expression that begins here and is the body of a function."""
    choices = 0
    while tokens[index].text not in _ENDS | {","} and (tokens[index].text != ":" or choices):
        choices += {"?": 1, ":": -1}.get(tokens[index].text, 0)
        index = max(index, tokens[index].pair) + 1
    return index - 1


def _fill(scopes: list[Scope], tokens: list[Token]) -> None:
    """Tells the scopes what is around each of them, and what is declared and used in it."""
    inner = _innermost(scopes, len(tokens))
    for index, token in enumerate(tokens):
        for name in _declared(tokens, index):
            if is_word(token, "function", "var") and not inner[name].is_function:
                refuse(tokens, index, "is seen outside of its block, which cannot be minified")
            inner[name].variables.setdefault(tokens[name].text, Variable(tokens[name].text, inner[name], name))
    for index, token in enumerate(tokens):
        if token.role in {"name", "shorthand"} and (variable := _used(token, inner[index])):
            if index < variable.scope.body < variable.declared:
                refuse(tokens, index, "is used among parameters, but declared behind them")
            variable.uses.append(token)


def _innermost(scopes: list[Scope], length: int) -> list[Scope]:
    """The scope that each token is in, once all know what is around them."""
    starts = {scope.start: scope for scope in scopes}
    current = scopes[0]
    inner = []
    for index in range(length):
        while index > current.end and current.outer:
            current = current.outer
        if index in starts:
            starts[index].outer = current
            current = starts[index]
        inner.append(current)
    return inner


def _used(token: Token, innermost: Scope) -> Variable | None:
    """The variable that a token means; all scopes between the two hear of it. None is what is not declared."""
    passed: list[Scope] = []
    scope: Scope | None = innermost
    while scope and token.text not in scope.variables:
        passed.append(scope)
        scope = scope.outer
    for one in passed:
        if scope:
            one.foreign.add(scope.variables[token.text])
        else:
            one.unknown.add(token.text)
    return scope.variables[token.text] if scope else None


def _declared(tokens: list[Token], index: int) -> Iterable[int]:
    """Where the names are that the token declares, if it is one that does."""
    token, after = tokens[index], tokens[min(index + 1, len(tokens) - 1)]
    if is_word(token, "const", "let", "var") or (token.text == "(" and token.role in {"parameters", "catch"}):
        return _bound(tokens, index + 1, in_header=tokens[index - 1].role == "header")
    if is_word(token, "function") and after.role == "name":
        return [index + 1]
    return [index] if token.role == "name" and after.text == "=>" else []


def _bound(tokens: list[Token], index: int, *, in_header: bool = False) -> Iterator[int]:
    """The names in a list of patterns with their values: of declared variables, of parameters, of a pattern."""
    begins = True
    while tokens[index].text not in _ENDS and not (in_header and is_word(tokens[index], "in", "of")):
        token = tokens[index]
        after = max(index, token.pair) + 1
        if token.text == ",":
            begins = True
        elif begins and tokens[after].text == ":":
            after += 1
        elif begins and token.text != "...":
            begins = False
            if token.text in {"[", "{"}:
                yield from _bound(tokens, index + 1)
            else:
                yield index
        index = after


def _free(taken: set[str]) -> Iterator[str]:
    """The names that are not taken, the shortest first."""
    for length in count(1):
        for letters in product(LETTERS, repeat=length):
            if (name := "".join(letters)) not in taken:
                yield name
