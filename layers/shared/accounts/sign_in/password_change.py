"""Changing one's own password."""

from accounts.access import session_ends
from accounts.access.authentication import Principal
from accounts.credentials import passwords, policy, throttle
from accounts.errors import SessionEndedError, ValidationFailedError
from accounts.mail import orders
from accounts.storage import audit, users
from accounts.storage.tables import User
from accounts.storage.transactions import ConditionFailedError, retried, write


def change_password(caller: Principal, current: str, new: str) -> None:
    """Set the caller's password, and end every session of theirs but this one.

    A stolen access token alone does not suffice (OWASP ASVS 6.2.3): wrong guesses at the current
    password count like failed log-ins.

    Raises:
        ValidationFailedError: ``current`` is wrong, or ``new`` is refused.
        TooManyRequestsError: too many wrong passwords.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB, KMS or the queue did not answer.
    """
    session = caller.session
    # before the current password is tried: a refused new one must not count as a wrong guess
    policy.require_strong(new, (session.email, session.name))
    throttle.admit(session.email)
    verified = _verified(_standing(caller), current)
    password_hash = passwords.hashed(new)
    try:
        _set_password(caller, verified, password_hash)
    except ConditionFailedError:
        retried(lambda: _set_password(caller, _again(caller, verified, current), password_hash))


def _set_password(caller: Principal, user: User, password_hash: str) -> None:
    session = caller.session
    session_exists = session_ends.session_exists(session)
    changes = session_ends.end_all_changes(
        user, users.new_password(password_hash), spare=session.session_id
    )
    event = audit.event(user.id, "password_changed")
    orders.password_changed(user, event)
    try:
        write(*changes, session_exists, throttle.clear_failures(user.email), event)
    except ConditionFailedError as error:
        if session_exists in error.failed:
            raise SessionEndedError from error
        raise


def _again(caller: Principal, verified: User, current: str) -> User:
    user = _standing(caller)
    # what a password was verified against need not be hashed again
    same = user.password_hash == verified.password_hash
    return user if same else _verified(user, current)


def _standing(caller: Principal) -> User:
    user = User.find(caller.user_id)
    if user is None or not users.is_active(user):
        raise SessionEndedError
    return user


def _verified(user: User, password: str) -> User:
    try:
        passwords.verify(password, user.password_hash)
    except passwords.WrongPasswordError as error:
        raise ValidationFailedError.of(
            "current_passw", "This is not the current password"
        ) from error
    return user
