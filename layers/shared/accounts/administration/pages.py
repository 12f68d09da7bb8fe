"""Pages of lists, and which accounts are wanted on them."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from accounts.access import cursors
from accounts.storage.dynamodb import Table, unavailable_on_failure
from accounts.storage.tables import User, UserSession

# what an index tells next, for what is wanted among it
LOOKED_AT = 100


class Page(NamedTuple):
    """A page of a list, and the cursor of the next one."""

    items: Sequence[Any]
    cursor: str | None


def newest_first(
    model: type[Table],
    key: str | int,
    query: str,
    limit: int,
    cursor: str | None,
    asking: UserSession,
) -> Page:
    """Return up to ``limit`` of what lies under one key and is in the order of time there.

    Raises:
        ValidationFailedError: the cursor is not one of this list, which ``query`` names.
        UnavailableError: DynamoDB did not answer.
    """
    start = cursors.unseal(cursor, query, asking)
    with unavailable_on_failure():
        results = model.query(
            key,
            scan_index_forward=False,
            consistent_read=True,
            limit=limit,
            last_evaluated_key=start,
        )
        items = list(results)
        return Page(items, cursors.seal(results.last_evaluated_key, query, asking))


class Wanted(NamedTuple):
    """Which accounts to list, and how; ``email`` is the beginning of a canonical address."""

    role: str | None = None
    status: str | None = None
    email: str | None = None
    search: str | None = None
    sort: Literal["created_at", "last_log_in"] | None = None
    is_descending: bool = True

    def has(self, user: User) -> bool:
        """Say whether the account is of this role and status, and its address begins like that."""
        return (
            self.role in (None, user.role)
            and self.status in (None, user.status)
            and user.email.startswith(self.email or "")
        )
