"""Builds sites for the tests from configs written as mappings: once per config and form, without the command line."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from freshtap import artifacts
from freshtap import config as configs

Form = Literal["minified", "readable", "tdewolff"]
Config = Mapping[str, Any]

#: Where the tests' pages load bridges from.
STATIC: Final = "https://static.site.test/freshtap"
ACCOUNT: Final = "TEST-86K-4Z9-K85Z"

#: What a test's config is laid over.
BASE: Final[Config] = {
    "name": "demo",
    "clevertap": {"account_id": ACCOUNT, "region": "in1"},
    "track": {"send": "all"},
}


@dataclass(frozen=True, slots=True)
class Built:
    """A site as pages get it."""

    tag: str
    """The HTML in ``<head>``."""
    files: Mapping[str, bytes]
    """The scripts by address."""


def merged(base: Config, over: Config) -> dict[str, Any]:
    """Lay one config over another, table by table."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return result


def build(config: Config, form: Form = "minified", *, debug: bool = False) -> Built:
    """Build the site of a config laid over ``BASE``."""
    return _build(json.dumps(merged(BASE, config), sort_keys=True), form, debug)


@functools.cache
def _build(config: str, form: Form, debug: bool) -> Built:
    site = configs.from_mapping(json.loads(config)).valid()
    minifier: Final = {"minified": "jsmin", "readable": "none", "tdewolff": "tdewolff"}[form]
    made = artifacts.make(site, artifacts.Options(base_url=STATIC, minifier=minifier, debug=debug))
    scripts = {f"{STATIC}/{path}": content for path, content in made.files.items() if path.endswith(".js")}
    return Built(tag=made.files[made.entry["snippet"]].decode(), files=scripts)
