"""TypeScript declarations of the tracking plan."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from freshtap import config
from freshtap.render import declarations
from test_artifacts import HOSTILE

METHODS = {
    *(
        "identify",
        "track",
        "page",
        "group",
        "alias",
        "init",
        "push",
        "ready",
        "reset",
        "user",
        "get_distinct_id",
    ),
    *("addEventProperties", "addInitialEventProperties", "addPageviewProperties", "removeEventProperty"),
    *("register", "register_once", "unregister"),
    *("set_consent", "opt_in_tracking", "opt_out_tracking", "has_opted_out_tracking"),
}


def rendered(*events: dict[str, Any], send: str = "defined", mode: str = "standalone") -> str:
    tables = {
        "name": "demo",
        "clevertap": {"account_id": "A-B-C"},
        "freshpaint": {"mode": mode},
        "track": {"send": send},
        "events": [*events],
    }
    return declarations.render(config.from_mapping(tables).valid())


def event_type(text: str) -> str:
    """The declaration of the events that track takes."""
    match = re.search(r"export type FreshpaintEvent =\n(.*?);\n\n", text, re.DOTALL)
    assert match
    return match[1]


@pytest.mark.parametrize(
    ("events", "send", "expected"),
    [
        ([{"name": "A"}, {"name": "Order", "charged": True}], "defined", '  | "A"\n  | "Order"'),
        ([{"name": "A"}, {"name": "B", "enabled": False}], "defined", '  | "A"'),
        ([], "defined", "  never"),
        ([{"name": "A"}], "all", '  | "A"\n  | (string & {})'),
        ([], "all", "  | (string & {})"),
    ],
    ids=["defined", "disabled", "none", "all", "all, none listed"],
)
def test_events(events: list[dict[str, Any]], send: str, expected: str) -> None:
    """track takes the enabled events of the plan, and any other only where all are sent."""
    assert event_type(rendered(*events, send=send)) == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [([{"name": "A"}, {"name": "B", "enabled": False}], '  | "A"\n  | (string & {})'), ([], "  | (string & {})")],
    ids=["defined", "none"],
)
@pytest.mark.parametrize("send", ["defined", "all"])
def test_beside_freshpaints_sdk(events: list[dict[str, Any]], send: str, expected: str) -> None:
    """track takes any event, which Freshpaint has other destinations for; what its methods do is not told as ours."""
    text = rendered(*events, send=send, mode="companion")
    assert event_type(text) == expected
    assert set(re.findall(r"^  (\w+)\(", text, re.MULTILINE)) == METHODS
    assert not re.search("Not sent|empty text|tenth of a second", text)
    assert "  has_opted_out_tracking(): boolean;\n" in text


def test_methods() -> None:
    """Every method of the contract is declared, on window and as a global."""
    text = rendered({"name": "A"})
    assert set(re.findall(r"^  (\w+)\(", text, re.MULTILINE)) == METHODS
    assert "    freshpaint: Freshpaint;\n" in text
    assert "  var freshpaint: Freshpaint;\n" in text
    assert text.startswith("// The tracking plan of demo, ")
    assert text.endswith("}\n")


@pytest.mark.parametrize("hostile", [name for name in HOSTILE if name not in {"prototype", "lone blanks"}])
def test_hostile_names(hostile: str) -> None:
    """An event's name is one string literal, whatever it holds."""
    text = rendered({"name": HOSTILE[hostile]})
    literal = event_type(text).removeprefix("  | ")
    assert json.loads(literal) == HOSTILE[hostile]
    assert text.replace(literal, '"A"') == rendered({"name": "A"})
    assert text.isascii()
