"""The audit trail: who did what to which account, when and from where.

An event is a part of the transaction that does what it tells of, so there is never one without
the other. It names accounts by id alone and holds nothing secret.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta

from accounts import clock, invocation, settings
from accounts.storage import places
from accounts.storage.tables import AuditEvent
from accounts.storage.transactions import Change, Put

# what is done to a role is kept with who did it; what a deployment does, here
NOBODY = 0

Detail = str | int | Sequence[str] | None


def role_event(what: str, role: str, **details: Detail) -> Change:
    """Return the change that records ``what`` the acting account did to a role."""
    return event(invocation.origin().actor_id or NOBODY, what, role=role, **details)


def webhook_event(what: str, webhook: str, **details: Detail) -> Change:
    """Return the change that records ``what`` the acting account did to a webhook."""
    return event(invocation.origin().actor_id or NOBODY, what, webhook=webhook, **details)


def event(user_id: int, what: str, **details: Detail) -> Change:
    """Return the change that records ``what`` was done to the account, as of now."""
    days = timedelta(days=settings.current().audit_days)
    return Put(_event(user_id, what, days, details))


def passing_event(user_id: int, what: str, lifetime: timedelta, **details: Detail) -> Change:
    """Return the change that records it for a while, of what is no account."""
    return Put(_event(user_id, what, lifetime, details))


def bucket_of(month: str, shard: str) -> str:
    """Return the key of a shard of the events of a month, such as 2026-01."""
    return f"{month}#{shard}"


def acts_of(actor_id: int, shard: str) -> str:
    """Return the key of a shard of what an account did."""
    return f"{actor_id}#{shard}"


def _event(
    user_id: int, what: str, lifetime: timedelta, details: Mapping[str, Detail]
) -> AuditEvent:
    now, where = clock.now(), invocation.origin()
    event_id = f"{places.time(now)}-{secrets.token_hex(4)}"
    # the last digit of what is random
    shard = event_id[-1]
    return AuditEvent(
        user_id=user_id,
        event_id=event_id,
        bucket=bucket_of(event_id[:7], shard),
        what=what,
        happened_at=now,
        actor_shard=acts_of(where.actor_id, shard) if where.actor_id else None,
        operator=where.operator,
        ip_address=where.ip_address,
        request_id=where.request_id or None,
        details={name: value for name, value in details.items() if value is not None},
        expires_at=now + lifetime,
    )
