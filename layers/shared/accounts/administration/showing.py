"""Accounts as they are shown: with until when their passwords open nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from accounts.credentials import throttle
from accounts.storage import users
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import LoginAttempt, User


class Shown(NamedTuple):
    """An account, and until when it is closed to the right password from an unknown device."""

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
    # back-ends have no password
    subjects = {u.id: throttle.account(u.email).subject for u in accounts if u.kind == users.PERSON}
    ends = {}
    if subjects:
        with unavailable_on_failure():
            pools = LoginAttempt.batch_get(list(subjects.values()), consistent_read=True)
            ends = {pool.subject: throttle.blocked_until(pool) for pool in pools}
    return [Shown(user, ends.get(subjects.get(user.id, ""))) for user in accounts]
