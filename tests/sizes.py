"""What a page downloads, in bytes: ``.venv/bin/python tests/sizes.py`` puts the tables into the README."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any, Final, get_args

import brotli

from freshtap import artifacts, config, plan, render
from freshtap.artifacts import Options
from freshtap.config.site import Site
from freshtap.config.transformations import SendBuiltin
from sites import BASE, merged

ROOT: Final = Path(__file__).parents[1]
README: Final = ROOT / "README.md"
EXAMPLE: Final = ROOT / "generator" / "example" / "freshtap.toml"

#: The example without its purchase: identify and track, limits, order, events held.
PLAIN: Final = merged(
    BASE, {"track": {"send": "defined"}, "events": [{"name": "Product Viewed"}, {"name": "Signed Up"}]}
)

_ON: Final = {"on": "Signed Up", "property": "plan"}
#: What switching each feature on changes in a config.
FEATURES: Final[dict[str, dict[str, Any]]] = {
    "`charged = true`": {"events": [{"name": "Product Viewed"}, {"name": "Signed Up", "charged": True}]},
    '`send = "all"`': {"track": {"send": "all"}, "events": []},
    '`before_identify = "send"`': {"track": {"before_identify": "send"}},
    '`before_identify = "drop"`': {"track": {"before_identify": "drop"}},
    '`nested = "drop"`, both': {"track": {"nested": "drop"}, "identify": {"nested": "drop"}},
    "`default_country_code`": {"identify": {"default_country_code": "+1"}},
    "`use_ip`": {"clevertap": {"use_ip": True}},
    "`rename-event`": {"transformations": [{"on": "Signed Up", "op": "rename-event", "to": "Registered"}]},
    "`rename-property`": {
        "transformations": [{"on": "Signed Up", "op": "rename-property", "from": "plan", "to": "tariff"}]
    },
    "`change-type`, to number": {"transformations": [{**_ON, "op": "change-type", "to": "number"}]},
    "`uppercase`": {"transformations": [{**_ON, "op": "uppercase"}]},
    "`delete-property`": {"transformations": [{**_ON, "op": "delete-property"}]},
    "`send-builtin`, one": {"transformations": [{"on": "*", "op": "send-builtin", "property": "url"}]},
    "`send-constant`": {"transformations": [{**_ON, "op": "send-constant", "value": "free"}]},
    "`consent.required`": {"consent": {"required": True}},
    "`consent.respect_gpc`": {"consent": {"respect_gpc": True}},
    '`mode = "companion"`': {"freshpaint": {"mode": "companion"}},
    "`spa`": {"clevertap": {"spa": True}},
    '`transport = "fetch"`': {"clevertap": {"transport": "fetch"}},
    "`target_domain`, `token`": {"clevertap": {"target_domain": "ct.example.com", "token": "abc"}},
}
#: Everything that can be on together.
EVERYTHING: Final[dict[str, Any]] = {
    "clevertap": {
        "use_ip": True,
        "spa": True,
        "transport": "fetch",
        "target_domain": "ct.example.com",
        "token": "abc",
    },
    "identify": {"default_country_code": "+1"},
    "track": {"send": "all"},
    "events": [{"name": "Order Completed", "charged": True}],
    "consent": {"required": True, "respect_gpc": True},
    "transformations": [
        {"on": "Signed Up", "op": "rename-event", "to": "Registered"},
        {"on": "*", "op": "rename-property", "from": "plan", "to": "tariff"},
        *({**_ON, "op": "change-type", "to": to} for to in ("text", "number", "boolean", "date")),
        *({**_ON, "op": op} for op in ("uppercase", "lowercase", "delete-property")),
        *(
            {"on": "*", "op": "send-builtin", "property": name}
            for name in get_args(SendBuiltin.model_fields["property"].annotation)
        ),
        {**_ON, "op": "send-constant", "value": "free"},
    ],
}


def site_of(changes: dict[str, Any]) -> Site:
    """The site of ``PLAIN`` with a feature switched on."""
    return config.from_mapping(merged(PLAIN, changes)).valid()


def wholes() -> str:
    """What a page downloads, as a Markdown table; with the most that it is to have with gzip, where that is set."""
    example = plan.load(EXAMPLE).site
    plain, everything = site_of({}), site_of(EVERYTHING)
    beside = site_of(merged(EVERYTHING, {"freshpaint": {"mode": "companion"}}))
    parts: list[tuple[str, str, int]] = [
        ("snippet, the inline script", render.snippet(example), 400),
        (
            "snippet.html, whole",
            artifacts.tag(example, Options(base_url="https://static.example.com/tags")),
            600,
        ),
        ("script: identify and track, limits, order, events held", render.bridge(plain), 3584),
        ("the same with tdewolff", render.bridge(plain, minifier="tdewolff"), 3072),
        ("script of the example, which has a purchase", render.bridge(example), 0),
        ("the same with tdewolff", render.bridge(example, minifier="tdewolff"), 0),
        ("script with everything on", render.bridge(everything), 5120),
        ("the same with tdewolff", render.bridge(everything, minifier="tdewolff"), 4352),
        ("script with everything on, in companion mode", render.bridge(beside), 0),
        ("script of the example, debug", render.bridge(example, debug=True), 0),
    ]
    lines = ["| what | raw | gzip | aim | brotli |", "|---|---:|---:|---:|---:|"]
    for name, text, aim in parts:
        content = text.encode()
        aimed = f"{aim:,}" if aim else ""
        packed = len(brotli.compress(content))
        lines.append(f"| {name} | {len(content):,} | {compressed(text):,} | {aimed} | {packed:,} |")
    return "\n".join(lines) + "\n"


def features() -> str:
    """What switching a feature on costs the script, and the snippet where it changes that, as a Markdown table."""
    plain = site_of({})
    lines = ["| switched on | raw | gzip | snippet, gzip |", "|---|---:|---:|---:|"]
    for name, changes in FEATURES.items():
        site = site_of(changes)
        before, after = render.bridge(plain), render.bridge(site)
        snippet = compressed(render.snippet(site)) - compressed(render.snippet(plain))
        sizes = f"{len(after) - len(before):+,} | {compressed(after) - compressed(before):+,}"
        lines.append(f"| {name} | {sizes} | {f'{snippet:+,}' if snippet else ''} |")
    return "\n".join(lines) + "\n"


TABLES: Final = {"sizes": wholes, "features": features}


def compressed(text: str) -> int:
    """The size with gzip, as budgets count it."""
    return len(gzip.compress(text.encode(), 9, mtime=0))


def in_readme(name: str) -> str:
    """The table of this name that the README has."""
    found = _block(name).search(README.read_text(encoding="utf-8"))
    return found[0] if found else ""


def _block(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    for name, make in TABLES.items():
        table = make()
        text = _block(name).sub(lambda _found, table=table: table, text)  # type: ignore[misc]
        print(table)
    README.write_text(text, encoding="utf-8")
