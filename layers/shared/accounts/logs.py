"""The log: JSON lines on standard output, without anything secret or personal."""

import hashlib
import hmac
import json
import sys
import traceback
from typing import Any, Literal

from accounts import aws, clock, invocation, metrics, settings

DIGEST_BYTES = 8
# made once, where json.dumps makes one each time
_to_json = json.JSONEncoder(separators=(",", ":")).encode


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
    fields["account"] = invocation.origin().account
    fields["Latency"] = latency_ms
    _log("INFO", "request", outcome=outcome, **fields, **metrics.fields())


def mail(outcome: str, *, kind: str | None = None) -> None:
    """Log what became of a mail that was ordered, with all that was counted on its way."""
    metrics.count("Mails")
    counted = metrics.fields()
    _log("INFO", "mail", kind=kind, outcome=outcome, **counted)


def published(count: int) -> None:
    """Log how many events others were told of at once."""
    _log("INFO", "events", count=count, **metrics.fields())


def exported(outcome: str, *, files: int | None = None) -> None:
    """Log what became of a run of the trail's export, with all that was counted on its way."""
    metrics.count("TrailExports")
    _log("INFO", "trail_export", outcome=outcome, files=files, **metrics.fields())


def webhook(outcome: str, *, webhook: str, latency_ms: int | None = None) -> None:
    """Log what became of an attempt to deliver an event, with all that was counted on its way."""
    metrics.count("Deliveries")
    fields = {"outcome": outcome, "webhook": webhook, "receiver_ms": latency_ms}
    _log("INFO", "webhook", **fields, **metrics.fields())


def security(event: str, *, user_id: int, session_id: str) -> None:
    """Log something that an operator should look into."""
    _log("WARNING", event, user_id=user_id, session_id=session_id)


def degraded(event: str, *, reason: str) -> None:
    """Log that the service went on without something, and what kept it from that."""
    _log("WARNING", event, reason=reason)


def crash(error: BaseException) -> None:
    """Log a bug, with where it happened and AWS's code for it, but not the error's text.

    The text of an exception may hold what the caller sent (OWASP ASVS 16.2.5).
    """
    _log("ERROR", "crash", causes=_causes(error))


def _log(
    level: Literal["INFO", "WARNING", "ERROR"],
    message: str,
    **fields: Any,  # noqa: ANN401 - whatever is logged
) -> None:
    line = {
        "level": level,
        "message": message,
        # as Lambda, which reads it, takes it in fewest bytes
        "timestamp": clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "service": settings.service_name(),
        "request_id": invocation.origin().request_id,
        **fields,
        "xray_trace_id": settings.trace_id(),
    }
    known = {name: value for name, value in line.items() if value is not None}
    write(f"{_to_json(known)}\n")


def write(line: str) -> None:
    """Write a line, in one piece whoever else is writing."""
    sys.stdout.write(line)
    sys.stdout.flush()


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
