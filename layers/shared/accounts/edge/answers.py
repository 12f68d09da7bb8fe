"""The one place where an answer is written out for API Gateway."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from accounts.edge.views import View
from accounts.errors import AccountsError

Answer = dict[str, Any]

_HEADERS: Mapping[str, str] = {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}


def success(
    content: View | None, status: int, headers: Mapping[str, str], cookies: Sequence[str] = ()
) -> Answer:
    """Return the answer that carries ``content``; None is an empty body."""
    return with_cookies(written(text_of(content), status, headers), cookies)


def text_of(content: View | None) -> str:
    """Return the body that tells ``content``; nothing is an empty one."""
    if content is None or not vars(content):
        return ""
    return json.dumps(content, default=_told, ensure_ascii=False, separators=(",", ":"))


def written(text: str, status: int, headers: Mapping[str, str]) -> Answer:
    """Return the answer whose body is written already."""
    return {"statusCode": status, "headers": {**_HEADERS, **headers}, "body": text}


def with_cookies(answer: Answer, cookies: Sequence[str]) -> Answer:
    """Return the answer with these ``Set-Cookie`` values."""
    return {**answer, "cookies": list(cookies)} if cookies else answer


def failure(error: AccountsError, *, request_id: str, cookies: Sequence[str] = ()) -> Answer:
    """Return the answer that tells of ``error``."""
    body: dict[str, Any] = {"error": error.error, "message": error.message}
    if error.details is not None:
        body["details"] = list(error.details)
    headers = {"x-request-id": request_id, "x-error-code": error.code, **error.headers}
    answer = written(json.dumps(body, ensure_ascii=False), error.status, headers)
    return with_cookies(answer, cookies)


def _told(value: object) -> object:
    """Return how JSON tells what it has no form of its own for."""
    if isinstance(value, View):
        return {name: member for name, member in vars(value).items() if member is not None}
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    raise TypeError(f"an answer cannot tell of a {type(value).__name__}")
