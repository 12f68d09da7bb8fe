"""Accounts as they are shown: with until when they are locked out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from accounts.access import second_factors
from accounts.credentials import throttle
from accounts.storage import users
from accounts.storage.dynamodb import find_all_of
from accounts.storage.tables import LoginAttempt, User


class Shown(NamedTuple):
    """An account, and until when nobody gets in from a device that it does not know."""

    user: User
    blocked_until: datetime | None


def shown(user: User) -> Shown:
    """Return the account as it is shown.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    (found,) = all_shown([user])
    return found


def all_shown(accounts: Sequence[User]) -> Sequence[Shown]:
    """Return up to a hundred accounts as they are shown, in their order.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    ends = _ends([subject for user in accounts for subject in _subjects(user)])
    return [Shown(user, _latest(ends.get(one) for one in _subjects(user))) for user in accounts]


def _subjects(user: User) -> Iterator[str]:
    """Yield what the account's failures from unknown devices are counted under."""
    # back-ends have no password
    if user.kind == users.PERSON:
        yield throttle.account(user.email).subject
        if second_factors.has_any(user):
            yield throttle.second_factor(user, None).subject


def _ends(subjects: Sequence[str]) -> Mapping[str, datetime | None]:
    pools = find_all_of([LoginAttempt(subject=subject) for subject in subjects])
    return {pool.subject: throttle.blocked_until(pool) for pool in pools}


def _latest(ends: Iterable[datetime | None]) -> datetime | None:
    return max((end for end in ends if end is not None), default=None)
