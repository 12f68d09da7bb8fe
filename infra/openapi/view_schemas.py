"""What answers look like, as JSON Schema."""

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeGuard

from accounts.edge.view import View
from infra.openapi.operations import UndescribedError

Schema = dict[str, Any]

_PLAIN: Mapping[Any, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string"},
    datetime: {"type": "string", "format": "date-time"},
    type(None): {"type": "null"},
}


def components(views: Sequence[type[View]]) -> Mapping[str, Schema]:
    """Return the schemas of these views and of all that are within them, by name."""
    found: dict[str, Schema] = {}
    left = list(views)
    while left:
        view = left.pop()
        if view.__name__ not in found:
            found[view.__name__] = _object(view)
            left.extend(_within(view))
    return found


def reference(view: type[View]) -> Schema:
    """Return what stands for a view's schema."""
    return {"$ref": f"#/components/schemas/{view.__name__}"}


def _object(view: type[View]) -> Schema:
    hints = typing.get_type_hints(view)
    fields = dataclasses.fields(view)
    # members that are None are left out
    required = [it.name for it in fields if not _may_be_none(hints[it.name])]
    return {
        "type": "object",
        "description": _first_sentence(view),
        "properties": {it.name: _member(view, it, hints[it.name]) for it in fields},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _member(view: type[View], field: dataclasses.Field[Any], hint: object) -> Schema:
    try:
        schema = _schema(_without_none(hint))
    except TypeError as error:
        raise UndescribedError(
            f"{view.__name__}.{field.name} is a {hint}: tell infra/openapi/view_schemas.py what"
            " that is in JSON"
        ) from error
    has_default = isinstance(field.default, str | int | bool)
    return {**schema, "examples": [field.default]} if has_default else schema


def _schema(hint: Any) -> Schema:  # noqa: ANN401 - any annotation
    """Return the schema of a type.

    Raises:
        TypeError: it is not known here.
    """
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    if _is_view(hint):
        return reference(hint)
    return _compound(typing.get_origin(hint), typing.get_args(hint))


def _compound(origin: Any, arguments: Sequence[Any]) -> Schema:  # noqa: ANN401 - as above
    if origin is typing.Literal:
        return {"type": "string", "enum": list(arguments)}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_schema(it) for it in arguments]}
    if issubclass(origin or type(None), Mapping):
        return {"type": "object", "additionalProperties": _schema(arguments[1])}
    if issubclass(origin or type(None), Sequence):
        return {"type": "array", "items": _schema(arguments[0])}
    raise TypeError(origin)


def _within(view: type[View]) -> list[type[View]]:
    """Return the views that are members of this one, also in lists."""
    parts = list(typing.get_type_hints(view).values())
    # a list that may be missing is a part of a part
    for part in parts:
        parts.extend(typing.get_args(part))
    return [part for part in parts if _is_view(part)]


def _is_view(hint: object) -> TypeGuard[type[View]]:
    return isinstance(hint, type) and issubclass(hint, View)


def _may_be_none(hint: object) -> bool:
    return type(None) in typing.get_args(hint)


def _without_none(hint: Any) -> Any:  # noqa: ANN401 - any annotation
    if not _may_be_none(hint):
        return hint
    return typing.Union[tuple(it for it in typing.get_args(hint) if it is not type(None))]  # noqa: UP007 - of a list


def _first_sentence(view: type[View]) -> str:
    return (view.__doc__ or "").partition("\n")[0]
