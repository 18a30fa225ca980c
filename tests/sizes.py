"""What a page downloads, in bytes: ``.venv/bin/python tests/sizes.py`` puts the table into the README."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Final

import brotli

from freshtap import artifacts, config, plan, render
from freshtap.artifacts import Options
from freshtap.site import Site

ROOT: Final = Path(__file__).parents[1]
README: Final = ROOT / "README.md"
EXAMPLE: Final = ROOT / "generator" / "example" / "freshtap.toml"
_BLOCK: Final = re.compile(r"(?<=<!-- sizes -->\n).*?(?=<!-- /sizes -->)", re.DOTALL)


def parts() -> dict[str, str]:
    """What is measured, by its name."""
    site = plan.load(EXAMPLE).site
    smallest = _smallest()
    return {
        "snippet, the inline script": render.snippet(site),
        "snippet.html, whole": artifacts.tag(site, Options(base_url="https://static.example.com/tags")),
        "script of the example, jsmin": render.bridge(site),
        "script of the example, tdewolff": render.bridge(site, minifier="tdewolff"),
        "script of an account that sends every event at once, jsmin": render.bridge(smallest),
        "script of the example, debug": render.bridge(site, debug=True),
    }


def table() -> str:
    """The sizes as a Markdown table."""
    lines = ["| what | raw | gzip | brotli |", "|---|---:|---:|---:|"]
    for name, text in parts().items():
        content = text.encode()
        sizes = (len(content), compressed(text), len(brotli.compress(content)))
        lines.append(f"| {name} | " + " | ".join(f"{size:,}" for size in sizes) + " |")
    return "\n".join(lines) + "\n"


def compressed(text: str) -> int:
    """The size with gzip, as budgets count it."""
    return len(gzip.compress(text.encode(), 9, mtime=0))


def in_readme() -> str:
    """The table that the README has."""
    found = _BLOCK.search(README.read_text(encoding="utf-8"))
    return found[0] if found else ""


def _smallest() -> Site:
    track = {"send": "all", "before_identify": "send", "nested": "drop"}
    account = {"account_id": "TEST-86K-4Z9-K85Z"}
    return config.from_mapping({"clevertap": account, "track": track, "identify": {"nested": "drop"}}).valid()


if __name__ == "__main__":
    README.write_text(_BLOCK.sub(lambda _: table(), README.read_text(encoding="utf-8")), encoding="utf-8")
    print(table())
