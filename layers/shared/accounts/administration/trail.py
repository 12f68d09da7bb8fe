"""What happened: to one account, or to all, a page at a time, newest first."""

from datetime import datetime
from typing import Any, NamedTuple

from accounts.access import cursors
from accounts.administration.pages import Page
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import AuditEvent, UserSession

# of each shard: no more units than one takes
_EACH = 25
# and of each shard, where one sort of events is sought among all
_SOUGHT = 500
# that a call goes through, which may find little in them
_MONTHS = 3

_Position = dict[str, Any] | None


class WantedEvents(NamedTuple):
    """Which events to list, of all accounts: of one sort, by one account, from when and until."""

    event: str | None = None
    actor_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_events(user_id: int, limit: int, cursor: str | None, asking: UserSession) -> Page:
    """Return up to ``limit`` events of an account, newest first.

    Raises:
        ValidationFailedError: the cursor is not one of this list.
        UnavailableError: DynamoDB did not answer.
    """
    query = f"audit {user_id}"
    start = cursors.unseal(cursor, query, asking)
    with unavailable_on_failure():
        results = AuditEvent.query(
            user_id,
            scan_index_forward=False,
            consistent_read=True,
            limit=limit,
            last_evaluated_key=start,
        )
        events = list(results)
        return Page(events, cursors.seal(results.last_evaluated_key, query, asking))
