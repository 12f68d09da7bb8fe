"""Roles for what new tokens say: as of up to RoleCacheSeconds ago, in each process.

Every log-in and refresh needs one of a few roles, and DynamoDB reads one item 3,000 times a
second at most. A token says for its life what its role was when it was made, so a few seconds
more change little. What decides over a call is never read here.

The roles that are due are read in one call with what is read anyway, whoever that is about: so
they cost no time, and the time tells nothing.
"""

import functools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from accounts import clock, settings
from accounts.access import roles
from accounts.storage.dynamodb import Table, find_together
from accounts.storage.tables import Role


class _AsRead(NamedTuple):
    role: Role
    until: datetime


def find(name: str) -> Role:
    """Return the role as it is, or was a few seconds ago.

    Raises:
        UnknownRoleError: no role has this name.
        UnavailableError: DynamoDB did not answer.
    """
    known = _known().get(name)
    if known and clock.now() < known.until:
        return known.role
    until = _kept_until()
    role = roles.find(name)
    _known()[name] = _AsRead(role, until)
    return role


def find_beside(*keys: Table) -> Sequence[Table | None]:
    """Return the items with these keys, as :func:`~dynamodb.find_together`, and read what is due.

    Raises:
        UnavailableError: DynamoDB did not answer for all of them.
    """
    due = _due()
    until = _kept_until()
    found = find_together(*keys, *due)
    for key, role in zip(due, cast(Sequence[Role | None], found[len(keys) :]), strict=True):
        # of one that is gone nothing is known from now on
        _known().pop(key.name, None)
        if role is not None:
            _known()[role.name] = _AsRead(role, until)
    return found[: len(keys)]


@functools.cache
def _known() -> dict[str, _AsRead | None]:
    # by name; most people's is due from the beginning
    return {roles.DEFAULT: None}


def _due() -> Sequence[Role]:
    if not settings.issuing().role_cache_seconds:
        # nothing would be known of them any more when they are needed
        return ()
    now = clock.now()
    known = [*_known().items()]
    return [Role(name=name) for name, read in known if read is None or read.until <= now]


def _kept_until() -> datetime:
    # from before the reading on, so that nothing is older than it may be
    return clock.now() + timedelta(seconds=settings.issuing().role_cache_seconds)
