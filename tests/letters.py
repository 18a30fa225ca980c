"""Looks for short names, and an order of functions, that compress best: ``.venv/bin/python tests/letters.py``.

Changes ``names.json`` little by little and keeps what makes scripts smaller; in the beginning also, now and then, what
makes them larger, or it would end at the first hollow it comes to. Worth some minutes after templates have changed.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import sizes
from freshtap import render
from freshtap.minify import compact, names, prepared
from freshtap.minify.names import CHOSEN
from freshtap.minify.tokens import Token, read, written

FOUND: Final = Path(names.__file__).with_name("names.json")
#: The feature sets that count.
SITES: Final[Sequence[dict[str, Any]]] = ({}, sizes.EVERYTHING, {"freshpaint": {"mode": "companion"}})
#: How many times a byte of the snippet counts, which stands in every page.
SNIPPET: Final = 4

#: Bytes that a step may cost in the end, and seconds between two lines of output.
COLD: Final = 0.02
TELLING: Final = 20

_PLACE: Final = re.compile(r"\$(\d+)\$")


class Script:
    """A minified script in which names and the order of functions are still open; ``weight`` is how much it counts."""

    def __init__(self, source: str, weight: int = 1) -> None:
        self.weight = weight
        tokens = read(prepared(source))
        self.variables = names.variables_of(tokens)
        names.rename(self.variables, {variable: f"${place}$" for place, variable in enumerate(self.variables)})
        self._before, functions, self._after = _parted(compact(written(tokens)))
        self.functions = {self._named(function): function for function in functions}

    def _named(self, function: str) -> str:
        found = _PLACE.match(function)
        return self.variables[int(found[1])].name if found else ""

    def names(self, chosen: dict[str, str]) -> list[str]:
        """What each of the variables is called."""
        short = names.short_names(self.variables, chosen)
        return [short[variable] for variable in self.variables]

    def size(self, chosen: dict[str, str], order: Sequence[str]) -> int:
        """In bytes, compressed."""
        functions = ",".join(self.functions[name] for name in order if name in self.functions)
        short = self.names(chosen)
        return sizes.compressed(_PLACE.sub(lambda found: short[int(found[1])], self._before + functions + self._after))


def _parted(text: str) -> tuple[str, list[str], str]:
    """What stands before the functions that a script begins with, these, and what stands behind."""
    tokens = read(text)
    start = next(index for index, token in enumerate(tokens) if token.role in {"block", "function"}) + 2
    functions, index, end = [], start, start
    while _PLACE.fullmatch(tokens[index].text) and _is_function(tokens, index):
        while tokens[index].text not in {",", ";"}:
            index = max(index, tokens[index].pair) + 1
        functions.append(written(tokens[end:index]).strip())
        end = index = index + 1
    return written(tokens[:start]) + " ", functions, written(tokens[end - 1 :])


def _is_function(tokens: list[Token], index: int) -> bool:
    """Whether a function gets its name here."""
    return tokens[index + 1].text == "=" and tokens[max(index + 2, tokens[index + 2].pair) + 1].text == "=>"


class Search:
    """Goes from one choice to the next."""

    def __init__(self, scripts: Sequence[Script], seed: int) -> None:
        self._scripts = scripts
        self._random = random.Random(seed)  # noqa: S311 - nothing here is secret
        whole = max(scripts, key=lambda script: len(script.variables))
        functions = {name for script in scripts for name in script.functions}
        self.order = sorted(functions, key=[*CHOSEN, *functions].index)
        self._words = sorted({variable.key for script in scripts for variable in script.variables})
        given = dict(zip((variable.key for variable in whole.variables), whole.names(dict(CHOSEN)), strict=True))
        # Of two letters are those that no other name would miss.
        single = {word: name for word, name in given.items() if len(name) == 1}
        self.chosen = {word: CHOSEN.get(word) or single.get(word, "") for word in self._words}
        self.sizes = self._measured()

    def _measured(self) -> list[int]:
        return [script.size(self.chosen, self.order) for script in self._scripts]

    def step(self, heat: float) -> None:
        """Tries a change, and takes it back where it is not worth it."""
        chosen, order, before = self.chosen, self.order, self.sizes
        kind = self._random.random()
        if kind < 0.4:
            self.order = list(order)
            name = self.order.pop(self._random.randrange(len(order)))
            self.order.insert(self._random.randrange(len(order)), name)
        elif kind < 0.7:
            self.chosen = {**chosen, self._random.choice(self._words): self._random.choice(names.LETTERS)}
        else:
            one, other = self._random.sample(self._words, 2)
            self.chosen = {**chosen, one: chosen[other], other: chosen[one]}
        self.sizes = self._measured()
        more = self._weighed(self.sizes) - self._weighed(before)
        if more > 0 and self._random.random() >= math.exp(-more / heat):
            self.chosen, self.order, self.sizes = chosen, order, before

    def _weighed(self, measured: Sequence[int]) -> int:
        return sum(script.weight * size for script, size in zip(self._scripts, measured, strict=True))

    @property
    def total(self) -> int:
        """What is to become small."""
        return self._weighed(self.sizes)

    def written(self) -> str:
        """What is found, as ``names.json`` has it: the functions in their order, then all other names."""
        words = [*self.order, *(word for word in self._words if word not in self.order)]
        return json.dumps({word: self.chosen[word] for word in words}, indent=0) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, default=FOUND)
    parser.add_argument("--heat", type=float, default=1.0, help="bytes that a step may cost, in the beginning")
    asked = parser.parse_args()
    sites = [sizes.site_of(changes) for changes in SITES]
    scripts = [Script(render.bridge(site, minifier="none")) for site in sites]
    scripts.append(Script(render.snippet(sites[0], minifier="none"), SNIPPET))
    search = Search(scripts, asked.seed)
    print("before:", search.sizes)
    best, sized, found = search.total, search.sizes, search.written()
    began = told = time.monotonic()
    while (passed := time.monotonic() - began) < asked.seconds:
        search.step(max(COLD, asked.heat * (1 - passed / asked.seconds) ** 2))
        if search.total < best:
            best, sized, found = search.total, search.sizes, search.written()
        if time.monotonic() - told > TELLING:
            told = time.monotonic()
            print(f"{passed:.0f} s:", search.sizes, flush=True)
    asked.output.write_text(found, encoding="utf-8")
    print("after:", sized)


if __name__ == "__main__":
    main()
