"""The password that somebody who is signed in has now, as a proof that it is them."""

from collections.abc import Sequence

from accounts.access import account_changes
from accounts.access.authentication import Principal
from accounts.credentials import passwords, throttle
from accounts.errors import ValidationFailedError
from accounts.storage.tables import User
from accounts.storage.transactions import Change


def admit(caller: Principal) -> None:
    """Count a try at the caller's password from this session, and return if it may go on.

    Raises:
        TooManyRequestsError: not now; ``retry_after_seconds`` says when.
        UnavailableError: it could not be counted, so it may not go on.
    """
    throttle.admit_session(caller.session.session_id)


def verified(caller: Principal, password: str, *, field: str, before: User | None = None) -> User:
    """Return the caller's account, once sure that this is its password; ``field`` had it.

    What it was verified against ``before`` is not verified again.

    Raises:
        ValidationFailedError: it is not.
        SessionEndedError: the account is gone or disabled.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    user = account_changes.callers_account(caller)
    if before is None or before.password_hash != user.password_hash:
        verify(user, password, field=field)
    return user


def verify(user: User, password: str, *, field: str) -> None:
    """Return if this is the account's password; ``field`` had it.

    Raises:
        ValidationFailedError: it is not.
        UnavailableError: KMS did not answer.
    """
    try:
        passwords.verify(password, user.password_hash)
    except passwords.WrongPasswordError as error:
        raise ValidationFailedError.of(field, "This is not the current password") from error


def clear_failures(caller: Principal) -> Sequence[Change]:
    """Return the changes that forget failures, for the transaction of who knew the password."""
    session = caller.session
    own = throttle.clear(throttle.session(session.session_id))
    return [own, throttle.clear_failures(session.email)]
