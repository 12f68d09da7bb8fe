"""Changing one's own password."""

from accounts.access import present_password, session_ends
from accounts.access.authentication import Principal
from accounts.credentials import passwords, policy
from accounts.errors import SessionEndedError, UnavailableError
from accounts.mail import orders
from accounts.storage import audit, users
from accounts.storage.transactions import (
    ATTEMPTS,
    ConditionFailedError,
    back_off,
    write,
)


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
    user = present_password.verified(caller, current, field="current_passw")
    password_hash = passwords.hashed(new)
    orders.password_changed(user.email)
    session_exists = session_ends.session_exists(session)
    for attempt in range(1, ATTEMPTS + 1):
        changes = session_ends.end_all_changes(
            user, users.new_password(password_hash), spare=session.session_id
        )
        try:
            event = audit.event(user.id, "password_changed")
            write(*changes, session_exists, *present_password.clear_failures(caller), event)
        except ConditionFailedError as error:
            if session_exists in error.failed:
                raise SessionEndedError from error
            back_off(attempt)
            user = present_password.verified(caller, current, field="current_passw")
        else:
            return
    raise UnavailableError
