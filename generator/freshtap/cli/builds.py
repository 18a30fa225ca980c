"""The commands that take any number of configs: build, check."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from freshtap import builder, config
from freshtap.artifacts import Options
from freshtap.builder import collection, validation, workers
from freshtap.builder.workers import Workers
from freshtap.cli import options
from freshtap.cli.console import progress, say, warn
from freshtap.output import manifest
from freshtap.output.ledger import Ledger

if TYPE_CHECKING:
    # It stands on sqlite3, which not every Python has.
    from freshtap.builder.memory import Memory

#: What is remembered of earlier builds of so many sites.
_Remembered = Callable[[int], "AbstractContextManager[Memory | None]"]

#: Sites that a build names one by one; more are counted.
_MOST_NAMED: Final = 20


@click.command(name="build")
@options.configs
@options.output
@options.base_url
@options.minifier
@click.option("--precompress", is_flag=True, help="Put .gz and .br files beside the scripts (needs the extra brotli).")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to build with.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 with a diff if the output is not current.")
@click.option("--prune", is_flag=True, help="Remove the scripts of earlier builds.")
@options.strict
@options.debug
def build_command(
    configs: tuple[str, ...],
    out: Path,
    base_url: str,
    minifier: str,
    jobs: int,
    *,
    precompress: bool,
    check: bool,
    prune: bool,
    strict: bool,
    debug: bool,
) -> None:
    """Build each CONFIG: a file, a directory (each *.toml right in it), or a glob. Default: freshtap.toml."""
    chosen = Options(base_url=base_url, minifier=minifier, debug=debug, precompress=precompress)
    # --check looks at everything, whatever is remembered.
    remembered = None if check else partial(_remembered, out, chosen, prune=prune)
    with _validated(configs, jobs=jobs, strict=strict, remembered=remembered) as validated:
        if check:
            if _print_differences(validated, out, chosen, prune=prune):
                click.get_current_context().exit(1)
            say(f"{out} is current.")
        else:
            _build(validated, out, chosen, prune=prune)


def _remembered(out: Path, chosen: Options, count: int, *, prune: bool) -> AbstractContextManager[Memory | None]:
    """What is remembered of builds of ``count`` sites; nothing where this Python cannot."""
    try:
        from freshtap.builder import memory  # noqa: PLC0415 - stands on sqlite3, which not every Python has
    except ImportError:
        return contextlib.nullcontext()
    return memory.opened(out, chosen, count, prune=prune)


class _Validated(NamedTuple):
    """Configs of which none has an error."""

    files: list[str]
    warnings: int
    sources: Ledger
    team: Workers
    memory: Memory | None


@contextlib.contextmanager
def _validated(
    configs: tuple[str, ...], *, jobs: int = 1, strict: bool, remembered: _Remembered | None = None
) -> Iterator[_Validated]:
    """The configs, once all are validated and warnings printed, and processes to go on with.

    What is ``remembered`` of earlier builds is for one that does not look at everything once more.
    """
    files, missing = collection.collect(configs or [config.DEFAULT_NAME])
    with contextlib.ExitStack() as stack:
        team = stack.enter_context(workers.started(max(1, min(jobs, len(files)))))
        sources = stack.enter_context(Ledger())
        known = stack.enter_context(remembered(len(files))) if remembered else None
        warnings = 0
        validating = validation.validate(files, team, sources, missing=missing, strict=strict, memory=known)
        for checked in progress(validating, "Checking", len(files)):
            # Errors are told at the end, all at once.
            problems = checked.problems if checked.name else ()
            warn(problems)
            warnings += len(problems)
        yield _Validated(files, warnings, sources, team, known)


def _print_differences(validated: _Validated, out: Path, chosen: Options, *, prune: bool) -> bool:
    """Prints what a build would change; whether that is anything."""
    differences = builder.compare(validated.sources, out, chosen, validated.team, prune=prune)
    with contextlib.closing(progress(differences, "Comparing", len(validated.files))) as compared:
        first = next(filter(None, compared), "")
    # From here on what is printed shows that something is done, and a progress bar would be in its way.
    for text in chain([first], differences) if first else ():
        click.echo(text, nl=False)
    return bool(first)


def _build(validated: _Validated, out: Path, chosen: Options, *, prune: bool) -> None:
    """Builds, and prints what was built: site by site, or how many."""
    shown, count, changed = [], 0, 0
    sources, team, known = validated.sources, validated.team, validated.memory
    with builder.begun(sources, out, chosen, team, prune=prune, memory=known) as building:
        for built in progress(building.sites(), "Building", len(validated.files)):
            count += 1
            changed += bool(built.written or built.removals.all)
            if count <= _MOST_NAMED:
                shown.append(built)
        is_listed_anew = building.publish()
        count += building.unchanged_count
    if count > _MOST_NAMED:
        say(f"{count} sites in {out}: {changed} written, {count - changed} as they were.")
    else:
        for built in shown:
            _tell(built, out, is_listed_anew=is_listed_anew and built is shown[-1])


def _tell(built: builder.Built, out: Path, *, is_listed_anew: bool) -> None:
    """What was built for one site, and what to do with it; whether the manifest is new, too."""
    entry = built.entry
    click.echo(f"{built.name}: {entry['bytes']:,} bytes, {entry['gzip']:,} with gzip")
    for path in sorted(built.written):
        say(f"  wrote {out / path}")
    for path in built.removals.all:
        say(f"  removed {out / path}")
    if not (built.written or built.removals.all):
        say(f"  {out / built.name} is as it was")
    if is_listed_anew:
        say(f"  wrote {out / manifest.NAME}")
    say(f"  Next: publish {out}, and paste {out / entry['snippet']} into the <head> of your pages.")


@click.command()
@options.configs
@options.strict
def check(configs: tuple[str, ...], *, strict: bool) -> None:
    """Validate each CONFIG, and write nothing. Default: freshtap.toml."""
    with _validated(configs, strict=strict) as validated:
        count, warnings = len(validated.files), validated.warnings
    subject = validated.files[0] if count == 1 else f"{count} configs"
    say(f"{subject}: no errors, {warnings or 'no'} warning{'' if warnings == 1 else 's'}.")
