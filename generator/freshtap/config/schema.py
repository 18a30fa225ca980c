"""JSON Schema of the config, for editors that complete and check TOML."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from freshtap import config
from freshtap.config.site import Site

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class _TomlSchema(GenerateJsonSchema):
    """Without null, which TOML does not have, and without empty defaults and titles that repeat the keys."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        described = super().default_schema(schema)
        default = schema.get("default")
        if default in (None, "", ()) or isinstance(default, BaseModel):
            described.pop("default", None)
        return described

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False


def json_schema() -> dict[str, Any]:
    """The schema, with a description for every key."""
    schema = Site.model_json_schema(schema_generator=_TomlSchema)
    for name, field in Site.model_fields.items():
        # Lost on the way where a table has a default.
        schema["properties"][name].setdefault("description", field.description)
    account = schema["$defs"]["CleverTap"]
    account["anyOf"] = [{"required": [key]} for key in ("account_id", "dashboard_url")]
    del account["required"]
    return {"$schema": DIALECT, **schema, "title": config.DEFAULT_NAME}
