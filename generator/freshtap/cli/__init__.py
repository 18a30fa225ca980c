"""The commands: each asks for what is to be done, and prints what came of it. Everything else is done below."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shlex
import sys
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import click

from freshtap import __version__, artifacts, build, config, output, plan
from freshtap.artifacts import Options
from freshtap.build import workers
from freshtap.cli import initial, options
from freshtap.config import schema
from freshtap.config.site import Site
from freshtap.errors import CommandError, FreshtapError, Problem, labelled, needs, printable
from freshtap.output import manifest
from freshtap.output.ledger import Ledger
from freshtap.render import declarations

T = TypeVar("T")

#: Sites that a build names one by one; more are counted.
_MOST_NAMED = 20
#: Seconds of work after which a progress bar appears.
_PATIENCE = 1.0


#: What the system says where it is asked for more than it has, and not because of what is printed.
_SCARCE = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)


class _Commands(click.Group):
    """Says in words where what it prints cannot be written, to a full disk, say; or where the system runs short."""

    def main(self, *args: Any, **extra: Any) -> Any:
        try:
            return super().main(*args, **extra)
        except OSError as error:
            if error.filename:
                raise
            is_scarce = error.errno in _SCARCE
            what = "the system gives no more of what this needs" if is_scarce else "the output cannot be written"
            with suppress(OSError):
                click.echo(f"Error: {what}: {error.strerror or error}.", err=True)
            if not is_scarce:
                # What is left of it would fail once more as Python ends.
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            sys.exit(FreshtapError.exit_code)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="freshtap")
def main() -> None:
    """Builds the script that carries freshpaint.identify and freshpaint.track to CleverTap.

    One config file per CleverTap account; "freshtap init" writes the first.
    """
    # Windows would otherwise write names in a code page that does not have them.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@main.command()
@click.option("--dashboard-url", metavar="URL", help="An address from CleverTap's dashboard, to read both from.")
@click.option("--account-id", metavar="ID", help="CleverTap's account id, like TEST-86K-4Z9-K85Z.")
@click.option("--region", metavar="REGION", help="The region the account lives in: eu1, in1, sg1, us1, aps3, mec1.")
@options.new_config
def init(dashboard_url: str | None, account_id: str | None, region: str | None, path: Path) -> None:
    """Write a commented config to PATH (freshtap.toml). Never overwrites."""
    text = initial.text(dashboard_url=dashboard_url, account_id=account_id, region=region, file=str(path))
    output.write_new(path, text)
    _say(f"Wrote {path}.")
    if dashboard_url is None and account_id is None:
        click.echo("Its account id is an example: put your own there, from the address of CleverTap's dashboard.")
    _say(f"Next: list your events in it, then run: freshtap build{_named(path)}")


@main.command(name="build")
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
    files, missing = build.collect(configs or [config.DEFAULT_NAME])
    with workers.started(max(1, min(jobs, len(files)))) as team, Ledger() as sources:
        validating = build.validate(files, team, sources, missing=missing, strict=strict)
        for checked in _progress(validating, "Checking", len(files)):
            _warn(checked.problems if checked.name else ())
        if check:
            differences = build.compare(sources, out, chosen, team, prune=prune)
            with contextlib.closing(_progress(differences, "Comparing", len(files))) as compared:
                first = next(filter(None, compared), "")
            if not first:
                _say(f"{out} is current.")
                return
            # From here on what is printed shows that something is done, and a progress bar would be in its way.
            for text in chain([first], differences):
                click.echo(text, nl=False)
            click.get_current_context().exit(1)
        shown, count, changed = [], 0, 0
        with build.begun(sources, out, chosen, team, prune=prune) as building:
            for built in _progress(building.sites(), "Building", len(files)):
                count += 1
                changed += bool(built.written or built.removals.all)
                if count <= _MOST_NAMED:
                    shown.append(built)
            is_listed_anew = building.publish()
    if count > _MOST_NAMED:
        _say(f"{count} sites in {out}: {changed} written, {count - changed} as they were.")
    else:
        for built in shown:
            _tell(built, out, is_listed_anew=is_listed_anew and built is shown[-1])


def _tell(built: build.Built, out: Path, *, is_listed_anew: bool) -> None:
    """What was built for one site, and what to do with it; whether the manifest is new, too."""
    entry = built.entry
    click.echo(f"{built.name}: {entry['bytes']:,} bytes, {entry['gzip']:,} with gzip")
    for path in sorted(built.written):
        _say(f"  wrote {out / path}")
    for path in built.removals.all:
        _say(f"  removed {out / path}")
    if not (built.written or built.removals.all):
        _say(f"  {out / built.name} is as it was")
    if is_listed_anew:
        _say(f"  wrote {out / manifest.NAME}")
    _say(f"  Next: publish {out}, and paste {out / entry['snippet']} into the <head> of your pages.")


@main.command()
@options.config
@click.option("--inline", is_flag=True, help="Carry the whole script in the page instead of loading it.")
@click.option("--stable", is_flag=True, help="The address that outlives a rebuild, without integrity.")
@options.nonce
@options.base_url
@options.minifier
@options.debug
def tag(path: Path, nonce: str, base_url: str, minifier: str, *, inline: bool, stable: bool, debug: bool) -> None:
    """Print the HTML to paste into the <head> of a page.

    Give the same --base-url, --minifier and --debug as to "freshtap build": they decide the address.
    """
    if inline and (stable or base_url):
        raise click.UsageError("--inline carries the script in the page: --stable and --base-url mean nothing with it.")
    site = _load(path)
    chosen = Options(base_url=base_url, minifier=minifier, debug=debug)
    click.echo(artifacts.tag(site, chosen, inline=inline, stable=stable, nonce=nonce), nl=False)


@main.command()
@options.configs
@options.strict
def check(configs: tuple[str, ...], *, strict: bool) -> None:
    """Validate each CONFIG, and write nothing. Default: freshtap.toml."""
    files, missing = build.collect(configs or [config.DEFAULT_NAME])
    count, warnings = 0, 0
    with workers.started(1) as team, Ledger() as sources:
        validating = build.validate(files, team, sources, missing=missing, strict=strict)
        for checked in _progress(validating, "Checking", len(files)):
            problems = checked.problems if checked.name else ()
            _warn(problems)
            count, warnings = count + 1, warnings + len(problems)
    subject = files[0] if count == 1 else f"{count} configs"
    _say(f"{subject}: no errors, {warnings or 'no'} warning{'' if warnings == 1 else 's'}.")


@main.command(name="schema")
def schema_command() -> None:
    """Print the JSON Schema of the config, for editors."""
    click.echo(json.dumps(schema.json_schema(), indent=2))


@main.command()
@options.config
def types(path: Path) -> None:
    """Print TypeScript declarations of the tracking plan."""
    click.echo(declarations.render(_load(path)), nl=False)


@main.command()
@options.config
@click.option("--url", metavar="URL", help="The page to open.")
@click.option("--html", metavar="FILE", type=options.FILE, help="A page in a file, with what lies beside it.")
@click.option("--inject", is_flag=True, help="Put the tag into the page where it does not carry it yet.")
@click.option("--live", is_flag=True, help="Let what the page sends go to CleverTap.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@options.wait
@click.option("--script", metavar="FILE", type=options.FILE, help="What a visitor does on the page, one step a line.")
def verify(
    path: Path,
    url: str | None,
    html: Path | None,
    wait: float,
    script: Path | None,
    *,
    inject: bool,
    live: bool,
    as_json: bool,
) -> None:
    """Open a page in a headless browser and tell, call by call, what reached CleverTap and why the rest did not.

    CleverTap's servers are played on this machine: nothing is sent there, unless --live. Exit code 0: something reached
    CleverTap and nothing is wrong; 1: it did not, or something is; 2: the page could not be tried.
    """
    if (url is None) == (html is None):
        raise click.UsageError("Give the page to open: either --url or --html.")
    site = _load(path)
    try:
        from freshtap import verify  # noqa: PLC0415 - what they need is an extra
        from freshtap.verify import pages, session, steps  # noqa: PLC0415 - what they need is an extra
    except ModuleNotFoundError:
        raise CommandError(needs("freshtap verify", "verify")) from None
    doing = steps.parse(_text(script), file=str(script)) if script else ()
    folder = pages.Folder(html) if html else None
    address = folder.url if folder else pages.address(url or "")
    visit = session.Visit(address, folder, inject=inject, live=live, wait=wait, steps=doing)
    verdict = verify.verify(site, visit, _patiently)
    click.echo(json.dumps(verdict.as_json(), indent=2, ensure_ascii=False) if as_json else verdict.text())
    if not verdict.good:
        click.get_current_context().exit(1)


@contextlib.contextmanager
def _patiently(doing: str) -> Iterator[None]:
    """Says on stderr what is being done, once it takes longer than a person waits gladly."""
    timer = threading.Timer(_PATIENCE, lambda: click.echo(f"{doing} …", err=True))
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not UTF-8 text.") from None
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror or error}.") from None


@main.command()
@options.config
@click.option(
    "--port",
    type=click.IntRange(1, 65534),
    help="Port of this machine; the one behind it is used, too. Without it: any that are free.",
)
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
def preview(path: Path, port: int | None, *, opens: bool) -> None:
    """Serve a local page to fire calls and to watch what CleverTap would receive.

    It runs on this machine alone, and nothing is sent to CleverTap. Ctrl-C ends it.
    """
    try:
        from freshtap import preview as workbench  # noqa: PLC0415 - stands on an extra
    except ImportError:
        raise CommandError(needs("freshtap preview", "verify")) from None
    with suppress(KeyboardInterrupt), workbench.running(path, port=port or 0) as running:
        _warn(running.warnings)
        click.echo(f"Preview of {path}: {running.address}")
        click.echo("Only this machine can open it, and nothing is sent to CleverTap. Ctrl-C ends it.")
        if opens and not workbench.open_browser(running):
            click.echo("There is no browser to open: open that address yourself.", err=True)
        threading.Event().wait()
    click.echo()


def _load(path: Path) -> Site:
    planned = plan.load(path)
    _warn(planned.warnings)
    return planned.site


def _warn(problems: Iterable[Problem]) -> None:
    for problem in problems:
        click.echo(labelled(problem), err=True)


def _say(line: str) -> None:
    """Prints a line with a path in it."""
    click.echo(printable(line))


def _named(path: Path) -> str:
    """The path, as a shell takes it behind a command."""
    return "" if path == Path(config.DEFAULT_NAME) else f" {shlex.quote(str(path))}"


def _progress(steps: Iterable[T], label: str, length: int) -> Generator[T, None, None]:
    """The steps, with a progress bar on stderr once they take longer than a person waits gladly."""
    started, seen = time.monotonic(), sys.stderr.isatty()
    bar: Any = None
    try:
        for done, step in enumerate(steps, 1):
            yield step
            if bar is not None:
                bar.update(1)
            elif seen and time.monotonic() - started > _PATIENCE:
                bar = click.progressbar(length=length, label=label, file=sys.stderr)
                bar.update(done)
    finally:
        # What is printed next begins a line, also where it is an error.
        if bar is not None:
            bar.render_finish()
