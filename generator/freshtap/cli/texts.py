"""The commands that make one text of one config: init, tag, types, schema."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import click

from freshtap import artifacts, config, output
from freshtap.artifacts import Options
from freshtap.cli import initial, options
from freshtap.cli.console import load, say
from freshtap.config import schema
from freshtap.render import declarations


@click.command()
@click.option("--dashboard-url", metavar="URL", help="An address from CleverTap's dashboard, to read both from.")
@click.option("--account-id", metavar="ID", help="CleverTap's account id, like TEST-86K-4Z9-K85Z.")
@click.option("--region", metavar="REGION", help="The region the account lives in: eu1, in1, sg1, us1, aps3, mec1.")
@options.new_config
def init(dashboard_url: str | None, account_id: str | None, region: str | None, path: Path) -> None:
    """Write a commented config to PATH (freshtap.toml). Never overwrites."""
    text = initial.text(dashboard_url=dashboard_url, account_id=account_id, region=region, file=str(path))
    output.write_new(path, text)
    say(f"Wrote {path}.")
    if dashboard_url is None and account_id is None:
        click.echo("Its account id is an example: put your own there, from the address of CleverTap's dashboard.")
    say(f"Next: list your events in it, then run: freshtap build{_named(path)}")


def _named(path: Path) -> str:
    """The path, as a shell takes it behind a command."""
    return "" if path == Path(config.DEFAULT_NAME) else f" {shlex.quote(str(path))}"


@click.command()
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
    site = load(path)
    chosen = Options(base_url=base_url, minifier=minifier, debug=debug)
    click.echo(artifacts.tag(site, chosen, inline=inline, stable=stable, nonce=nonce), nl=False)


@click.command()
@options.config
def types(path: Path) -> None:
    """Print TypeScript declarations of the tracking plan."""
    click.echo(declarations.render(load(path)), nl=False)


@click.command(name="schema")
def schema_command() -> None:
    """Print the JSON Schema of the config, for editors."""
    click.echo(json.dumps(schema.json_schema(), indent=2))
