"""The log: JSON lines on standard output, without anything secret or personal."""

import traceback
from contextvars import ContextVar
from typing import Any

from aws_lambda_powertools import Logger

_logger = Logger(use_rfc3339=True, utc=True, location=None)
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def begin(request_id: str) -> None:
    """Have every line from now on, in this thread, carry the request's id."""
    _request_id.set(request_id)


def current_request_id() -> str:
    """Return the id of the request that is being answered."""
    return _request_id.get()


def mail(outcome: str, *, kind: str) -> None:
    """Log what became of a mail that was ordered."""
    _logger.info("mail", extra={"request_id": _request_id.get(), "kind": kind, "outcome": outcome})


def request(**fields: Any) -> None:  # noqa: ANN401 - whatever describes the request
    """Log that a request was answered."""
    _logger.info("request", extra={"request_id": _request_id.get(), **fields})


def security(event: str, *, user_id: int, session_id: str) -> None:
    """Log something that an operator should look into."""
    fields = {"request_id": _request_id.get(), "user_id": user_id, "session_id": session_id}
    _logger.warning(event, extra=fields)


def degraded(event: str, *, reason: str) -> None:
    """Log that the service went on without something, and what kept it from that."""
    _logger.warning(event, extra={"request_id": _request_id.get(), "reason": reason})


def crash(error: BaseException) -> None:
    """Log a bug, with where it happened but not the error's text.

    The text of an exception may hold what the caller sent (OWASP ASVS 16.2.5).
    """
    _logger.error("crash", extra={"request_id": _request_id.get(), "causes": _causes(error)})


def _causes(error: BaseException | None) -> list[dict[str, Any]]:
    causes: list[dict[str, Any]] = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        causes.append({"type": type(error).__qualname__, "frames": where})
        error = error.__cause__ or error.__context__
    return causes
