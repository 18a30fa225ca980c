"""What becomes of a page's calls where something fails: one row a scenario, one column an engine.

A scenario is a browser test marked with what must become of its calls::

    @pytest.mark.fault("The SDK is blocked", "late")

``delivered``: all of them arrive from the page that made them. ``late``: some arrive from a later page, none is lost;
with ``in_time=True`` all may come from their own page after all, because they were under way. ``lost``: some never
arrive; ``because=`` says why nobody could help it. ``without={"firefox": "why"}``: the engine's driver cannot bring the
fault about, and the scenario is not run there. What did become of them is counted on the wire, in each run, and kept in
``.cache/faults``; ``.venv/bin/python tests/faults.py`` puts what was seen last into the table of FAULTS.md. An engine that
is not on the machine keeps the column that it had.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, get_args

from engines import Engine
from visit import Visit

Fate = Literal["delivered", "late", "lost"]

ROOT: Final = Path(__file__).parents[1]
DOCUMENT: Final = ROOT / "tests" / "FAULTS.md"
SEEN: Final = ROOT / ".cache" / "faults"
_TABLE: Final = re.compile(r"(?<=<!-- faults -->\n).*?(?=<!-- /faults -->)", re.DOTALL)
_TITLES: Final[dict[Engine, str]] = {"chromium": "Chromium", "firefox": "Firefox", "webkit": "WebKit"}
NOT_RUN: Final = "not run"


@dataclass(frozen=True, slots=True)
class Fault:
    """A scenario as it is marked."""

    name: str
    fate: Fate
    because: str = ""
    without: Mapping[Engine, str] = field(default_factory=dict)
    in_time: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many of a scenario's calls arrived from the page that made them, from a later one, and never."""

    delivered: int
    late: int
    lost: int

    @property
    def fate(self) -> Fate:
        """The worst that befell any of them."""
        return "lost" if self.lost else "late" if self.late else "delivered"

    def __str__(self) -> str:
        return ", ".join(f"{count} {fate}" for fate, count in asdict(self).items() if count)


def outcome(visits: Iterable[Visit]) -> Outcome:
    """Count what became of the calls of a scenario's visits: each call made against each that arrived."""
    delivered = late = lost = 0
    for visit in visits:
        arrived = list(visit.arrivals)
        for call in visit.made:
            match = next((it for it in arrived if call.is_of(it.request)), None)
            if match is None:
                lost += 1
                continue
            arrived.remove(match)
            if match.page == call.page:
                delivered += 1
            else:
                late += 1
        assert not arrived, f"arrived, and was made by no script that the visit ran: {arrived}"
    return Outcome(delivered, late, lost)


def keep(engine: Engine, fault: Fault, seen: Outcome) -> None:
    """Note what was seen, for the table."""
    is_in_time = fault.in_time and seen.fate == "delivered"
    assert seen.fate == fault.fate or is_in_time, f"{fault.name}: {seen}, and was to be {fault.fate}"
    path = SEEN / engine / f"{sha256(fault.name.encode()).hexdigest()[:16]}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"name": fault.name, "seen": str(seen)}))


def marked() -> list[Fault]:
    """Every scenario that any test of this folder is marked with, in the order in which they are written."""
    return [fault for path in sorted(Path(__file__).parent.glob("test_*.py")) for fault in _marks(path)]


def _marks(path: Path) -> Iterator[Fault]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.fault":
            words = [ast.literal_eval(argument) for argument in node.args]
            yield Fault(*words, **{str(word.arg): ast.literal_eval(word.value) for word in node.keywords})


def in_document() -> dict[str, dict[Engine, str]]:
    """The table that FAULTS.md has: by scenario, what each engine was seen to do."""
    found = _TABLE.search(DOCUMENT.read_text(encoding="utf-8"))
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in (found[0] if found else "").splitlines()]
    return {row[0]: dict(zip(get_args(Engine), row[2:], strict=False)) for row in rows[2:]}


def table() -> str:
    """What was seen last, as a Markdown table."""
    before = in_document()
    seen: dict[Engine, dict[str, str]] = {engine: dict(_seen(engine)) for engine in _TITLES}
    lines = [f"| scenario | calls are | {' | '.join(_TITLES.values())} | why |", "|---|---|---|---|---|---|"]
    for fault in sorted(marked(), key=lambda one: (get_args(Fate).index(one.fate), one.name)):
        cells = [seen[it].get(fault.name) or before.get(fault.name, {}).get(it, NOT_RUN) for it in _TITLES]
        cells = [NOT_RUN if it in fault.without else cell for it, cell in zip(_TITLES, cells, strict=True)]
        in_time = "They were under way: they may come from their own page, too." if fault.in_time else ""
        reasons = [fault.because, in_time, *(f"{_TITLES[it]}: {reason}" for it, reason in fault.without.items())]
        lines.append(f"| {fault.name} | {fault.fate} | {' | '.join(cells)} | {' '.join(filter(None, reasons))} |")
    return "\n".join(lines) + "\n"


def _seen(engine: Engine) -> Iterator[tuple[str, str]]:
    for path in sorted((SEEN / engine).glob("*.json")):
        kept = json.loads(path.read_text())
        yield kept["name"], kept["seen"]


if __name__ == "__main__":
    text = DOCUMENT.read_text(encoding="utf-8")
    made = table()
    DOCUMENT.write_text(_TABLE.sub(lambda _: made, text), encoding="utf-8")
    print(made)
