"""What a script means, whatever its names are and however its statements are written; read with esprima.

Knows nothing of how freshtap reads a script, so that the one can prove the other right.
"""

from __future__ import annotations

import functools
from collections import ChainMap
from typing import Any

import esprima

Node = dict[str, Any]
Scope = ChainMap[str, object]


@functools.lru_cache(16)
def parsed(source: str) -> Node:
    """A script's syntax tree, never to be changed. Raises esprima's own error where it is no JavaScript."""
    tree: Node = _plain(esprima.parseScript(source))
    return tree


def _plain(node: Any) -> Any:
    """A node as a mapping, as the parser's own ``toDict`` has it, in a tenth of that one's time."""
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, esprima.objects.Object):
        return node
    return {key: _plain(value) for key, value in vars(node).items() if value is not None}


def meaning(source: str) -> object:
    """Equal for two scripts that differ in nothing but what a build may change.

    That is: the names of variables, ``const`` or ``let``, one or many declarations at once, where in its function a
    function is declared, braces around a single statement, whether a function that does nothing but return is written
    as a value, and how ``true``, ``false`` and ``undefined`` are said.
    """
    return _Reader().body(parsed(source)["body"], ChainMap())


class _Reader:
    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}

    def body(self, nodes: list[Node], scope: Scope) -> list[object]:
        """Statements in a scope that has nothing yet, or nothing but parameters, of its own."""
        single: list[Node] = []
        for node in nodes:
            if node["type"] == "VariableDeclaration":
                single += [{**node, "declarations": [one]} for one in node["declarations"]]
            else:
                single.append(node)
        single.sort(key=lambda node: node["type"] != "FunctionDeclaration")
        for node in single:
            self._declare(node, scope)
        return [self.read(node, scope) for node in single]

    def read(self, node: Any, scope: Scope) -> object:
        """A node, or whatever a node has."""
        if isinstance(node, list):
            return [self.read(one, scope) for one in node]
        if not isinstance(node, dict):
            return node
        if special := getattr(self, f"_{node.get('type')}", None):
            return special(node, scope)
        return {key: self.read(value, scope) for key, value in node.items()}

    def _declare(self, node: Node, scope: Scope) -> None:
        names = [name for one in node.get("declarations", []) for name in _names(one["id"])]
        if node["type"] == "FunctionDeclaration":
            names = [node["id"]["name"]]
        self._add(names, scope)

    def _add(self, names: list[str], scope: Scope) -> None:
        for name in names:
            assert name not in scope.maps[0], f"{name} is declared twice"
            scope[name] = object()

    def _Identifier(self, node: Node, scope: Scope) -> object:  # noqa: N802 - esprima's name, as all below
        name = node["name"]
        if name in scope:
            return self._numbers.setdefault(scope[name], len(self._numbers))
        return "void 0" if name == "undefined" else f"global {name}"

    def _Literal(self, node: Node, _: Scope) -> object:  # noqa: N802
        return {"true": "! 0", "false": "! 1"}.get(node["raw"], node["raw"])

    def _UnaryExpression(self, node: Node, scope: Scope) -> object:  # noqa: N802
        said = f"{node['operator']} {node['argument'].get('raw')}"
        if said in {"! 0", "! 1", "void 0"}:
            return said
        return [node["operator"], self.read(node["argument"], scope)]

    def _MemberExpression(self, node: Node, scope: Scope) -> object:  # noqa: N802
        key = self.read(node["property"], scope) if node["computed"] else node["property"]["name"]
        return ["member", node["computed"], self.read(node["object"], scope), key]

    def _Property(self, node: Node, scope: Scope) -> object:  # noqa: N802
        key = self.read(node["key"], scope) if node["computed"] else node["key"].get("name", node["key"].get("raw"))
        return ["property", node["computed"], node["kind"], node["method"], key, self.read(node["value"], scope)]

    def _VariableDeclaration(self, node: Node, scope: Scope) -> object:  # noqa: N802
        return ["var" if node["kind"] == "var" else "let", self.read(node["declarations"], scope)]

    def _BlockStatement(self, node: Node, scope: Scope) -> object:  # noqa: N802
        read = self.body(node["body"], scope.new_child())
        is_single = len(read) == 1 and node["body"][0]["type"] not in {"VariableDeclaration", "FunctionDeclaration"}
        return read[0] if is_single else read

    def _function(self, node: Node, scope: Scope) -> object:
        inner = scope.new_child()
        self._add([name for one in node["params"] for name in _names(one)], inner)
        params = self.read(node["params"], inner)
        block, body = node["body"]["type"] == "BlockStatement", node["body"]
        is_arrow = node["type"] == "ArrowFunctionExpression"
        if (
            is_arrow
            and block
            and [one["type"] for one in body["body"]] == ["ReturnStatement"]
            and "argument" in body["body"][0]
        ):
            block, body = False, body["body"][0]["argument"]
        read = self.body(body["body"], inner) if block else self.read(body, inner)
        return [node["type"], self.read(node.get("id"), scope), params, block, read]

    _FunctionDeclaration = _FunctionExpression = _ArrowFunctionExpression = _function

    def _loop(self, node: Node, scope: Scope) -> object:
        inner = scope.new_child()
        self._declare(node.get("init") or node.get("left") or node, inner)
        return {key: self.read(value, inner) for key, value in node.items()}

    _ForStatement = _ForInStatement = _ForOfStatement = _loop

    def _CatchClause(self, node: Node, scope: Scope) -> object:  # noqa: N802
        inner = scope.new_child()
        self._add(_names(node.get("param")), inner)
        return ["catch", self.read(node["param"], inner), self.body(node["body"]["body"], inner)]


def _names(pattern: Node | None) -> list[str]:
    """The variables that a pattern declares."""
    if not pattern:
        return []
    if pattern["type"] == "Identifier":
        return [pattern["name"]]
    parts = pattern.get("elements") or pattern.get("properties") or []
    inside = [pattern[key] for key in ("left", "argument", "value") if key in pattern]
    return [name for part in [*parts, *inside] for name in _names(part)]
