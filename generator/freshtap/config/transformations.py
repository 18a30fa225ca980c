"""Changes to calls before they are sent, with the meaning that Freshpaint gives them.

Source: Freshpaint's page on transformations. They run in the order written, before anything is mapped to
CleverTap.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, field_validator

from freshtap.config.table import Table, Text, refused

#: Beyond this, JavaScript's numbers are not exact.
_LARGEST_INTEGER = 2**53 - 1

_On = Annotated[Text, Field(description='An event\'s name, "*" for every event, "identify" for user properties.')]
_Property = Annotated[Text, Field(description="The property's name.")]


class RenameEvent(Table):
    """Sends an event under another name."""

    op: Annotated[Literal["rename-event"], Field(description="What is done.")]
    on: _On
    to: Annotated[Text, Field(description="The event's new name.")]

    @field_validator("on", mode="after")
    @classmethod
    def _check_on(cls, value: str) -> str:
        if value in {"*", "identify"}:
            raise refused("is not an event that could be renamed", "the name of one event")
        return value


class RenameProperty(Table):
    """Sends a property under another name."""

    op: Annotated[Literal["rename-property"], Field(description="What is done.")]
    on: _On
    from_: Annotated[Text, Field(alias="from", description="The property's name on the page.")]
    to: Annotated[Text, Field(description="The property's new name.")]


class ChangeType(Table):
    """Converts a property. What cannot be converted is left as it was."""

    op: Annotated[Literal["change-type"], Field(description="What is done.")]
    on: _On
    property: _Property
    to: Annotated[Literal["text", "number", "boolean", "date"], Field(description="The type it becomes.")]


class Uppercase(Table):
    """Makes a property's text upper case."""

    op: Annotated[Literal["uppercase"], Field(description="What is done.")]
    on: _On
    property: _Property


class Lowercase(Table):
    """Makes a property's text lower case."""

    op: Annotated[Literal["lowercase"], Field(description="What is done.")]
    on: _On
    property: _Property


class DeleteProperty(Table):
    """Leaves a property out."""

    op: Annotated[Literal["delete-property"], Field(description="What is done.")]
    on: _On
    property: _Property


class SendBuiltin(Table):
    """Adds a property that the bridge reads from the page when the call is made."""

    op: Annotated[Literal["send-builtin"], Field(description="What is done.")]
    on: _On
    property: Annotated[
        Literal[
            "url",
            "path",
            "title",
            "referrer",
            "search",
            "user_agent",
            "language",
            "screen_width",
            "screen_height",
            "timestamp",
        ],
        Field(description="What is read."),
    ]


def _check_constant(value: object) -> str | bool | int | float:
    if not isinstance(value, str | bool | int | float) or (isinstance(value, float) and not math.isfinite(value)):
        raise refused("cannot be sent as a property", "text, true, false, or a finite number")
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        raise refused("is too large to be exact in a browser", f"whole numbers up to {_LARGEST_INTEGER}, or text")
    return value


class SendConstant(Table):
    """Adds a property that is always the same."""

    op: Annotated[Literal["send-constant"], Field(description="What is done.")]
    on: _On
    property: _Property
    value: Annotated[
        str | bool | int | float,
        PlainValidator(_check_constant, json_schema_input_type=str | bool | int | float),
        Field(description="The property's value."),
    ]


Transformation = Annotated[
    RenameEvent | RenameProperty | ChangeType | Uppercase | Lowercase | DeleteProperty | SendBuiltin | SendConstant,
    Field(discriminator="op"),
]
