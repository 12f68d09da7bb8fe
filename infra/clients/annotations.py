"""JSON Schema, as Python's types say it, and prose, as docstrings do."""

import textwrap
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

PLAIN = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
}
DOCSTRING_LENGTH = 90


class UnknownSchemaError(Exception):
    """The contract says something that there is no type for here."""


def annotation(schema: Schema, module: str = "") -> str:
    """Return the type of what the schema describes; components are classes of ``module``.

    Raises:
        UnknownSchemaError: it says what this does not know.
    """
    match schema:
        case {"$ref": reference}:
            return module + name_of(reference)
        case {"anyOf": choices} | {"oneOf": choices}:
            return " | ".join(dict.fromkeys(annotation(choice, module) for choice in choices))
        case {"type": "array", "items": items}:
            return f"list[{annotation(items, module)}]"
        case {"type": "object", "additionalProperties": Mapping() as values}:
            return f"dict[str, {annotation(values, module)}]"
        case _:
            return _value(schema)


def _value(schema: Schema) -> str:
    match schema:
        case {"const": value}:
            return f"Literal[{value!r}]"
        case {"enum": values}:
            return f"Literal[{', '.join(map(repr, values))}]"
        case {"type": str(kind)} if kind in PLAIN:
            return PLAIN[kind]
        case _:
            raise UnknownSchemaError(schema)


def name_of(reference: str) -> str:
    """Return the name of the component that is referred to."""
    return reference.rpartition("/")[2]


def docstring(text: str) -> str:
    """Return the docstring of a function or class that says ``text``, indented once."""
    lines = textwrap.wrap(text, DOCSTRING_LENGTH)
    closed = lines if len(lines) == 1 else [*lines, ""]
    return '    """' + "\n    ".join(closed) + '"""'
