"""Everything that is kept about a person, for that person (GDPR articles 15 and 20).

The trail may be longer than one answer can be. So it comes in pages, of what DynamoDB reads at
once: a megabyte, which is at most twice that as JSON, where Lambda lets six pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pynamodb.pagination import ResultIterator

from accounts.access import account_changes, cursors, roles, sessions
from accounts.access.authentication import Principal
from accounts.credentials import passkeys
from accounts.storage import event_orders, shards
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.factors import Passkey
from accounts.storage.shards import Span
from accounts.storage.tables import AuditEvent, Role, User, UserSession

_Position = dict[str, Any] | None
_TRAIL, _AFTER = "trail", "after"
# of each shard of what an account did; some hundred bytes each
_EACH = 200


@dataclass(frozen=True)
class OwnData:
    """An account, its role, devices and passkeys as they are, and a page of what happened.

    ``trail`` is what was done to the account; ``acts`` are what it did to others, of which the
    index knows when and from where. Newest first; ``cursor`` is where the next page begins.
    """

    user: User
    role: Role
    devices: Sequence[UserSession]
    passkeys: Sequence[Passkey]
    trail: Sequence[AuditEvent]
    acts: Sequence[AuditEvent]
    cursor: str | None


def export(caller: Principal, cursor: str | None) -> OwnData:
    """Return what is kept about the caller.

    Raises:
        ValidationFailedError: the cursor was not made for this session.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB did not answer.
    """
    query = f"data {caller.user_id}"
    start = cursors.unseal(cursor, query, caller.session) or {_TRAIL: None}
    user = account_changes.callers_account(caller)
    with unavailable_on_failure():
        trail, acts, position = _pages(user.id, start)
    return OwnData(
        user=user,
        role=roles.find(user.role),
        devices=sessions.live(user.id),
        passkeys=passkeys.of(user),
        trail=trail,
        acts=acts,
        cursor=cursors.seal(position, query, caller.session),
    )


def _pages(
    user_id: int, start: dict[str, Any]
) -> tuple[Sequence[AuditEvent], Sequence[AuditEvent], _Position]:
    trail: Sequence[AuditEvent] = ()
    if _TRAIL in start:
        trail, key = _page(
            AuditEvent.query(
                user_id,
                scan_index_forward=False,
                consistent_read=True,
                last_evaluated_key=start[_TRAIL],
            )
        )
        if key:
            return trail, (), {_TRAIL: key}
    done = shards.read(
        event_orders.of_actor(user_id),
        Span.whole(is_descending=True, after=start.get(_AFTER)),
        _EACH,
        shards=event_orders.SHARDS_OF_ACTOR,
    )
    # to oneself: that is in the trail
    acts = [event for event in event_orders.as_listed(done.items) if event.user_id != user_id]
    return trail, acts, {_AFTER: done.read_to} if done.read_to else None


def _page(results: ResultIterator[AuditEvent]) -> tuple[Sequence[AuditEvent], _Position]:
    # what is read at once, where the iterator itself would go on to the end
    read = next(results.page_iter)
    return [AuditEvent.from_raw_data(item) for item in read["Items"]], read.get("LastEvaluatedKey")
