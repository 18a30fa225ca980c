"""What the commands can be told: options and arguments that have a check or that several commands share."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Final

import click

from freshtap import minify
from freshtap.config import DEFAULT_NAME, addresses
from freshtap.errors import printable

#: A file that is to be read.
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


def _check_base_url(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if value and not addresses.is_base_url(value):
        raise click.BadParameter(
            f'"{value}" is not an address to put in front of a path. '
            "Allowed: an address like https://cdn.example.com/tags or a path like /static, without ? and #."
        )
    return value


def _check_output(_context: click.Context, _parameter: click.Parameter, value: str) -> Path:
    path = Path(value)
    # Not the path's own method: a name may be longer than it takes.
    file = next((part for part in (path, *path.parents) if os.path.isfile(part)), None)  # noqa: PTH113
    if file or not value:
        wrong = "is a file" if file else "is no name"
        named = printable(str(file or value))
        raise click.BadParameter(f'"{named}" {wrong}. Allowed: a folder, which need not be there yet.')
    return path


def _check_configs(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    if not all(value):
        raise click.BadParameter('"" is no name. Allowed: a file, a directory, or a glob.')
    return value


def _check_config(_context: click.Context, _parameter: click.Parameter, value: str) -> Path:
    if not value:
        raise click.BadParameter('"" is no name. Allowed: a file, or the directory of a freshtap.toml.')
    # Not the path's own method: a name may be longer than it takes.
    is_directory = os.path.isdir(value) or value.endswith(("/", os.sep))  # noqa: PTH112
    return Path(value, DEFAULT_NAME) if is_directory else Path(value)


def _check_wait(_context: click.Context, _parameter: click.Parameter, value: float) -> float:
    # It is in no range, and is outside of none.
    if math.isnan(value):
        raise click.BadParameter("nan is not in the range 0<=x<=60.")
    return value


def _check_nonce(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str:
    if value is not None and not value.strip():
        raise click.BadParameter("it is empty, and a page's policy would refuse the tag. Allowed: any other text.")
    return value or ""


base_url = click.option(
    "--base-url",
    default="",
    metavar="URL",
    callback=_check_base_url,
    help="Where the output folder is published: an http(s) address, or a path on the page's own host. "
    "Without it the script's address is relative to the page.",
)
minifier = click.option(
    "--minifier",
    type=click.Choice(minify.MINIFIERS),
    default=minify.MINIFIERS[0],
    show_default=True,
    help="What makes the script smaller.",
)
debug = click.option(
    "--debug",
    is_flag=True,
    help="A script that reports every dropped or changed value on the browser's console.",
)
strict = click.option("--strict", is_flag=True, help="Warnings count as errors.")
output = click.option(
    "-o",
    "--output",
    "out",
    default="dist",
    show_default=True,
    metavar="PATH",
    callback=_check_output,
    help="Output folder.",
)
nonce = click.option("--nonce", metavar="VALUE", callback=_check_nonce, help="A nonce for each of its elements.")
wait = click.option(
    "--wait",
    metavar="SECONDS",
    type=click.FloatRange(0, 60),
    default=2.0,
    show_default=True,
    callback=_check_wait,
    help="How long the page must have been silent to count as done.",
)

#: Of commands that take any number of configs, of those that take one, and of the one that makes one.
configs = click.argument("configs", nargs=-1, metavar="[CONFIG]...", callback=_check_configs)
config = click.argument("path", metavar="[CONFIG]", default=DEFAULT_NAME, callback=_check_config)
new_config = click.argument("path", metavar="[PATH]", default=DEFAULT_NAME, callback=_check_config)
