"""The one place where an answer is written out for API Gateway."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from accounts.edge.view import View
from accounts.errors import AccountsError
from accounts.settings import Language

Answer = dict[str, Any]

_HEADERS: Mapping[str, str] = {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}


def success(
    content: View | None,
    status: int,
    headers: Mapping[str, str],
    language: Language,
    cookies: Sequence[str] = (),
) -> Answer:
    """Return the answer that carries ``content``; None is an empty body."""
    answer = written(text_of(content), status, headers)
    if hasattr(content, "message"):
        answer = _speaking(answer, language)
    return with_cookies(answer, cookies)


def text_of(content: View | None) -> str:
    """Return the body that tells ``content``; nothing is an empty one."""
    if content is None or not vars(content):
        return ""
    return _to_json(content)


def kept(text: str, status: int, headers: Mapping[str, str], language: Language) -> Answer:
    """Return the answer whose body was written before, by :func:`text_of`."""
    answer = written(text, status, headers)
    # a value that has the same in it has its quotes escaped
    return _speaking(answer, language) if '"message":' in text else answer


def with_cookies(answer: Answer, cookies: Sequence[str]) -> Answer:
    """Return the answer with these ``Set-Cookie`` values."""
    return {**answer, "cookies": list(cookies)} if cookies else answer


def failure(
    error: AccountsError, *, request_id: str, language: Language, cookies: Sequence[str] = ()
) -> Answer:
    """Return the answer that tells of ``error``."""
    body: dict[str, Any] = {"error": error.error, "message": error.message}
    if error.details is not None:
        body["details"] = list(error.details)
    headers = {"x-request-id": request_id, "x-error-code": error.code, **error.headers}
    answer = written(json.dumps(body, ensure_ascii=False), error.status, headers)
    return with_cookies(_speaking(answer, language), cookies)


def written(text: str, status: int, headers: Mapping[str, str]) -> Answer:
    """Return the answer whose body is written already."""
    return {"statusCode": status, "headers": {**_HEADERS, **headers}, "body": text}


def binary(content: bytes, status: int, headers: Mapping[str, str]) -> Answer:
    """Return the answer whose body is these bytes."""
    encoded = base64.b64encode(content).decode()
    return {**written(encoded, status, headers), "isBase64Encoded": True}


def _speaking(answer: Answer, language: Language) -> Answer:
    """Return the answer, which has a message in English, with that in this language."""
    told = {"content-language": language, "vary": "accept-language"}
    body: str = answer["body"]
    if language != "en":
        # imported here, so that it costs nothing to who asks in English
        from accounts.edge import languages  # noqa: PLC0415 - see above

        body = languages.in_russian(body)
    return {**answer, "headers": {**answer["headers"], **told}, "body": body}


def _told(value: object) -> object:
    """Return how JSON tells what it has no form of its own for."""
    if isinstance(value, View):
        return {name: member for name, member in vars(value).items() if member is not None}
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    raise TypeError(f"an answer cannot tell of a {type(value).__name__}")


# made once, where json.dumps makes one each time
_to_json = json.JSONEncoder(default=_told, ensure_ascii=False, separators=(",", ":")).encode
