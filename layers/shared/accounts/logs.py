"""The log: JSON lines on standard output, without anything secret or personal."""

import traceback
from typing import Any

from aws_lambda_powertools import Logger

from accounts import origin

_logger = Logger(use_rfc3339=True, utc=True, location=None)


def request(**fields: Any) -> None:  # noqa: ANN401 - whatever describes the request
    """Log that a request was answered."""
    _logger.info("request", extra=_with_request_id(**fields))


def mail(outcome: str, *, kind: str) -> None:
    """Log what became of a mail that was ordered."""
    _logger.info("mail", extra=_with_request_id(kind=kind, outcome=outcome))


def security(event: str, *, user_id: int, session_id: str) -> None:
    """Log something that an operator should look into."""
    _logger.warning(event, extra=_with_request_id(user_id=user_id, session_id=session_id))


def degraded(event: str, *, reason: str) -> None:
    """Log that the service went on without something, and what kept it from that."""
    _logger.warning(event, extra=_with_request_id(reason=reason))


def crash(error: BaseException) -> None:
    """Log a bug, with where it happened but not the error's text.

    The text of an exception may hold what the caller sent (OWASP ASVS 16.2.5).
    """
    _logger.error("crash", extra=_with_request_id(causes=_causes(error)))


def _with_request_id(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever is logged
    return {"request_id": origin.current().request_id, **fields}


def _causes(error: BaseException | None) -> list[dict[str, Any]]:
    causes: list[dict[str, Any]] = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        causes.append({"type": type(error).__qualname__, "frames": where})
        error = error.__cause__ or error.__context__
    return causes
