"""Pages of lists, and which accounts are wanted on them."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from accounts.storage.tables import User

# what an index tells next, for what is wanted among it
LOOKED_AT = 100


class Page(NamedTuple):
    """A page of a list, and the cursor of the next one."""

    items: Sequence[Any]
    cursor: str | None


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
