"""The orders that events of all accounts are read in: by time, and by who acted."""

from collections.abc import Iterator

from accounts.storage import audit
from accounts.storage.shards import Order
from accounts.storage.tables import AuditEvent


def of_month(month: str) -> Order:
    """Return the order of all events of a month, such as 2026-01."""
    return Order(
        AuditEvent.by_time.query,
        AuditEvent.event_id,
        lambda shard: audit.bucket_of(month, shard),
    )


def of_actor(actor_id: int) -> Order:
    """Return the order of what an account did, which is all in one place."""
    return Order(AuditEvent.by_actor.query, AuditEvent.event_id, lambda _: actor_id)


def months(first: str, last: str) -> Iterator[str]:
    """Yield the months from that of the last place back to that of the first."""
    year, month = int(last[:4]), int(last[5:7])
    while (text := f"{year:04}-{month:02}") >= first[:7]:
        yield text
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
