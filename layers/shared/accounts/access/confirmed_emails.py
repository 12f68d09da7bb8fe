"""That an account's address counts, since its owner has shown that mail reaches them."""

from collections.abc import Sequence

from accounts import clock
from accounts.access import sessions
from accounts.storage import audit, users
from accounts.storage.tables import User, UserSession
from accounts.storage.transactions import Change, Update


def changes(user: User) -> Sequence[Change]:
    """Return the changes by which the address of the account, as read, counts.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    moved_on = [*sessions.moved_on(user), User.updated_at.set(clock.now())]
    told = [UserSession.email_unconfirmed.remove()]
    return [
        Update(user, User.version == user.version, [*moved_on, *users.CONFIRMED]),
        *(
            Update(session, UserSession.session_id.exists(), told)
            for session in sessions.live(user.id)
        ),
        audit.event(user.id, "email_confirmed"),
    ]
