"""What a deleted account's trail keeps: what was done, but not where the person was."""

from collections.abc import Iterator, Sequence

from accounts.errors import UserNotFoundError
from accounts.storage import event_orders, shards
from accounts.storage.shards import Span
from accounts.storage.tables import AuditEvent
from accounts.storage.transactions import (
    LARGEST_TRANSACTION,
    ConditionFailedError,
    Update,
    write,
)

DELETED = "user_deleted"
# of what the account did, in each shard at a time
_EACH = 500


def forget_addresses_of(user_id: int) -> None:
    """Take a deleted person's addresses out of the trail, which an earlier try may have left there.

    Raises:
        UserNotFoundError: no account with this id was deleted.
        UnavailableError: DynamoDB did not answer; to call again completes what is left.
    """
    own = AuditEvent.find_all(user_id)
    if not any(event.what == DELETED for event in own):
        raise UserNotFoundError
    kept = {
        event.event_id: event
        for event in (*own, *_acts_with_address(user_id))
        if _has_address_of(event, user_id)
    }
    events = list(kept.values())
    for first in range(0, len(events), LARGEST_TRANSACTION):
        _forget_addresses(events[first : first + LARGEST_TRANSACTION])


def _acts_with_address(user_id: int) -> Iterator[AuditEvent]:
    order = event_orders.of_actor(user_id)
    span = Span.whole(is_descending=True, after=None)
    with_address = AuditEvent.ip_address.exists()
    while True:
        acts = shards.read(order, span, _EACH, with_address, event_orders.SHARDS_OF_ACTOR)
        yield from event_orders.as_listed(acts.items)
        if acts.read_to is None:
            return
        span = span._replace(after=acts.read_to)


def _has_address_of(event: AuditEvent, user_id: int) -> bool:
    # PynamoDB has no type for an attribute that may be missing
    address: str | None = event.ip_address
    return address is not None and event.actor_id in (None, user_id)


def _forget_addresses(events: Sequence[AuditEvent]) -> None:
    parts = [
        Update(event, AuditEvent.event_id.exists(), [AuditEvent.ip_address.remove()])
        for event in events
    ]
    try:
        write(*parts)
    except ConditionFailedError as error:
        # some have reached the end of their time meanwhile
        if left := [part for part in parts if part not in error.failed]:
            write(*left)
