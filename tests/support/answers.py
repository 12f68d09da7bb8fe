"""What holds for every answer of the service, whatever was asked."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from accounts.edge import languages

# status: the body's "error"
ERRORS: Mapping[int, str] = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    410: "Gone",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    422: "Validation Error",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
SUCCESSES = frozenset({200, 201, 202, 204})
# a header that each of these statuses must have
TELLING_HEADERS: Mapping[int, str] = {
    401: "www-authenticate",
    403: "www-authenticate",
    405: "allow",
    429: "retry-after",
    503: "retry-after",
}
# refused for the way that the request came, or to everybody, which no token mends
_UNCHALLENGED = frozenset(
    {
        "proxy_required",
        "sign_up_closed",
        "email_codes_off",
        "passkeys_off",
        "own_changes_off",
        "bot_check_failed",
        "webhooks_off",
    }
)


def telling_header(status: int, code: str | None) -> str | None:
    """Return the header that has to tell a client what to do next, if one does."""
    return None if code in _UNCHALLENGED else TELLING_HEADERS.get(status)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    text: str
    # each Set-Cookie header
    cookies: tuple[str, ...] = ()

    @classmethod
    def of(cls, result: object) -> Self:
        """Return the answer that a function's result stands for."""
        assert isinstance(result, dict)
        assert result.keys() <= {"statusCode", "headers", "body", "cookies"}
        assert all(name == name.lower() for name in result["headers"])
        cookies = tuple(result.get("cookies", ()))
        return cls(result["statusCode"], result["headers"], result["body"], cookies)

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON is what it is
        """Return the body, parsed."""
        return json.loads(self.text)

    @property
    def code(self) -> str | None:
        """Return the stable code of an error."""
        return self.headers.get("x-error-code")

    @property
    def but_for_its_id(self) -> tuple[int, Mapping[str, str], str, tuple[str, ...]]:
        """Return all of it but the request's id."""
        ids = ("x-request-id", "apigw-requestid")
        headers = {name: value for name, value in self.headers.items() if name not in ids}
        return self.status, headers, self.text, self.cookies


def assert_documented(answer: Answer) -> None:
    """Return if the answer keeps to what is promised of every answer."""
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert "x-request-id" in answer.headers
    _assert_said_in_a_language(answer)
    if answer.status in SUCCESSES:
        assert answer.code is None
        assert answer.headers["cache-control"] in ("no-store", "public, max-age=600")
    else:
        _assert_documented_error(answer)


def _assert_documented_error(answer: Answer) -> None:
    assert answer.status in ERRORS
    assert answer.headers["cache-control"] == "no-store"
    assert answer.code
    assert answer.headers.get(telling_header(answer.status, answer.code) or "x-error-code")
    body = answer.json
    details = body.pop("details", None)
    assert set(body) == {"error", "message"}
    assert body["error"] == ERRORS[answer.status]
    assert isinstance(body["message"], str)
    assert body["message"]
    assert (details is not None) == (answer.status == 422)
    for detail in details or []:
        assert set(detail) == {"field", "message"}
        assert all(isinstance(text, str) and text for text in detail.values())


def _assert_said_in_a_language(answer: Answer) -> None:
    messages = _messages(answer.json if answer.text else {})
    varies = "accept-language" in answer.headers.get("vary", "")
    language = answer.headers.get("content-language")
    assert (language, varies) == ((language or "en", True) if messages else (None, False))
    if language == "en":
        # whoever adds a message adds it in both languages
        missing = [message for message in messages if languages.russian(message) is None]
        assert missing == [], f"not in accounts/edge/russian.py: {missing}"
    elif language:
        assert all(is_russian(message) for message in messages)


def is_russian(message: str) -> bool:
    """Say whether a message is in Russian, if with names of ours in it."""
    return re.search("[\u0430-\u044f]", message) is not None


def _messages(body: Mapping[str, Any]) -> list[str]:
    details = body.get("details", ())
    # a trail has events with details of other kinds
    return [part["message"] for part in (body, *details) if "message" in part]
