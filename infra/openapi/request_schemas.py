"""What requests have to look like, as JSON Schema: what pydantic tells, and what validators do.

A validator is a function, of which pydantic tells nothing. What each demands stands here.
"""

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from accounts.access import roles
from accounts.credentials import passwords
from accounts.edge import webhook_schemas
from accounts.events import names, targets
from infra.docs import handlers
from infra.openapi.operations import UndescribedError

Schema = dict[str, Any]

# what pydantic calls limits where a validator stands before them
_LIMITS = {"ge": "minimum", "le": "maximum"}


def _default(parameter: str) -> Any:  # noqa: ANN401 - a parameter's default is text or a number
    return handlers.template().document["Parameters"][parameter]["Default"]


def _most(parameter: str) -> int:
    most: int = handlers.template().document["Parameters"][parameter]["MaxValue"]
    return most


# by a validator's qualified name, which says where it stands
def _rules() -> Mapping[str, Schema]:
    ours = sorted({name.partition(":")[0] for name in roles.PERMISSIONS})
    return {
        "fields._canonical_email": {"format": "email"},
        "fields._short_enough": {"maxLength": passwords.MAX_LENGTH},
        "fields._long_enough": {"minLength": _default("PasswordMinLength")},
        "fields._visible": {
            "description": "Readable text, without links, control characters and signs that"
            " reorder text."
        },
        "fields._not_misspelt": {
            "description": f"One that begins with {', '.join(ours)} is one of this service's own."
        },
        "code_schemas._without_spaces": {},
        "factor_schemas._app_code": {"pattern": "^[0-9 ]+$", "description": "Six digits."},
        "factor_schemas._factor_code": {
            "pattern": "^[0-9A-Za-z -]+$",
            "description": "Six digits of an app, or a recovery code.",
        },
        "queries._plain_number": {},
        "queries._moment": {},
        "queries._searchable": {
            "description": "Beginnings of words, at most 8, of which one has 2 letters or digits."
        },
        "queries._alone": {"description": "Does not go with search or email."},
        "change_schemas.ChangesSchema._something": {"minProperties": 1},
        "factor_schemas.FactorSchema._one_at_a_time": {
            "not": {"properties": {"code": {}, "passkey": {}}, "required": ["code", "passkey"]}
        },
        "factor_schemas.SecondFactorSchema._one_at_least": {
            "anyOf": [{"required": ["code"]}, {"required": ["passkey"]}]
        },
        # invited, people need no password
        "server_schemas.UserRegSchema._invited_need_no_password": {"required": ["email", "name"]},
        "server_schemas.UserRegSchema._either_password_or_invitation": {
            "anyOf": [
                {
                    "properties": {"passw": {"type": "string"}, "invite": {"const": False}},
                    "required": ["passw"],
                },
                {
                    "properties": {"passw": {"type": "null"}, "invite": {"const": True}},
                    "required": ["invite"],
                },
            ],
        },
        "server_schemas.ServiceTokenSchema._short_enough": {
            "maximum": _most("ServiceTokenSeconds")
        },
        "webhook_schemas._known": {"enum": [webhook_schemas.EVERYTHING, *names.TYPES]},
        "webhook_schemas._reachable": {
            "format": "uri",
            "maxLength": targets.LONGEST_URL,
            "description": "A host of the internet, by its name: https, and no port but 443.",
        },
    }


class _Told(GenerateJsonSchema):
    """Adds to pydantic's own what validators demand."""

    def function_after_schema(
        self, schema: core_schema.AfterValidatorFunctionSchema
    ) -> JsonSchemaValue:
        return _with(super().function_after_schema(schema), schema["function"]["function"])

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        return _with(super().function_before_schema(schema), schema["function"]["function"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        told = super().default_schema(schema)
        # null stands for what was not sent
        if told.get("default", ...) is None:
            del told["default"]
        return told

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - as pydantic's
        return False


def components(models: Sequence[type[BaseModel]]) -> Mapping[str, Schema]:
    """Return the schemas of these models and of all that are within them, by name.

    Raises:
        UndescribedError: nobody has said what one of their validators demands.
    """
    _, definitions = models_json_schema(
        [(model, "validation") for model in models],
        ref_template="#/components/schemas/{model}",
        schema_generator=_Told,
    )
    found: dict[str, Schema] = _renamed(definitions.get("$defs", {}))
    for schema in found.values():
        schema.pop("title", None)
        schema["description"] = schema.get("description", "").partition("\n")[0]
    return found


def _with(told: JsonSchemaValue, function: Any) -> JsonSchemaValue:  # noqa: ANN401 - pydantic's own type
    return {**told, **_rule(function)}


def _renamed(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the schema with JSON Schema's names for limits that stand behind a validator."""
    if isinstance(schema, dict):
        return {_LIMITS.get(name, name): _renamed(it) for name, it in schema.items()}
    return [_renamed(it) for it in schema] if isinstance(schema, list) else schema


def _rule(function: Callable[..., Any]) -> Schema:
    function = getattr(function, "func", function)
    function = getattr(function, "__func__", function)
    if function.__qualname__ == "formed.<locals>.check":
        names = inspect.getclosurevars(function).nonlocals
        return {"pattern": f"^(?:{names['pattern']})$", "description": f"{names['rule']}."}
    if function.__qualname__ == "_of_base64url.<locals>.read":
        most = inspect.getclosurevars(function).nonlocals["most"]
        return {"format": "base64url", "maxLength": math.ceil(most * 4 / 3)}
    if function.__module__.startswith("pydantic."):
        # its own constraints, which it tells
        return {}
    name = f"{function.__module__.removeprefix('accounts.edge.')}.{function.__qualname__}"
    try:
        return dict(_rules()[name])
    except KeyError:
        raise UndescribedError(
            f"nobody has said what the validator {name} demands: say it in"
            " infra/openapi/request_schemas.py"
        ) from None
