"""A table of the config, as a model: what all of them have in common."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

#: The type of an error that carries freshtap's own words, in its context's ``wrong`` and ``allowed``.
OWN_WORDS: Final = "freshtap"


class Table(BaseModel):
    """No unknown keys, no text in place of a number, no change later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def refused(wrong: str, allowed: str) -> PydanticCustomError:
    """An error for a validator to raise: how the sentence goes on after the value, and what is right."""
    return PydanticCustomError(OWN_WORDS, "{wrong}", {"wrong": wrong, "allowed": allowed})


def _check_text(value: str) -> str:
    if not value.strip():
        raise refused("is blank", "any other text")
    # As a key of a JavaScript object this changes what the object is, instead of naming something in it.
    if value == "__proto__":
        raise refused("has a meaning of its own in browsers", "any other text")
    return value


#: Text that names something: not blank, and safe as a key in JavaScript.
Text = Annotated[str, AfterValidator(_check_text)]
