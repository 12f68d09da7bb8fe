"""That an account's address counts, since its owner has shown that mail reaches them."""

from collections.abc import Sequence

from accounts import clock
from accounts.access import account_changes, sessions
from accounts.storage import audit, users
from accounts.storage.tables import User, UserSession
from accounts.storage.transactions import Change


def changes(user: User) -> Sequence[Change]:
    """Return the changes by which the address of the account, as read, counts.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    confirmed = [User.updated_at.set(clock.now()), *users.CONFIRMED]
    told = [UserSession.email_unconfirmed.remove()]
    return [
        account_changes.in_place(user, confirmed),
        *account_changes.in_sessions(sessions.live(user.id), told),
        audit.event(user.id, "email_confirmed"),
    ]
