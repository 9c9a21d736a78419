"""Short ways to write the JSON Schemas (2020-12) of the API. Objects are closed: what is not named is not there."""

from collections.abc import Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]


class Named(dict[str, Any]):
    """Stands in the document once, under its name; two of one name have to be the same."""

    def __init__(self, name: str, schema: Schema) -> None:
        super().__init__(schema)
        self.name = name


def text(most: int | None = None, least: int = 0, pattern: str = "", words: str = "") -> Schema:
    """`pattern` describes the whole text."""
    found: dict[str, Any] = {"type": "string"}
    found |= {"maxLength": most} if most is not None else {}
    found |= {"minLength": least} if least else {}
    found |= {"pattern": f"^{pattern}$"} if pattern else {}
    return found | ({"description": words} if words else {})


def one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def whole(least: int = 0, most: int | None = None, words: str = "") -> Schema:
    found: dict[str, Any] = {"type": "integer", "minimum": least}
    found |= {"maximum": most} if most is not None else {}
    return found | ({"description": words} if words else {})


def moment(words: str = "") -> Schema:
    return {"type": "string", "format": "date-time"} | ({"description": words} if words else {})


def address(words: str = "") -> Schema:
    return {"type": "string", "format": "uri"} | ({"description": words} if words else {})


def truth(words: str = "") -> Schema:
    return {"type": "boolean"} | ({"description": words} if words else {})


def maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema, most: int | None = None, least: int = 0) -> Schema:
    found: dict[str, Any] = {"type": "array", "items": schema}
    found |= {"maxItems": most} if most is not None else {}
    return found | ({"minItems": least} if least else {})


def record(fields: Mapping[str, Schema], optional: Sequence[str] = (), name: str = "") -> Schema:
    required = [one for one in fields if one not in optional]
    schema = {"type": "object", "properties": dict(fields), "required": required, "additionalProperties": False}
    return Named(name, schema) if name else schema


def page_of(schema: Schema) -> Schema:
    """`next` is the whole address of the following page; both it and the cursor are null on the last one."""
    return record({"items": many(schema), "next_cursor": maybe(text()), "next": maybe(text())})


PROBLEM = Named(
    "Problem",
    {
        "type": "object",
        "description": "Problem details, RFC 9457. `errors` names each field that was wrong.",
        "properties": {
            "type": text(), "title": text(), "status": whole(400, 599), "detail": text(),
            "errors": many(record({"field": text(), "reason": text()})),
        },
        "required": ["type", "title", "status", "detail"],
    },
)  # fmt: skip
