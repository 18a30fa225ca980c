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
    function is declared, braces that nothing is declared in, whether what is done one after the other, under a condition
    or instead of something else is written as statements or as an expression, whether a function that does nothing but
    return is written as a value, and whether an arrow's first variables are parameters that nobody gives a value to, and how ``true``, ``false`` and ``undefined`` are said.
    """
    return _Reader().body(parsed(source)["body"], ChainMap())


class _Reader:
    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}

    def body(self, nodes: list[Node], scope: Scope) -> list[object]:
        """Statements in a scope that has nothing yet of its own."""
        return self._flow(self._entered(nodes, scope), scope)

    def _entered(self, nodes: list[Node], scope: Scope) -> list[Node]:
        """Statements with one declaration each, once the scope knows what they declare."""
        single: list[Node] = []
        for node in nodes:
            if node["type"] == "VariableDeclaration":
                single += [{**node, "declarations": [one]} for one in node["declarations"]]
            else:
                single.append(node)
        single.sort(key=lambda node: node["type"] != "FunctionDeclaration")
        for node in single:
            self._declare(node, scope)
        return single

    def _flow(self, nodes: list[Node], scope: Scope) -> list[object]:
        """What is done by statements, one after the other; whatever is an expression, as the statements it stands for."""
        done: list[object] = []
        for index, node in enumerate(nodes):
            value = node.get("expression") if "directive" not in node else None
            match node["type"]:
                case "ExpressionStatement" if value:
                    done += self._effects(value, scope)
                case "ReturnStatement" if "argument" in node:
                    return [*done, *self._returned(node["argument"], scope), *self._flow(nodes[index + 1 :], scope)]
                case "BlockStatement" if not _declares(node):
                    return done + self._flow(node["body"] + nodes[index + 1 :], scope)
                case "IfStatement":
                    yes, no = [node["consequent"]], [node["alternate"]] if node.get("alternate") else []
                    if not no and _leaves(node["consequent"]):
                        return [*done, self._choice(node["test"], yes, nodes[index + 1 :], scope)]
                    done.append(self._choice(node["test"], yes, no, scope))
                case _:
                    done.append(self.read(node, scope))
        return done

    def _effects(self, node: Node, scope: Scope) -> list[object]:
        """What an expression does whose value nobody asks for."""
        match node["type"], node.get("operator"):
            case "SequenceExpression", _:
                return [effect for one in node["expressions"] for effect in self._effects(one, scope)]
            case "LogicalExpression", "&&":
                return [self._choice(node["left"], [_statement(node["right"])], [], scope)]
            case "LogicalExpression", "||":
                return [self._choice(node["left"], [], [_statement(node["right"])], scope)]
            case "ConditionalExpression", _:
                ways = [_statement(node["consequent"])], [_statement(node["alternate"])]
                return [self._choice(node["test"], *ways, scope)]
        return [self.read(node, scope)]

    def _returned(self, node: Node, scope: Scope) -> list[object]:
        """What is done where a function gives an expression back."""
        match node["type"]:
            case "SequenceExpression":
                *before, last = node["expressions"]
                effects = [effect for one in before for effect in self._effects(one, scope)]
                return effects + self._returned(last, scope)
            case "ConditionalExpression":
                ways = [_return(node["consequent"])], [_return(node["alternate"])]
                return [self._choice(node["test"], *ways, scope)]
        return [["return", self.read(node, scope)]]

    def _choice(self, test: Node, yes: list[Node], no: list[Node], scope: Scope) -> object:
        """What is done under a condition, and what else."""
        operator = test.get("operator")
        if test["type"] == "UnaryExpression" and operator == "!":
            return self._choice(test["argument"], no, yes, scope)
        if test["type"] == "LogicalExpression" and operator == "&&" and not no:
            inner = {"type": "IfStatement", "test": test["right"], "consequent": _block(yes)}
            return self._choice(test["left"], [inner], [], scope)
        if test["type"] == "LogicalExpression" and operator == "||" and not yes:
            inner = {"type": "IfStatement", "test": test["right"], "consequent": _block([]), "alternate": _block(no)}
            return self._choice(test["left"], [], [inner], scope)
        return ["choice", self.read(test, scope), self._flow(yes, scope), self._flow(no, scope)]

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
        return ["block", self.body(node["body"], scope.new_child())]

    def _function(self, node: Node, scope: Scope) -> object:
        body = node["body"]["body"] if node["body"]["type"] == "BlockStatement" else [_return(node["body"])]
        given = list(node["params"])
        while node["type"] == "ArrowFunctionExpression" and body and body[0]["type"] == "VariableDeclaration":
            given += map(_parameter, body[0]["declarations"])
            body = body[1:]
        inner = scope.new_child()
        self._add([name for one in given for name in _names(one)], inner)
        body = self._entered(body, inner)
        params = self.read(given, inner)
        read = _without_end(self._flow(body, inner))
        return [node["type"], self.read(node.get("id"), scope), params, read]

    _FunctionDeclaration = _FunctionExpression = _ArrowFunctionExpression = _function

    def _loop(self, node: Node, scope: Scope) -> object:
        inner = scope.new_child()
        self._declare(node.get("init") or node.get("left") or node, inner)
        return {
            key: self._flow([value], inner) if key == "body" else self.read(value, inner) for key, value in node.items()
        }

    _ForStatement = _ForInStatement = _ForOfStatement = _WhileStatement = _DoWhileStatement = _loop

    def _CatchClause(self, node: Node, scope: Scope) -> object:  # noqa: N802
        inner = scope.new_child()
        self._add(_names(node.get("param")), inner)
        return ["catch", self.read(node["param"], inner), self.body(node["body"]["body"], inner)]


def _without_end(done: list[object]) -> list[object]:
    """What a function does, without giving back at its end what it gives back by itself: nothing."""
    *before, last = done or [None]
    match last:
        case ["return", "void 0"]:
            return _without_end(before)
        case ["choice", test, list(yes), list(no)]:
            return [*before, ["choice", test, _without_end(yes), _without_end(no)]]
    return done


def _statement(expression: Node) -> Node:
    return {"type": "ExpressionStatement", "expression": expression}


def _parameter(declared: Node) -> Node:
    """A variable that a function begins with, as a parameter that nobody gives a value to."""
    if "init" not in declared:
        return dict(declared["id"])
    return {"type": "AssignmentPattern", "left": declared["id"], "right": declared["init"]}


def _return(expression: Node) -> Node:
    return {"type": "ReturnStatement", "argument": expression}


def _block(statements: list[Node]) -> Node:
    return {"type": "BlockStatement", "body": statements}


def _declares(block: Node) -> bool:
    """Whether something is seen in a block alone."""
    return any(node["type"] in {"VariableDeclaration", "FunctionDeclaration"} for node in block["body"])


def _leaves(statement: Node) -> bool:
    """Whether what is behind a statement is not reached through it."""
    if statement["type"] == "BlockStatement" and statement["body"]:
        return _leaves(statement["body"][-1])
    return statement["type"] in {"ReturnStatement", "ThrowStatement", "BreakStatement", "ContinueStatement"}


def _names(pattern: Node | None) -> list[str]:
    """The variables that a pattern declares."""
    if not pattern:
        return []
    if pattern["type"] == "Identifier":
        return [pattern["name"]]
    parts = pattern.get("elements") or pattern.get("properties") or []
    inside = [pattern[key] for key in ("left", "argument", "value") if key in pattern]
    return [name for part in [*parts, *inside] for name in _names(part)]
