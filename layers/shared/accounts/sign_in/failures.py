"""What failed log-ins leave in the audit trail: the first of a row, and what it led to.

Strangers decide how many failures there are, so most are only counted: of a pool the trail has
the first failure after a quiet day or a success, the one that makes the next ones wait, and the
one that spends it. An address that nobody has keeps such a trail too, for an hour, under a number
that no account has: so that a failure costs the same, whoever it is about.
"""

import hashlib
from datetime import timedelta

from accounts.credentials.throttle import MOST_IN_A_ROW, Attempt
from accounts.storage import audit
from accounts.storage.tables import User
from accounts.storage.transactions import write

NOBODYS_MEMORY = timedelta(hours=1)
_ID_BYTES = 6


def record(email: str, user: User | None, attempt: Attempt, *, known_device: bool) -> None:
    """Put a failed log-in on record, if it is one of those that are.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    if (what := _what(attempt)) is None:
        return
    device = "known" if known_device else "unknown"
    if user is None:
        write(audit.passing_event(_nobody(email), what, NOBODYS_MEMORY, device=device))
    else:
        write(audit.event(user.id, what, device=device))


def _what(attempt: Attempt) -> str | None:
    if attempt.in_a_row == MOST_IN_A_ROW:
        return "log_in_off"
    if attempt.begins_row:
        return "log_in_failed"
    return "log_in_slowed" if attempt.begins_waits else None


def _nobody(email: str) -> int:
    # below zero, where no account is
    digest = hashlib.sha256(email.encode()).digest()
    return -1 - int.from_bytes(digest[:_ID_BYTES])
