"""The document as a whole (OpenAPI 3.1)."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from infra.docs.endpoints import ZONES
from infra.local import ROOT
from infra.openapi import examples, parameters, request_schemas, responses, security, view_schemas
from infra.openapi.operations import Operation, operations

PATH = ROOT / "functions" / "contract" / "openapi.json"
ABOUT = """\
Accounts, roles, JWT tokens and device sessions.

Errors are `{"error", "message"}`, with `details` for a Validation Error; the header
`x-error-code` has a stable code. Only what API Gateway answers by itself (its own throttle,
headers over 10 KB, bodies over 6 MB) is `{"message"}` alone.

Limits that a deployment can set are given as they are by default."""

Json = dict[str, Any]


def text() -> str:
    """Return the document as it stands in its file."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def document() -> Json:
    """Return the document.

    Raises:
        UndescribedError: an endpoint has something that nobody has said how to tell.
        NotUnderstoodError: what its code raises cannot be told from it.
    """
    told = sorted(operations(), key=lambda it: (it.route.path, it.route.method))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    schemas = _schemas(told)
    answers = [responses.of(operation, schemas) for operation in told]
    every = [answer for by_status in answers for answer in by_status.values()]
    shared = responses.shared(every)
    paths: Json = {}
    for operation, by_status in zip(told, answers, strict=True):
        methods = paths.setdefault(operation.route.path, {})
        methods[operation.route.method.lower()] = {
            **_operation(operation, schemas),
            "responses": {status: _named(it, shared) for status, it in by_status.items()},
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Users service",
            "version": project["version"],
            "summary": project["description"],
            "description": ABOUT,
            "license": {"name": project["license"], "identifier": project["license"]},
        },
        "servers": [{"url": "/", "description": "Where this document is"}],
        "tags": [{"name": zone, "description": f"{who}."} for zone, who in ZONES.items()],
        "paths": paths,
        "components": {
            "schemas": dict(sorted({**schemas, "ErrorCode": responses.error_codes(every)}.items())),
            "parameters": parameters.COMPONENTS,
            "headers": responses.HEADERS,
            "responses": shared,
            "securitySchemes": security.SCHEMES,
        },
    }


def _named(answer: Json, shared: Mapping[str, Json]) -> Json:
    names = (name for name, it in shared.items() if it == answer)
    name = next(names, None)
    return {"$ref": f"#/components/responses/{name}"} if name else answer


def _operation(operation: Operation, schemas: Json) -> Json:
    endpoint = operation.endpoint
    given = parameters.of(operation)
    return {
        "operationId": operation.file.name,
        "tags": [endpoint.zone],
        "summary": f"{operation.file.promise}.",
        "description": operation.file.first_line.partition(" - ")[2],
        "security": security.of(operation),
        **({"parameters": given} if given else {}),
        **({"requestBody": _body(operation, schemas)} if endpoint.schema else {}),
    }


def _body(operation: Operation, schemas: Json) -> Json:
    schema = operation.endpoint.schema
    assert schema is not None  # noqa: S101 - it is asked of those alone that have one
    name = schema.__name__
    return {
        # a request without one is an empty object
        "required": bool(schemas[name].get("required")),
        "content": {
            "application/json": {
                "schema": {"$ref": f"#/components/schemas/{name}"},
                "example": examples.request(schemas[name], schemas),
            }
        },
    }


def _schemas(told: Sequence[Operation]) -> Json:
    bodies = {it.endpoint.schema for it in told if it.endpoint.schema}
    views = {view for it in told for view in it.views.values() if view}
    return {
        **responses.SCHEMAS,
        **request_schemas.components(sorted(bodies, key=lambda it: it.__name__)),
        **view_schemas.components(sorted(views, key=lambda it: it.__name__)),
    }
