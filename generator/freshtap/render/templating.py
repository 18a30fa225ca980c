"""Where templates come from, and what tells their own language apart from the one that they are written in."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2


def folder() -> Path:
    """Where they are."""
    inside = Path(__file__).parents[1] / "templates"
    # In an editable install the templates are read from the top of the repository, live.
    return inside if inside.is_dir() else Path(__file__).parents[3] / "templates"


def template(name: str) -> jinja2.Template:
    """A template by its path among them."""
    return _environment().get_template(name)


@cache
def _environment() -> jinja2.Environment:
    """What all are rendered in.

    Its delimiters are comments and calls in JavaScript, so that each template parses by itself:
    ``/*% if charged %*/``, ``$fill(value_length)``, ``/*# … #*/``.
    """
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder()),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - JavaScript: values enter as JSON, never as text
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        block_start_string="/*%",
        block_end_string="%*/",
        variable_start_string="$fill(",
        variable_end_string=")",
        comment_start_string="/*#",
        comment_end_string="#*/",
    )
