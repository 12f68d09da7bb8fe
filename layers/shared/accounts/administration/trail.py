"""What happened to an account, a page at a time."""

from accounts.access import cursors
from accounts.administration.pages import Page
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import AuditEvent, UserSession


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
