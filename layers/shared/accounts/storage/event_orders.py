"""The orders that events of all accounts are read in: by time, and by who acted."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from accounts.storage import audit
from accounts.storage.dynamodb import find_all_of
from accounts.storage.shards import Item, Order
from accounts.storage.tables import AuditEvent

_TIME_LENGTH = len("2026-01-31T12:00:00.000000Z")


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


def place_of(item: Item) -> str:
    """Return the place of an event in these orders, which is its id."""
    return str(item["event_id"]["S"])


def moment(place: str) -> datetime:
    """Return the time of a place in these orders, which is one or begins with one."""
    return datetime.fromisoformat(place[:_TIME_LENGTH])


def in_full(items: Sequence[Item]) -> Sequence[AuditEvent]:
    """Return those events that are there of what an order tells, read consistently.

    Raises:
        UnavailableError: DynamoDB did not answer for all of them.
    """
    return find_all_of(
        [AuditEvent(user_id=int(item["user_id"]["N"]), event_id=place_of(item)) for item in items]
    )
