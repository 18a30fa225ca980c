"""The JSON Schema of the config."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from freshtap import clevertap
from freshtap.config import schema


def properties(table: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that the schema describes, by its dotted name."""
    definitions = schema.json_schema()["$defs"]
    for name, described in table["properties"].items():
        key = f"{path}{name}"
        yield key, described
        inner = described.get("items", described)
        for reference in [inner, *inner.get("oneOf", [])]:
            if "$ref" in reference:
                yield from properties(definitions[reference["$ref"].rpartition("/")[2]], f"{key}.")


KEYS = dict(properties(schema.json_schema()))


def test_keys() -> None:
    """The schema knows every key of the contract."""
    assert [key for key in KEYS if not key.startswith("transformations.")] == [
        "name",
        "clevertap",
        "clevertap.account_id",
        "clevertap.region",
        "clevertap.dashboard_url",
        "clevertap.token",
        "clevertap.target_domain",
        "clevertap.sdk_url",
        "clevertap.preload",
        "clevertap.use_ip",
        "clevertap.spa",
        "clevertap.transport",
        "freshpaint",
        "freshpaint.mode",
        "freshpaint.connection_mode",
        "freshpaint.source",
        "freshpaint.hipaa",
        "freshpaint.destination",
        "identify",
        "identify.default_country_code",
        "identify.nested",
        "track",
        "track.send",
        "track.before_identify",
        "track.nested",
        "events",
        "events.name",
        "events.enabled",
        "events.charged",
        "transformations",
        "consent",
        "consent.required",
        "consent.respect_gpc",
    ]


@pytest.mark.parametrize("key", KEYS)
def test_descriptions(key: str) -> None:
    """Every key is described, and none can be null, which TOML does not have."""
    assert KEYS[key]["description"].endswith(".")
    assert "null" not in str(KEYS[key])
    assert KEYS[key].get("default", "") is not None


def test_constraints() -> None:
    """What an editor can check while one types."""
    whole = schema.json_schema()
    account = whole["$defs"]["CleverTap"]
    assert whole["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert whole["title"] == "freshtap.toml"
    assert whole["required"] == ["clevertap"]
    assert account["anyOf"] == [{"required": ["account_id"]}, {"required": ["dashboard_url"]}]
    listed, in_any_case = KEYS["clevertap.region"]["anyOf"]
    assert listed["enum"] == list(clevertap.REGIONS)
    assert all(re.search(in_any_case["pattern"], region) for region in ("in1", " IN1 ", "Aps3\t"))
    assert not any(re.search(in_any_case["pattern"], region) for region in ("in2", "in1x", ""))
    assert KEYS["freshpaint.hipaa"]["const"] is False
    assert KEYS["track.send"] == {
        "default": "defined",
        "description": "defined: only the events listed in the config. all: every event of the page.",
        "enum": ["defined", "all"],
        "type": "string",
    }
    assert all(table["additionalProperties"] is False for table in (whole, *whole["$defs"].values()))
