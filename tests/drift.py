"""Whether versions of CleverTap's web SDK still do what the bridge relies on.

``.venv/bin/python tests/drift.py [VERSION ...]`` asks each of the versions (those of ``sdk.py``, if none is named), as
npm has them, and prints a table. It ends with 1 where something no longer holds. ``--write`` puts the list of what is
relied on into RELIANCES.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Error, sync_playwright

import browser as browsers
import sdk as sdks
from probes import VISITS, Subject
from reliances import RELIANCES, Reliance, table

PAGE: Final = Path(__file__).parent / "RELIANCES.md"
_LIST: Final = re.compile(r"(?<=<!-- reliances -->\n).*?(?=<!-- /reliances -->)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one reliance under one version."""

    holds: bool | None
    """None: it could not be tried, because something in front of it did not hold."""
    expected: bool = True
    """False where the bridge counts on it only with later versions."""
    why: str = ""
    """What stood in the way of trying it."""

    @property
    def is_gone(self) -> bool:
        """Whether the bridge counts on something that is not there, as far as one can tell."""
        return self.expected and not self.holds

    def __str__(self) -> str:
        if self.holds is None:
            return "not tried"
        return "yes" if self.holds else "NO" if self.expected else "no, as known"


def examine(version: str, script: bytes, browser: Browser) -> dict[str, Finding]:
    """Try everything on one version of the SDK."""
    seen: dict[str, bool] = {}
    ended: list[str] = []
    for visit in VISITS:
        subject = Subject(browser, script)
        try:
            for name, holds in visit(subject):
                seen[name] = bool(holds) and seen.get(name, True)
        except (Error, AssertionError, LookupError, TypeError, ValueError) as error:
            # An SDK that has changed much may lack what a visit needs to go on.
            ended.append(f"{visit.__name__} ended with: {str(error).partition(chr(10))[0]}")
        subject.visit.close()
    return {
        one.name: Finding(seen.get(one.name), is_expected(one, version), "" if one.name in seen else "; ".join(ended))
        for one in RELIANCES
    }


def is_expected(reliance: Reliance, version: str) -> bool:
    """Whether the bridge counts on it with this version."""
    return tuple(map(int, re.findall(r"[0-9]+", version))) >= reliance.since


def report(found: dict[str, dict[str, Finding]]) -> str:
    """Reliance by version."""
    width = max(len(one.name) for one in RELIANCES)
    lines = [" | ".join([" " * width, *(f"{version:12}" for version in found)])]
    for one in RELIANCES:
        cells = (f"{found[version][one.name]!s:12}" for version in found)
        lines.append(" | ".join([one.name.ljust(width), *cells]))
    findings = {one: [those[one.name] for those in found.values()] for one in RELIANCES}
    gone = [one for one in RELIANCES if any(it.expected and it.holds is False for it in findings[one])]
    lines += [f"\n{one.name}: the SDK no longer {one.does}.\n  {one.otherwise} ({one.templates})" for one in gone]
    reasons = {it.why for one in RELIANCES for it in findings[one]} - {""}
    return "\n".join(line.rstrip() for line in [*lines, *(f"\nNot tried: {reason}" for reason in sorted(reasons))])


def in_page() -> str:
    """The list that RELIANCES.md has."""
    found = _LIST.search(PAGE.read_text(encoding="utf-8"))
    return found[0] if found else ""


def main(arguments: Sequence[str]) -> int:
    """The command; gives the exit code."""
    if "--write" in arguments:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(_LIST.sub(lambda _: table(), text), encoding="utf-8")
        return 0
    versions = arguments or tuple(sdks.PINNED)
    wrong = [version for version in versions if not re.fullmatch(r"[0-9]+\.[0-9A-Za-z.-]+", version)]
    if wrong:
        sys.exit(f"{wrong[0]} is no version: they are like {sdks.NEWEST}")
    try:
        scripts = {version: sdks.published(version) for version in versions}
    except RuntimeError as error:
        sys.exit(str(error))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browsers.find_shell())
        found = {version: examine(version, script, browser) for version, script in scripts.items()}
        browser.close()
    print(report(found))
    return int(any(finding.is_gone for those in found.values() for finding in those.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
