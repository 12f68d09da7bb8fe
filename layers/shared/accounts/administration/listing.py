"""Listing accounts and what happened to them, a page at a time.

A filter is served by an index; its pages follow the e-mail, so that an account made meanwhile
neither repeats nor hides another. Without a filter the table itself is read in its own order.
Indexes follow the table within moments; nothing is decided by them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pynamodb.pagination import ResultIterator

from accounts.access import cursors, grants
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import AuditEvent, Role, User, UserSession

# accounts of a role, for those of a status among them
LOOKED_AT = 100


@dataclass(frozen=True)
class Wanted:
    """Which accounts to list; ``email`` is the beginning of a canonical address."""

    role: str | None = None
    status: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Page:
    """A page of a list, and the cursor of the next one."""

    items: Sequence[Any]
    cursor: str | None


def list_users(wanted: Wanted, limit: int, cursor: str | None, asking: UserSession) -> Page:
    """Return up to ``limit`` accounts; fewer, even none, do not mean that it is the last page.

    Raises:
        ValidationFailedError: the cursor is not one of this list, or there is no such role.
        UnavailableError: DynamoDB did not answer.
    """
    if wanted.role and Role.find(wanted.role) is None:
        raise grants.unknown_role()
    query = f"users {wanted}"
    start = cursors.unseal(cursor, query, asking)
    with unavailable_on_failure():
        if wanted.role and wanted.status:
            users, position = _of_role_and_status(wanted, limit, start)
        else:
            results = _users(wanted, limit, start)
            users, position = list(results), results.last_evaluated_key
        return Page(users, cursors.seal(position, query, asking))


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


def _users(wanted: Wanted, limit: int, start: dict[str, Any] | None) -> ResultIterator[User]:
    begins = User.email.startswith(wanted.email) if wanted.email else None
    paging: dict[str, Any] = {"limit": limit, "last_evaluated_key": start}
    if wanted.role:
        return User.by_role.query(wanted.role, begins, **paging)
    if wanted.status:
        return User.by_status.query(wanted.status, begins, **paging)
    if wanted.email:
        return User.by_initial.query(wanted.email[0], begins, **paging)
    return User.scan(**paging)


def _of_role_and_status(
    wanted: Wanted, limit: int, start: dict[str, Any] | None
) -> tuple[Sequence[User], dict[str, Any] | None]:
    # one query, whatever it finds: to go on until the page is full might never end in time
    results = _users(wanted, LOOKED_AT, start)
    found: list[User] = []
    for user in results:
        if user.status == wanted.status:
            found.append(user)
        if len(found) == limit:
            key = {"role": {"S": user.role}, "email": {"S": user.email}}
            return found, {**key, "id": {"N": str(user.id)}}
    return found, results.last_evaluated_key
