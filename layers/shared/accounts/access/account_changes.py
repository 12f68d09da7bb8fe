"""Changes to an account as DynamoDB takes them, and what it means if it does not."""

from collections.abc import Iterable, Sequence

from pynamodb.expressions.update import Action

from accounts.access.authentication import Principal, raise_if_session_ended
from accounts.access.role_holders import KeepsAdministrator
from accounts.access.sessions import moved_on
from accounts.errors import LastAdministratorError, SessionEndedError
from accounts.storage import users
from accounts.storage.tables import User, UserSession
from accounts.storage.transactions import Change, ConditionFailedError, Update, write


def callers_account(caller: Principal) -> User:
    """Return the caller's account as of now, for them to change.

    Raises:
        SessionEndedError: it is gone or disabled.
        UnavailableError: DynamoDB did not answer.
    """
    user = User.find(caller.user_id)
    if user is None or not users.is_active(user):
        raise SessionEndedError
    return user


def in_place(user: User, actions: Sequence[Action]) -> Change:
    """Return the change that does ``actions`` to the account as read; its sessions go on."""
    return Update(user, User.version == user.version, [*moved_on(user), *actions])


def in_sessions(sessions: Iterable[UserSession], actions: Sequence[Action]) -> Sequence[Change]:
    """Return the changes that have these sessions, none of which may have ended, say the same."""
    return [Update(session, UserSession.session_id.exists(), actions) for session in sessions]


def commit(parts: Sequence[Change]) -> None:
    """Do all of a change to an account, or none of it.

    Raises:
        ConditionFailedError: something is not as it was read; to be read and tried again.
        LastAdministratorError: nobody would be left to administer.
        SessionEndedError: the caller's session has ended meanwhile.
        UnavailableError: DynamoDB did not answer.
    """
    try:
        write(*parts)
    except ConditionFailedError as error:
        if any(isinstance(change.item, User) for change in error.failed):
            # not as it was read, so the rest may be its own doing: the caller reads it again
            raise
        if any(isinstance(change, KeepsAdministrator) for change in error.failed):
            raise LastAdministratorError from error
        raise_if_session_ended(error)
        # something else is not as it was read
        raise
