"""Listing accounts, a page at a time.

A filter is served by an index; its pages follow the e-mail, so that an account made meanwhile
neither repeats nor hides another. What is searched for, and what is sorted by a time, are orders
of their own. Without any of that the table itself is read. Indexes follow the table within
moments; nothing is decided by them, and whoever is shown is as the table has them.
"""

from collections.abc import Sequence
from typing import Any

from pynamodb.pagination import ResultIterator

from accounts.access import cursors, grants
from accounts.administration import orders, showing
from accounts.administration.pages import LOOKED_AT, Page, Wanted
from accounts.storage import users
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import Role, User, UserSession

_Found = tuple[Sequence[User], dict[str, Any] | None]


def list_users(wanted: Wanted, limit: int, cursor: str | None, asking: UserSession) -> Page:
    """Return up to ``limit`` accounts; fewer, even none, do not mean that it is the last page.

    Raises:
        ValidationFailedError: the cursor is not one of this list, or there is no such role.
        SearchIncompleteError: not everybody is in the order that is asked for yet.
        UnavailableError: DynamoDB did not answer.
    """
    if wanted.role and Role.find(wanted.role) is None:
        raise grants.unknown_role()
    query = f"users {wanted}"
    start = cursors.unseal(cursor, query, asking)
    found, position = _read(wanted, limit, start)
    return Page(showing.all_shown(found), cursors.seal(position, query, asking))


def _read(wanted: Wanted, limit: int, start: dict[str, Any] | None) -> _Found:
    if wanted.search or wanted.sort:
        return orders.read(wanted, limit, start)
    with unavailable_on_failure():
        if wanted.role and wanted.status:
            keys, position = _of_role_and_status(wanted, limit, start)
        else:
            results = _users(wanted, limit, start)
            keys, position = list(results), results.last_evaluated_key
    if wanted == Wanted():
        # of the table itself
        return keys, position
    as_of_now = users.find_many([key.id for key in keys])
    return [user for user in as_of_now if wanted.has(user)], position


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


def _of_role_and_status(wanted: Wanted, limit: int, start: dict[str, Any] | None) -> _Found:
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
