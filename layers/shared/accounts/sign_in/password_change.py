"""Changing one's own password."""

from accounts.access import present_password, session_ends
from accounts.access.authentication import Principal
from accounts.credentials import passwords, policy
from accounts.errors import SessionEndedError
from accounts.mail import orders
from accounts.storage import audit, users
from accounts.storage.tables import User
from accounts.storage.transactions import ConditionFailedError, retried, write

_FIELD = "current_passw"


def change_password(caller: Principal, current: str, new: str) -> None:
    """Set the caller's password, and end every session of theirs but this one.

    A stolen access token alone does not suffice (OWASP ASVS 6.2.3): wrong guesses at the current
    password count like failed log-ins, in a pool that the session has to itself.

    Raises:
        ValidationFailedError: ``current`` is wrong, or ``new`` is refused.
        TooManyRequestsError: too many wrong passwords.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB, KMS or the queue did not answer.
    """
    session = caller.session
    # before the current password is tried: a refused new one must not count as a wrong guess
    policy.require_strong(new, (session.email, session.name))
    present_password.admit(caller)
    verified = present_password.verified(caller, current, field=_FIELD)
    password_hash = passwords.hashed(new)
    as_read = [verified]

    def set_password() -> None:
        user = as_read.pop() if as_read else _verified_again(caller, current, verified)
        _set_password(caller, user, password_hash)

    retried(set_password)


def _verified_again(caller: Principal, current: str, verified: User) -> User:
    return present_password.verified(caller, current, field=_FIELD, before=verified)


def _set_password(caller: Principal, user: User, password_hash: str) -> None:
    session = caller.session
    session_exists = session_ends.session_exists(session)
    changes = session_ends.end_all_changes(
        user, users.new_password(password_hash), spare=session.session_id
    )
    event = audit.event(user.id, "password_changed")
    orders.password_changed(user, event)
    try:
        write(*changes, session_exists, *present_password.clear_failures(caller), event)
    except ConditionFailedError as error:
        if session_exists in error.failed:
            raise SessionEndedError from error
        raise
