"""The orders that events of all accounts are read in: by time, and by who acted."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pynamodb.pagination import ResultIterator

from accounts.storage import audit
from accounts.storage.dynamodb import find_all_of
from accounts.storage.places import SHARDS
from accounts.storage.shards import Item, Order
from accounts.storage.tables import AuditEvent

# what old deployments have on record, all under one key
_FORMER = "former"
SHARDS_OF_ACTOR = (*SHARDS, _FORMER)
_TIME_LENGTH = len("2026-01-31T12:00:00.000000Z")


def of_month(month: str) -> Order:
    """Return the order of all events of a month, such as 2026-01."""
    return Order(
        AuditEvent.by_time.query,
        AuditEvent.event_id,
        lambda shard: audit.bucket_of(month, shard),
    )


def of_actor(actor_id: int) -> Order:
    """Return the order of what an account did, in ``SHARDS_OF_ACTOR``."""

    def query(key: str | int, *args: Any, **options: Any) -> ResultIterator[AuditEvent]:  # noqa: ANN401 - as PynamoDB
        index = AuditEvent.by_actor if key == actor_id else AuditEvent.by_actor_shard
        return index.query(key, *args, **options)

    def key_of(shard: str) -> str | int:
        return actor_id if shard == _FORMER else audit.acts_of(actor_id, shard)

    return Order(query, AuditEvent.event_id, key_of)


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


def as_listed(items: Sequence[Item]) -> Sequence[AuditEvent]:
    """Return the events that an order tells, with no more of each than its index has."""
    return [AuditEvent.from_raw_data(dict(item)) for item in items]


def in_full(items: Sequence[Item]) -> Sequence[AuditEvent]:
    """Return those events that are there of what an order tells, read consistently.

    Raises:
        UnavailableError: DynamoDB did not answer for all of them.
    """
    return find_all_of(
        [AuditEvent(user_id=int(item["user_id"]["N"]), event_id=place_of(item)) for item in items]
    )
