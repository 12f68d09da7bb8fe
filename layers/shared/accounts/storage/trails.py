"""What a deleted account's trail keeps: what was done, but not where the person was."""

from collections.abc import Sequence

from accounts.errors import UserNotFoundError
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import AuditEvent
from accounts.storage.transactions import (
    LARGEST_TRANSACTION,
    ConditionFailedError,
    Update,
    write,
)

DELETED = "user_deleted"


def forget_addresses_of(user_id: int) -> None:
    """Take a deleted person's addresses out of the trail, which an earlier try may have left there.

    Raises:
        UserNotFoundError: no account with this id was deleted.
        UnavailableError: DynamoDB did not answer; to call again completes what is left.
    """
    own = AuditEvent.find_all(user_id)
    if not any(event.what == DELETED for event in own):
        raise UserNotFoundError
    with unavailable_on_failure():
        acts = list(AuditEvent.by_actor.query(user_id))
    kept = {event.event_id: event for event in (*own, *acts) if _has_address_of(event, user_id)}
    events = list(kept.values())
    for first in range(0, len(events), LARGEST_TRANSACTION):
        _forget_addresses(events[first : first + LARGEST_TRANSACTION])


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
