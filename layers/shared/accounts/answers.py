"""The one place where an answer is written out for API Gateway."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.errors import AccountsError
from accounts.views import View

Answer = dict[str, Any]

_HEADERS: Mapping[str, str] = {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}


@dataclass(frozen=True)
class Success:
    """What an endpoint answers when all went well; no ``content`` is an empty body."""

    content: View | None
    status: int
    headers: Mapping[str, str]


def success(outcome: Success, *, request_id: str, wants_cookies: bool) -> Answer:
    """Return the answer, with tokens in cookies where the client wants them there."""
    content = outcome.content
    cookies: Sequence[str] = ()
    if content is not None and wants_cookies:
        content, cookies = content.in_cookies()
    body = content.model_dump_json(exclude_none=True) if content is not None else ""
    answer = _answer(outcome.status, body, {"x-request-id": request_id, **outcome.headers})
    return {**answer, "cookies": list(cookies)} if cookies else answer


def failure(error: AccountsError, *, request_id: str) -> Answer:
    """Return the answer that tells of ``error``."""
    body: dict[str, Any] = {"error": error.error, "message": error.message}
    if error.details is not None:
        body["details"] = list(error.details)
    headers = {"x-request-id": request_id, "x-error-code": error.code, **error.headers}
    return _answer(error.status, json.dumps(body, ensure_ascii=False), headers)


def _answer(status: int, body: str, headers: Mapping[str, str]) -> Answer:
    return {"statusCode": status, "headers": {**_HEADERS, **headers}, "body": body}
