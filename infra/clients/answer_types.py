"""The module ``answers`` of the Python client: a type for each answer, and the error codes."""

from infra.clients.annotations import Schema, annotation, docstring, name_of
from infra.clients.contract import Json, operations

HEAD = '''"""What the service answers; `make types` writes this from its contract."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict, final

'''


def module(contract: Json) -> str:
    """Return the module's text."""
    bodies = {name_of(it.body.get("$ref", "")) for it in operations(contract) if it.body}
    schemas = contract["components"]["schemas"]
    return HEAD + "\n\n".join(_type(name, it) for name, it in schemas.items() if name not in bodies)


def _type(name: str, schema: Schema) -> str:
    if "properties" not in schema:
        return f"# {schema['description']}\n{name} = {annotation(schema)}\n"
    required = schema.get("required", ())
    members = [
        f"    {member}: {kind if member in required else f'NotRequired[{kind}]'}"
        for member, its in schema["properties"].items()
        for kind in [annotation(its)]
    ]
    # final, so that `in` tells one answer of a call from another
    head = ["@final", f"class {name}(TypedDict):", docstring(schema["description"]), ""]
    return "\n".join([*head, *members, ""])
