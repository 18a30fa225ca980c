"""Arguments → exit code: each command asks for what is to be done, prints what came of it. The rest is done below."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import Any, Final

import click

from freshtap import __version__
from freshtap.cli import builds, pages, texts
from freshtap.errors import FreshtapError

#: What the system says where it is asked for more than it has, and not because of what is printed.
_SCARCE: Final = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)


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


_COMMANDS: Final[tuple[click.Command, ...]] = (
    *(builds.build_command, builds.check),
    *(texts.init, texts.schema_command, texts.tag, texts.types),
    *(pages.preview, pages.verify),
)


@click.group(
    cls=_Commands,
    commands=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="freshtap")
def main() -> None:
    """Builds the script that carries freshpaint.identify and freshpaint.track to CleverTap.

    One config file per CleverTap account; "freshtap init" writes the first.
    """
    # Windows would otherwise write names in a code page that does not have them.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
