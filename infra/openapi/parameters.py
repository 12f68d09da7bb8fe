"""What a request has beside its body: parameters of path and query, and headers."""

import re
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from accounts.access import roles
from accounts.edge import cookies, idempotency
from accounts.settings import Language
from accounts.storage import users
from infra.openapi import request_schemas
from infra.openapi.operations import Operation

Json = dict[str, Any]

LANGUAGES: Sequence[str] = typing.get_args(Language)

# what a parameter of the path has to be; of any other only that it is there
PATH: Mapping[str, Json] = {
    "user_id": {
        "description": "An account's id",
        "schema": {"type": "string", "pattern": f"^{users.ID_PATTERN}$"},
        "example": "123",
    },
    "name": {
        "description": "A role's name",
        "schema": {"type": "string", "pattern": f"^{roles.NAME_PATTERN}$"},
        "example": "gardener",
    },
    "session_id": {
        "description": "A session's id, as the list of devices has it",
        "schema": {"type": "string", "minLength": 1},
    },
}
COMPONENTS: Mapping[str, Json] = {
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "description": f"The language that messages come in: {' or '.join(LANGUAGES)}",
        "schema": {"type": "string", "examples": [LANGUAGES[-1]]},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The same request with the same key gets the first answer, for a day",
        "schema": {
            "type": "string",
            "pattern": r"^[\x21-\x7e]*$",
            "minLength": idempotency.SHORTEST_KEY,
            "maxLength": idempotency.LONGEST_KEY,
        },
        "example": "2f0c9a52-6d5e-4e0b-9a51-6a3f0a9b7c11",
    },
    "TokenDelivery": {
        "name": "X-Token-Delivery",
        "in": "header",
        "description": f"`{cookies.DELIVERY}`: tokens travel in cookies, which count only in"
        " requests with this header",
        "schema": {"type": "string", "examples": [cookies.DELIVERY]},
    },
}
# what a handler that heeds cookies reads
_COOKIES = frozenset({"wants_cookies", "refresh_cookie", "device_cookie"})


def of(operation: Operation) -> list[Json]:
    """Return the parameters of an endpoint."""
    found = [_of_path(name) for name in re.findall(r"\{(\w+)\}", operation.route.path)]
    found += _of_query(operation)
    if operation.endpoint.idempotent:
        found.append({"$ref": "#/components/parameters/IdempotencyKey"})
    if heeds_cookies(operation):
        found.append({"$ref": "#/components/parameters/TokenDelivery"})
    return [*found, {"$ref": "#/components/parameters/AcceptLanguage"}]


def heeds_cookies(operation: Operation) -> bool:
    """Say whether it matters to an endpoint that the client is a browser that asks for cookies."""
    if operation.endpoint.zone != "public" or sets_cookies(operation):
        return True
    return bool(_COOKIES & set(operation.endpoint.action.__code__.co_names))


def sets_cookies(operation: Operation) -> bool:
    """Say whether a success may come with cookies."""
    return operation.gives_cookies


def _of_path(name: str) -> Json:
    told = PATH.get(name, {"schema": {"type": "string", "minLength": 1}})
    return {"name": name, "in": "path", "required": True, **told}


def _of_query(operation: Operation) -> list[Json]:
    if operation.query is None:
        return []
    schema = request_schemas.components([operation.query])[operation.query.__name__]
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            **_parted(_without_null(member)),
        }
        for name, member in schema["properties"].items()
    ]


def _without_null(schema: Json) -> Json:
    """Return the schema without null, which a query string cannot have."""
    kinds = [it for it in schema.get("anyOf", []) if it != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    return {**{name: it for name, it in schema.items() if name != "anyOf"}, **kinds[0]}


def _parted(schema: Json) -> Json:
    """Return what describes a parameter: its description stands beside the schema."""
    schema = dict(schema)
    description = schema.pop("description", None)
    return {**({"description": description} if description else {}), "schema": schema}
