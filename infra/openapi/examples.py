"""Examples of bodies: the seed's where it has one, and something like it elsewhere."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

_TIME = "2024-01-01T00:00:00Z"
_JWT = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIxMjMifQ.c2lnbmF0dXJl"
_SECRET = "dGhpcyBvcGVucyBub3RoaW5nLCBpdCBpcyBhbiBleGFtcGw"  # noqa: S105 - as it says
# what stands in a member of that name, wherever it is
_MEMBERS: Mapping[str, Any] = {
    "access_token": _JWT,
    "actor_id": 456,
    "bot_token": "0.8gKxnT",
    "by": "you",
    "challenge": f"lc.{_SECRET}",
    "code": "12345678",
    "current_passw": "example_string",
    "cursor": "eyJpZCI6MTIzfQ",
    "delivery_id": "evt_20240101T000000000000Z_0123abcd_123",
    "details": {"role": "methodist"},
    "device": "Firefox on Linux",
    "device_token": _SECRET,
    "email": "user@example.com",
    "email_token": f"ec.{_SECRET}",
    "en": "Gardener",
    "expires_in": 900,
    "id": 123,
    "ip_address": "192.0.2.1",
    "keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": _SECRET}],
    "kind": "person",
    "language": "en",
    "message": "Resource created successfully",
    "name": "Example Name",
    "operator": "arn:aws:iam::123456789012:user/operator",
    "passw": "example_string",
    "pending_email": "new@example.com",
    "permissions": ["content:read"],
    "refresh_token": _SECRET,
    "request_id": "a5d3f0b2-8c1e-4c62-9d0c-1f2e3d4c5b6a",
    "purpose": "enrol",
    "reset_token": f"pr.{_SECRET}",
    "role": "read_only",
    "ru": "Садовник",
    "session_id": "k3v9Qm2xT5yB8nLw",
    "status": "active",
    "title": {"en": "Gardener", "ru": "Садовник"},
    "undo_token": f"eu.{_SECRET}",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
    "user_id": 123,
    "what": "user_updated",
}
_BY_FORMAT = {
    "date-time": _TIME,
    "email": _MEMBERS["email"],
    "uri": "https://hooks.example.com/users",
}


def request(schema: Json, schemas: Json) -> Any:  # noqa: ANN401 - JSON
    """Return an example of a body: what it must have, or its first member if it need have none."""
    ways: list[Json] = [schema, *schema.get("anyOf", [])[:1]]
    wanted = [name for way in ways for name in way.get("required", [])]
    members = schema["properties"]
    return {
        name: _member(name, member, schemas)
        for name, member in members.items()
        if name in (wanted or [next(iter(members))])
    }


def answer(schema: Json, schemas: Json) -> Any:  # noqa: ANN401 - JSON
    """Return an example of an answer, with every member that it can have."""
    return _of(schema, schemas)


def _of(schema: Json, schemas: Json) -> Any:  # noqa: ANN401 - JSON
    fixed = [schema["const"]] if "const" in schema else []
    told = [*schema.get("examples", []), *schema.get("enum", []), *fixed]
    if told:
        return told[0]
    if "$ref" in schema:
        return _of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    return _of(schema["anyOf"][0], schemas) if "anyOf" in schema else _by_type(schema, schemas)


def _by_type(schema: Json, schemas: Json) -> Any:  # noqa: ANN401 - JSON
    match schema["type"]:
        case "object":
            members = schema.get("properties", {}).items()
            return {name: _member(name, member, schemas) for name, member in members}
        case "array":
            return [_of(schema["items"], schemas)]
        case "string":
            return _BY_FORMAT.get(schema.get("format", ""), "example")
        case kind:
            return {"integer": 1, "boolean": True}[kind]


def _member(name: str, schema: Json, schemas: Json) -> Any:  # noqa: ANN401 - JSON
    has_its_own = "$ref" in schema or "examples" in schema or name not in _MEMBERS
    # such as an id, which is a number where it is an account's
    is_of_another = schema.get("type") == "string" and not isinstance(_MEMBERS.get(name), str)
    return _of(schema, schemas) if has_its_own or is_of_another else _MEMBERS[name]
