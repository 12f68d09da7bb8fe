"""The table of events, and the JSON Schema of what others are told of each."""

import json
from collections.abc import Mapping
from typing import Any

from accounts.events import names
from accounts.events.names import EventType
from infra.docs import markdown

HEAD = ("Type", "What has happened", "In `changes`")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
FIELDS: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "integer"},
    "texts": {"type": "array", "items": {"type": "string"}},
}
EVERY = (*names.TYPES.values(), names.TEST)


def table() -> str:
    """Return the table, by name."""
    return markdown.table(
        HEAD,
        [
            (f"`{kind.name}`", kind.told, ", ".join(f"`{name}`" for name in kind.fields) or "–")
            for kind in EVERY
        ],
    )


def schema_text() -> str:
    """Return the schema as its file has it."""
    return json.dumps(schema(), indent=2) + "\n"


def schema() -> Mapping[str, Any]:
    """Return the schema of every event: the envelope, and by type what is in it."""
    return {
        "$schema": DIALECT,
        "title": "Events of the users service",
        "oneOf": [{"$ref": f"#/$defs/{kind.name}"} for kind in EVERY],
        "$defs": {kind.name: _of(kind) for kind in EVERY},
    }


def _of(kind: EventType) -> Mapping[str, Any]:
    changes = {name: FIELDS[field] for name, field in kind.fields.items()}
    text = {"type": "string"}
    user = _object({"email": text, "name": text}, required=("email", "name"))
    data = {
        "user_id": {"type": "integer", "minimum": 0},
        "actor_id": {"type": ["integer", "null"]},
        "request_id": {"type": ["string", "null"]},
        "changes": _object(changes),
    }
    return {
        "description": kind.told,
        **_object(
            {
                "id": {"type": "string", "pattern": "^evt_"},
                "type": {"const": kind.name},
                "timestamp": {"type": "string", "format": "date-time"},
                "data": _object({**data, "user": user}, required=tuple(data)),
            },
            required=("id", "type", "timestamp", "data"),
        ),
    }


def _object(properties: Mapping[str, Any], required: tuple[str, ...] = ()) -> Mapping[str, Any]:
    # closed, so that a field that is forgotten here does not pass unseen; receivers ignore others
    told = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**told, "required": list(required)} if required else told
