"""Short names for what only the bridge itself sees: jsmin, which knows no names, leaves each as it is written.

A name is made short where every place that has it is a variable: nothing outside the script can tell. One that is a
property somewhere keeps its name everywhere, because no scopes are told apart here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import count, product
from string import ascii_letters

from freshtap.javascript import pieces

_NAME = r"[A-Za-z_$][\w$]*"
_TOKEN = re.compile(rf"{_NAME}|\d[\w.]*|\.\.\.|=>|\S")
#: A name that is not behind a dot, unless the dot is the last of a spread's three.
_VARIABLE = re.compile(rf"(?<![\w$])(?<!(?<!\.\.)\.){_NAME}")
_KEYWORDS = frozenset(
    {
        *("break", "case", "catch", "const", "continue", "delete", "do", "else", "false", "finally", "for", "function"),
        *("if", "in", "instanceof", "let", "new", "null", "of", "return", "switch", "this", "throw", "true", "try"),
        *("typeof", "undefined", "void", "while"),
    }
)
#: What stands before the braces of an object or of a pattern; before those of a block stands something else.
_BEFORE_OBJECT = frozenset({"=", "(", ",", ":", "?", "[", "|", "&", "return", "const", "let"})
#: Whose parentheses hold no parameters, though a block follows.
_WITH_CONDITION = frozenset({"if", "for", "while", "switch"})


def shortened(source: str) -> str:
    """The script with its own names made short: the most frequent ones get the shortest."""
    parts = [part for part in pieces(source) if not part.text.startswith(("//", "/*"))]
    tokens = _TOKEN.findall(" ".join(part.text if part.is_code else '""' for part in parts))
    words = Counter(token for token in tokens if re.fullmatch(_NAME, token))
    own = set(_declared(tokens)) - set(_properties(tokens)) - _KEYWORDS
    new = (name for name in _shortest_first() if name not in words and name not in _KEYWORDS)
    short = dict(zip((name for name, _ in words.most_common() if name in own), new, strict=False))
    return "".join(
        _VARIABLE.sub(lambda word: short.get(word[0], word[0]), part.text) if part.is_code else part.text
        for part in parts
    )


def _declared(tokens: list[str]) -> Iterator[str]:
    """The names of the script's variables, functions and parameters."""
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token in {"const", "let", "function"} or tokens[index + 1 : index + 2] == ["=>"]:
            yield tokens[index + (token in {"const", "let", "function"})]
        if token == "[" and tokens[index - 1] in {"const", "let"}:
            yield from tokens[index : tokens.index("]", index)]
        if token == "(":
            opened.append(index)
        elif token == ")":
            start = opened.pop()
            after = tokens[index + 1] if index + 1 < len(tokens) else ""
            if after == "=>" or (after == "{" and tokens[start - 1] not in _WITH_CONDITION):
                yield from tokens[start:index]


def _properties(tokens: list[str]) -> Iterator[str]:
    """The names of properties, methods among them, and of variables that a property takes its name from."""
    braces: list[str] = []
    for before, token in zip(["", *tokens], tokens, strict=False):
        if before == "." or (before in {"{", ","} and braces and braces[-1] in _BEFORE_OBJECT):
            yield token
        if token in {"{", "(", "["}:
            # Between parentheses and brackets inside an object, a comma begins no property.
            braces.append(before if token == "{" else "")
        elif token in {"}", ")", "]"}:
            braces.pop()


def _shortest_first() -> Iterator[str]:
    """a, b, … z, A, … Z, aa, ab, …"""
    for length in count(1):
        for letters in product(ascii_letters, repeat=length):
            yield "".join(letters)
