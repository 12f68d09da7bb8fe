"""The log: JSON lines on standard output, without anything secret or personal."""

import hashlib
import hmac
import traceback
from typing import Any

from aws_lambda_powertools import Logger

from accounts import aws, invocation, metrics, settings

DIGEST_BYTES = 8
_logger = Logger(use_rfc3339=True, utc=True, location=None)


def about(email: str) -> None:
    """Have the request's line tell which e-mail address it is about, by a keyed digest.

    Lines about one address can be found together; which it is, the log alone does not tell, not
    even to who tries all there are (OWASP ASVS 16.2.5).
    """
    key = settings.current().log_key.encode()
    digest = hmac.digest(key, email.encode(), hashlib.sha256)[:DIGEST_BYTES]
    invocation.set_account(digest.hex())


def request(
    outcome: str,
    latency_ms: float | None = None,
    **fields: Any,  # noqa: ANN401 - whatever describes the request
) -> None:
    """Log how a request went, with all that was counted on its way."""
    counted = metrics.fields(latency_ms)
    fields["account"] = invocation.origin().account
    _logger.info("request", extra=_with_request_id(outcome=outcome, **fields, **counted))


def mail(outcome: str, *, kind: str | None = None) -> None:
    """Log what became of a mail that was ordered, with all that was counted on its way."""
    metrics.count("Mails")
    counted = metrics.fields()
    _logger.info("mail", extra=_with_request_id(kind=kind, outcome=outcome, **counted))


def security(event: str, *, user_id: int, session_id: str) -> None:
    """Log something that an operator should look into."""
    _logger.warning(event, extra=_with_request_id(user_id=user_id, session_id=session_id))


def degraded(event: str, *, reason: str) -> None:
    """Log that the service went on without something, and what kept it from that."""
    _logger.warning(event, extra=_with_request_id(reason=reason))


def crash(error: BaseException) -> None:
    """Log a bug, with where it happened and AWS's code for it, but not the error's text.

    The text of an exception may hold what the caller sent (OWASP ASVS 16.2.5).
    """
    _logger.error("crash", extra=_with_request_id(causes=_causes(error)))


def _with_request_id(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever is logged
    return {"request_id": invocation.origin().request_id, **fields}


def _causes(error: BaseException | None) -> list[dict[str, Any]]:
    causes: list[dict[str, Any]] = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        cause = {"type": type(error).__qualname__, "frames": where}
        code = aws.code(error)
        causes.append({**cause, "code": code} if code else cause)
        error = error.__cause__ or error.__context__
    return causes
