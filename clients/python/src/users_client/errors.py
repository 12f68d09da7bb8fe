"""What the service refuses, by the code that it has for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Self, cast

import httpx

from users_client.answers import ErrorCode

# what another than the service answers: a gateway, a firewall
Unknown = Literal["unknown"]


class Fault(NamedTuple):
    """A field at fault, of a ``validation_failed``."""

    field: str
    message: str


# not frozen: a context manager that it passes through sets its traceback
@dataclass(eq=False)
class UsersError(Exception):
    """The service refused a call.

    ``code`` is its ``x-error-code``; ``retry_after_seconds`` says when to come back, of a 429, a
    503 and an ``idempotency_key_busy``; its log has the call under ``request_id``.
    """

    status: int
    code: ErrorCode | Unknown
    message: str
    details: Sequence[Fault] = ()
    retry_after_seconds: int | None = None
    request_id: str | None = None

    @classmethod
    def of(cls, response: httpx.Response) -> Self:
        """Return the error that a response tells of."""
        body = _body(response)
        # by position, as pickle makes exceptions anew
        return cls(
            response.status_code,
            cast("ErrorCode | Unknown", response.headers.get("x-error-code", "unknown")),
            body.get("message", response.reason_phrase),
            tuple(Fault(**fault) for fault in body.get("details", ())),
            retry_after_seconds(response),
            response.headers.get("x-request-id"),
        )

    def __str__(self) -> str:
        faults = "".join(f"; {field}: {message}" for field, message in self.details)
        return f"{self.status} {self.code}: {self.message}{faults}"


def retry_after_seconds(response: httpx.Response) -> int | None:
    """Return when the response says to come back, if it says so in seconds."""
    told = response.headers.get("retry-after", "")
    return int(told) if told.isascii() and told.isdigit() else None


def _body(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        # the page of a gateway
        return {}
    return body if isinstance(body, dict) else {}
