"""The commands that need a browser: verify, preview. What they stand on is an extra, and asked for only then."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from pathlib import Path

import click

from freshtap.cli import options
from freshtap.cli.console import load, patiently, warn
from freshtap.errors import CommandError, needs


@click.command()
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
    site = load(path)
    try:
        from freshtap import verify  # noqa: PLC0415 - what they need is an extra
        from freshtap.verify import pages, session, steps  # noqa: PLC0415 - what they need is an extra
    except ModuleNotFoundError:
        raise CommandError(needs("freshtap verify", "verify")) from None
    doing = steps.parse(_text(script), file=str(script)) if script else ()
    folder = pages.Folder(html) if html else None
    address = folder.url if folder else pages.address(url or "")
    visit = session.Visit(address, folder, inject=inject, live=live, wait=wait, steps=doing)
    verdict = verify.verify(site, visit, patiently)
    click.echo(json.dumps(verdict.as_json(), indent=2, ensure_ascii=False) if as_json else verdict.text())
    if not verdict.good:
        click.get_current_context().exit(1)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not UTF-8 text.") from None
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror or error}.") from None


@click.command()
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
        warn(running.warnings)
        click.echo(f"Preview of {path}: {running.address}")
        click.echo("Only this machine can open it, and nothing is sent to CleverTap. Ctrl-C ends it.")
        if opens and not workbench.open_browser(running):
            click.echo("There is no browser to open: open that address yourself.", err=True)
        threading.Event().wait()
    click.echo()
