"""Changes to accounts that have no endpoint: made as any change to an account must be.

One transaction stands on the user being as read and ends every session.
"""

from collections.abc import Callable, Sequence

from accounts import sessions
from accounts.tables import User, UserEmail
from accounts.transactions import Change, ConditionFailedError, Delete, write

DISABLED = "disabled"


def give_role(user_id: int, role: str) -> None:
    """Give the user another role."""
    _change(user_id, lambda user: sessions.ending_all(user, [User.role.set(role)]))


def disable(user_id: int) -> None:
    """Disable the user."""
    _change(user_id, lambda user: sessions.ending_all(user, [User.status.set(DISABLED)]))


def delete(user_id: int) -> None:
    """Delete the user and free the e-mail."""

    def parts(user: User) -> Sequence[Change]:
        _, *endings = sessions.ending_all(user, [])
        owner = UserEmail(email=user.email)
        mine = UserEmail.user_id == user.id
        return [Delete(user, User.version == user.version), Delete(owner, mine), *endings]

    _change(user_id, parts)


def _change(user_id: int, parts: Callable[[User], Sequence[Change]]) -> None:
    while user := User.find(user_id):
        try:
            write(*parts(user))
        except ConditionFailedError:
            continue
        return
    raise LookupError(user_id)
