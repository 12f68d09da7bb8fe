"""What an endpoint answers: every status with its body, its headers and an example."""

import dataclasses
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from accounts.edge.view import View
from accounts.errors import AccountsError
from infra.openapi import examples, parameters, refusals, view_schemas
from infra.openapi.operations import Operation

Json = dict[str, Any]

_TEXT = {"type": "string", "minLength": 1}
SCHEMAS: Mapping[str, Json] = {
    "Error": {
        "type": "object",
        "description": "Why a request was refused; the header x-error-code has a stable code.",
        "properties": {"error": _TEXT, "message": _TEXT},
        "required": ["error", "message"],
        "additionalProperties": False,
    },
    "ValidationError": {
        "type": "object",
        "description": "What is missing or wrong, field by field.",
        "properties": {
            "error": _TEXT,
            "message": _TEXT,
            "details": {
                "type": "array",
                "minItems": 1,
                "items": {"$ref": "#/components/schemas/FieldError"},
            },
        },
        "required": ["error", "message", "details"],
        "additionalProperties": False,
    },
    "FieldError": {
        "type": "object",
        "description": "What is wrong with one field.",
        "properties": {"field": _TEXT, "message": _TEXT},
        "required": ["field", "message"],
        "additionalProperties": False,
    },
    "GatewayError": {
        "type": "object",
        "description": "Why API Gateway refused a request by itself.",
        "properties": {"message": _TEXT},
        "required": ["message"],
        "additionalProperties": False,
    },
}
HEADERS: Mapping[str, Json] = {
    "RequestId": {
        "description": "What the log has the request under",
        "required": True,
        "schema": _TEXT,
    },
    "ContentLanguage": {
        "description": "The language of the message",
        "required": True,
        "schema": {"type": "string", "enum": list(parameters.LANGUAGES)},
    },
    "RetryAfter": {
        "description": "Seconds after which the same request may succeed",
        "schema": {"type": "integer", "minimum": 1},
    },
    "Challenge": {
        "description": "What is wrong with the token (RFC 6750, RFC 9470)",
        "schema": _TEXT,
    },
    "SetCookie": {
        "description": "With X-Token-Delivery: cookie, what carries tokens, or takes them away",
        "schema": _TEXT,
    },
}
# which of these an error's own header is
_OF_ERRORS = {"retry-after": "RetryAfter", "www-authenticate": "Challenge"}
_NAMES = {"retry-after": "Retry-After", "www-authenticate": "WWW-Authenticate"}
_REQUEST_ID = {"x-request-id": {"$ref": "#/components/headers/RequestId"}}
_LANGUAGE = {"Content-Language": {"$ref": "#/components/headers/ContentLanguage"}}
_COOKIES = {"Set-Cookie": {"$ref": "#/components/headers/SetCookie"}}
_TOO_LARGE = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
# what API Gateway answers by itself, to any operation
_OF_THE_GATEWAY: Mapping[str, Json] = {
    str(_TOO_LARGE.value): {
        "description": "The request line and the headers have over 10,240 bytes.",
        "headers": {},
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/GatewayError"},
                "example": {"message": _TOO_LARGE.phrase},
            }
        },
    },
}


def of(operation: Operation, schemas: Json) -> Json:
    """Return the answers by status."""
    by_status = itertools.groupby(refusals.of(operation), key=lambda error: error.status)
    found = {str(status): _refusal(operation, list(errors)) for status, errors in by_status}
    for status, view in operation.views.items():
        found[str(status)] = _success(operation, view, schemas)
    return dict(sorted({**found, **_OF_THE_GATEWAY}.items()))


def error_codes(responses: Iterable[Json]) -> Json:
    """Return the schema of all codes that there are in these answers."""
    codes = {code for response in responses for code in _codes(response)}
    return {
        "type": "string",
        "description": "What the header x-error-code can say.",
        "enum": sorted(codes),
    }


def shared(responses: Iterable[Json]) -> Mapping[str, Json]:
    """Return the answers that are the same wherever they come, by name: of one code, or of none."""
    found: dict[str, list[Json]] = defaultdict(list)
    for response in responses:
        if len(codes := _codes(response)) == 1:
            found[_name(codes[0])].append(response)
    named = {
        name: same[0]
        for name, same in sorted(found.items())
        if len(same) > 1 and all(response == same[0] for response in same)
    }
    by_itself = {_name(HTTPStatus(int(it)).name): told for it, told in _OF_THE_GATEWAY.items()}
    return {**named, **by_itself}


def _name(words: str) -> str:
    return words.title().replace("_", "")


def _codes(response: Json) -> Sequence[str]:
    codes: Sequence[str] = (
        response["headers"].get("x-error-code", {}).get("schema", {}).get("enum", ())
    )
    return codes


def _success(operation: Operation, view: type[View] | None, schemas: Json) -> Json:
    fixed = {
        name.title(): {"schema": {"type": "string", "const": value}}
        for name, value in operation.endpoint.headers.items()
    }
    sets = _COOKIES if operation.gives_cookies else {}
    members = {it.name for it in dataclasses.fields(view)} if view else set()
    speaks = _LANGUAGE if "message" in members else {}
    told = {
        "description": f"{operation.file.promise}.",
        "headers": {**_REQUEST_ID, **speaks, **sets, **fixed},
    }
    if view is None:
        return told
    schema = view_schemas.reference(view)
    example = examples.answer(schema, schemas)
    if operation.message is not None:
        example["message"] = operation.message
    content = {"application/json": {"schema": schema, "example": example}}
    return {**told, "content": content}


def _refusal(operation: Operation, errors: Sequence[type[AccountsError]]) -> Json:
    codes = sorted({error.code for error in errors})
    samples = [refusals.sample(error) for error in errors]
    headers = {
        **_REQUEST_ID,
        **_LANGUAGE,
        "x-error-code": {
            "description": "What it is, for programs",
            "required": True,
            "schema": {
                "allOf": [{"$ref": "#/components/schemas/ErrorCode"}],
                "type": "string",
                "enum": codes,
            },
        },
    }
    for name in sorted({name for it in samples for name in it.headers}):
        headers[_NAMES[name]] = {"$ref": f"#/components/headers/{_OF_ERRORS[name]}"}
    if errors[0].status == HTTPStatus.UNAUTHORIZED and parameters.heeds_cookies(operation):
        headers.update(_COOKIES)
    has_details = any(it.details is not None for it in samples)
    name = "ValidationError" if has_details else "Error"
    return {
        "description": " / ".join(dict.fromkeys(map(_sentence, errors))),
        "headers": headers,
        "content": {
            "application/json": {
                "schema": {"$ref": f"#/components/schemas/{name}"},
                "examples": _examples(samples),
            }
        },
    }


def _examples(samples: Iterable[AccountsError]) -> Json:
    found: Json = {}
    for error in samples:
        body: Json = {"error": error.error, "message": error.message}
        if error.details is not None:
            body["details"] = list(error.details)
        found.setdefault(error.code, {"value": body})
    return found


def _sentence(error: type[AccountsError]) -> str:
    text = (error.__doc__ or "").partition("\n")[0]
    return re.sub(r"^Base of all errors .*", "A bug of ours.", text)
