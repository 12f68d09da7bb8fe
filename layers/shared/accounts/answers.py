"""The one place where an answer is written out for API Gateway."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from accounts.errors import AccountsError

Answer = dict[str, Any]

_HEADERS: Mapping[str, str] = {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}


def success(
    content: BaseModel | None, *, status: int, request_id: str, headers: Mapping[str, str]
) -> Answer:
    """Return the answer that carries ``content``; None is an empty body."""
    body = content.model_dump_json() if content is not None else ""
    return _answer(status, body, {"x-request-id": request_id, **headers})


def failure(error: AccountsError, *, request_id: str) -> Answer:
    """Return the answer that tells of ``error``."""
    body: dict[str, Any] = {"error": error.error, "message": error.message}
    if error.details is not None:
        body["details"] = list(error.details)
    headers = {"x-request-id": request_id, "x-error-code": error.code, **error.headers}
    return _answer(error.status, json.dumps(body, ensure_ascii=False), headers)


def _answer(status: int, body: str, headers: Mapping[str, str]) -> Answer:
    return {"statusCode": status, "headers": {**_HEADERS, **headers}, "body": body}
