"""From bytes to a request schema, and from its faults to words that a person can act on."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import core_schema, from_json

from accounts.errors import (
    MISSING_FIELD,
    MalformedRequestError,
    ValidationFailedError,
)

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_Schema = TypeVar("_Schema", bound=BaseModel)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]{1,64}")
# which may repeat what was sent; those of our own validators are made to be shown
_PYDANTICS_OWN = frozenset(get_args(core_schema.ErrorType))
_MESSAGES: Mapping[str, str] = {
    "missing": MISSING_FIELD,
    "extra_forbidden": "Unknown field",
    "string_type": "Must be a string",
    "bool_type": "Must be true or false",
    "literal_error": "Must be {expected}",
    "string_unicode": "Must be valid Unicode text",
    "string_too_short": "Must be at least {min_length} characters",
    "string_too_long": "Must be at most {max_length} characters",
    "int_type": "Must be a whole number",
    "int_parsing": "Must be a whole number",
    "greater_than_equal": "Must be at least {ge}",
    "less_than_equal": "Must be at most {le}",
    "list_type": "Must be a list",
    "too_short": "Must have at least {min_length} of them",
    "too_long": "Must have at most {max_length} items",
    "model_type": "Must be an object",
}


def check(schema: type[_Schema], values: Mapping[str, str]) -> _Schema:
    """Return the values, such as those of a query string, as ``schema``.

    Raises:
        ValidationFailedError: some are missing, unknown or wrong.
    """
    return _validated(schema, dict(values))


def parse(schema: type[_Schema], body: bytes) -> _Schema:
    """Return the body as ``schema``. Of a key given twice the last one counts.

    Raises:
        MalformedRequestError: the body is no JSON object in UTF-8, or is nested too deep.
        ValidationFailedError: fields are missing, unknown or wrong.
    """
    return _validated(schema, _object(body))


def _validated(schema: type[_Schema], content: dict[str, Any]) -> _Schema:
    try:
        return schema.model_validate(content)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=True, include_input=False)
    # raised out here, so that the error's cause does not hold the input
    raise ValidationFailedError(
        [{"field": _field(fault), "message": _message(fault)} for fault in faults],
        missing=any(fault["type"] == "missing" for fault in faults),
    )


def _object(body: bytes) -> dict[str, Any]:
    # json.loads lets NaN, lone surrogates and endless nesting through
    try:
        content = from_json(body, allow_inf_nan=False)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise MalformedRequestError
    return content


def _field(fault: "ErrorDetails") -> str:
    # a fault of the whole has no place: name what it is about
    if not fault["loc"]:
        return fault["type"]
    name = ".".join(str(part) for part in fault["loc"])
    # the caller chose an unknown field's name: repeat it only if it is one
    return name if _PLAIN_NAME.fullmatch(name) else "?"


def _message(fault: "ErrorDetails") -> str:
    kind, context = fault["type"], fault.get("ctx", {})
    if kind not in _PYDANTICS_OWN:
        return fault["msg"]
    if kind == "string_too_short" and context["min_length"] == 1:
        return "Must not be empty"
    return _MESSAGES.get(kind, "Invalid value").format_map(context)
