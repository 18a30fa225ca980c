"""A script's tokens, and what each brace and each name is in it: what it takes to change a script, and no more.

Meant for the forms that the templates keep to (CONTRIBUTING names them). Whatever is not surely one of these is
refused: a script that fails to build is better than one that means something else.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import Final, Literal, NoReturn

from freshtap.errors import BuildError
from freshtap.minify.javascript import pieces

#: What a token is. A "shorthand" is a variable that names a property, too. Brackets, and what closes them, have what
#: stands in them; of those of a function's body a "declaration" ends a statement, and any other "function" does not.
_Name = Literal["keyword", "name", "property", "key", "shorthand"]
_Bracket = Literal["condition", "header", "catch", "parameters", "block", "declaration", "function", "object"]
Role = Literal["", "literal"] | _Name | _Bracket

_TOKEN = re.compile(r"(?P<blank>\s+)|[A-Za-z_$][\w$]*|\.?\d[\w.]*|\.\.\.|=>|\+\+|--|(?![\\#@])[!-~]", re.ASCII)
#: What a word begins with.
_LETTERS: Final = frozenset(f"{string.ascii_letters}_$")
#: Where :mod:`freshtap.minify.javascript` and jsmin see none: without blanks, so that jsmin leaves it as it is.
_REGEX = re.compile(r"/(?:[^/\\\[\s]|\\\S|\[(?:[^\]\\\s]|\\\S)*\])+/[a-z]*")
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}

#: Words with a value of their own.
_VALUES: Final = frozenset({"false", "null", "this", "true"})
_OPERATORS: Final = frozenset({"delete", "in", "instanceof", "new", "of", "typeof", "void"})
KEYWORDS: Final = frozenset(
    {
        *("break", "catch", "const", "continue", "do", "else", "finally", "for", "function", "if", "let", "return"),
        *("throw", "try", "var", "while"),
    }
    | _VALUES
    | _OPERATORS
)
#: Forms that nothing here knows, and what looks a name up when the script runs.
_REFUSED: Final = frozenset(
    {
        *("async", "await", "case", "class", "debugger", "default", "enum", "eval", "export", "extends", "import"),
        *("super", "switch", "with", "yield"),
    }
)
#: What stands before the braces of an object or of a pattern.
_BEFORE_OBJECT: Final = frozenset({*"=(,:?[|&", "return", "const", "let", "var", "throw", "of", "in", "..."})
#: Words behind which only the end of a statement, or an operator, can stand.
_BEFORE_END: Final = _VALUES | {"break", "continue"}
_BEFORE_BLOCK: Final = frozenset({"else", "try", "finally", "do"})
_PARENTHESES: Final[dict[str, Role]] = {"if": "condition", "while": "condition", "for": "header", "catch": "catch"}


@dataclass(slots=True)
class Token:
    """A part of the code that has a meaning, and the blanks and comments before it."""

    text: str
    before: str
    role: Role = ""
    #: Where the bracket is that closes or opens this one.
    pair: int = -1


def read(source: str) -> list[Token]:
    """The tokens of a script. Raises :class:`BuildError` at a form that is not known."""
    tokens = _split(source)
    _Reader(tokens).read()
    return tokens


def written(tokens: list[Token]) -> str:
    """The script that the tokens are of."""
    return "".join(token.before + token.text for token in tokens)


def refuse(tokens: list[Token], index: int, why: str) -> NoReturn:
    """Says where the script has what cannot be minified."""
    line = written(tokens[: index + 1]).count("\n") + 1
    raise BuildError(f"line {line} of the rendered script: {tokens[index].text} {why}")


def starts_statement(tokens: list[Token], index: int) -> bool:
    """Whether a statement of a block, a function or the script begins here."""
    before = tokens[index - 1] if index else Token(";", "")
    return (
        before.text == ";"
        or (before.text == "{" and before.role != "object")
        or (before.text == "}" and before.role in {"block", "declaration"})
    )


def starts_expression(tokens: list[Token], index: int) -> bool:
    """Whether the statement that begins here is an expression."""
    token = tokens[index]
    if token.role == "keyword":
        return token.text in _VALUES or token.text in _OPERATORS
    return token.text not in {"{", "}", ";", ""}


def is_word(token: Token, *words: str) -> bool:
    """Whether the token is one of these words of the language, and no property's name."""
    return token.role == "keyword" and token.text in words


def _split(source: str) -> list[Token]:
    """The tokens without their roles. The last is empty, and has what stands after all others."""
    tokens: list[Token] = []
    before = ""
    for part in pieces(source):
        if part.is_code:
            end = 0
            while end < len(part.text):
                is_regex = part.text[end] == "/" and not _is_value(tokens)
                if not (found := (_REGEX if is_regex else _TOKEN).match(part.text, end)):
                    refuse([*tokens, Token(part.text[end], before)], len(tokens), "is nothing that can be minified")
                end = found.end()
                if not is_regex and found["blank"]:
                    before += found[0]
                else:
                    tokens.append(Token(found[0], before, "literal" if is_regex else ""))
                    before = ""
        elif part.text.startswith(("//", "/*")):
            before += part.text
        else:
            tokens.append(Token(part.text, before, "literal"))
            before = ""
    return [*tokens, Token("", before, "literal")]


def _is_value(tokens: list[Token]) -> bool:
    """Whether the last token may be the end of a value, so that a slash divides it."""
    if not tokens or tokens[-1].role == "literal" or tokens[-1].text in {")", "]", "}", "++", "--"}:
        return bool(tokens)
    if tokens[-1].text[0] not in _LETTERS:
        return tokens[-1].text[-1].isalnum()
    return tokens[-1].text not in KEYWORDS - _VALUES or "." in [token.text for token in tokens[-2:-1]]


class _Reader:
    """Finds out what each token is, from the first to the last."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens

    def read(self) -> None:
        self._pair()
        opened = [Token("", "")]
        for index, token in enumerate(self._tokens[:-1]):
            in_object = opened[-1].role == "object" and self._before(index).text in {"{", ","}
            if token.role == "literal":
                pass
            elif token.text[0] in _LETTERS:
                token.role = self._word(index, in_object=in_object)
            elif token.text in _CLOSING:
                role: Role = self._parenthesis(index) if token.text == "(" else ""
                token.role = self._tokens[token.pair].role = self._brace(index) if token.text == "{" else role
                opened.append(token)
            elif token.pair >= 0:
                opened.pop()
            self._check(index)

    def _pair(self) -> None:
        opened: list[int] = []
        for index, token in enumerate(self._tokens):
            if token.role == "literal":
                continue
            if token.text in _CLOSING:
                opened.append(index)
            elif token.text in _CLOSING.values():
                if not opened or _CLOSING[self._tokens[opened[-1]].text] != token.text:
                    refuse(self._tokens, index, "closes nothing")
                token.pair = opened.pop()
                self._tokens[token.pair].pair = index
        if opened:
            refuse(self._tokens, opened[-1], "is never closed")

    def _before(self, index: int) -> Token:
        return self._tokens[index - 1] if index > 0 else Token(";", "")

    def _word(self, index: int, *, in_object: bool) -> Role:
        text, after = self._tokens[index].text, self._tokens[index + 1].text
        if self._before(index).text == ".":
            return "property"
        if in_object:
            if after in {":", "("}:
                return "key"
            if after in {",", "}", "="} and text not in KEYWORDS:
                return "shorthand"
        if in_object or text in _REFUSED or (after == ":" and starts_statement(self._tokens, index)):
            refuse(self._tokens, index, "begins a form that cannot be minified")
        if text == "function" and after != "(" and not starts_statement(self._tokens, index):
            refuse(self._tokens, index, "has a name that is seen nowhere else, which cannot be minified")
        return "keyword" if text in KEYWORDS else "name"

    def _parenthesis(self, index: int) -> Role:
        before, after = self._before(index), self._tokens[self._tokens[index].pair + 1].text
        if before.role == "keyword" and before.text in _PARENTHESES:
            return _PARENTHESES[before.text]
        has_word = is_word(before, "function") or is_word(self._before(index - 1), "function")
        is_method = before.role == "key" or (before.role == "literal" and after == "{")
        return "parameters" if has_word or is_method or after == "=>" else ""

    def _brace(self, index: int) -> Role:
        before = self._before(index)
        if before.text == ")" and before.role == "parameters":
            # A declared function has its name between the word and the parameters.
            is_declared = is_word(self._before(before.pair - 1), "function")
            return "declaration" if is_declared else "function"
        if before.text == "=>":
            return "function"
        is_body = before.text == ")" and before.role in _PARENTHESES.values()
        is_part = before.role == "keyword" and before.text in _BEFORE_BLOCK
        if is_body or is_part or starts_statement(self._tokens, index):
            return "block"
        if before.text not in _BEFORE_OBJECT or before.role == "property":
            refuse(self._tokens, index, "opens a form that cannot be minified")
        return "object"

    def _check(self, index: int) -> None:
        """Refuses what only the end of a line ends, operators that look like a choice, a slash that divides nothing."""
        token, before = self._tokens[index], self._before(index)
        ends_statement = before.text in {")", "}"} and before.role in {"condition", "header", "block", "declaration"}
        if token.text == "/" and ends_statement:
            refuse(self._tokens, index, "begins a regular expression where none can be minified")
        if before.text == "?" and token.text in {"?", "."}:
            refuse(self._tokens, index, "is part of an operator that cannot be minified")
        if token.role == "literal" or token.text[0] in _LETTERS or token.text[0].isdigit():
            follows = (
                before.role in {"literal", "name", "property"}
                or before.text[0].isdigit()
                or before.text == "]"
                or (before.text == ")" and before.role not in {"condition", "header"})
                or (before.text == "}" and before.role in {"object", "function"})
                or (before.role == "keyword" and before.text in _BEFORE_END)
            )
            if follows and token.text not in {"in", "of", "instanceof"}:
                refuse(self._tokens, index, "follows a statement without its semicolon, or is a label")
