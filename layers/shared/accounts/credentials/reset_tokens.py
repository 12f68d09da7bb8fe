"""Reset tokens: made, and read again to find whose they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts import clock
from accounts.credentials import opaque
from accounts.errors import ResetTokenInvalidError, UserNotFoundError
from accounts.storage import audit, users
from accounts.storage.tables import User
from accounts.storage.transactions import ConditionFailedError, Update, write


@dataclass(frozen=True)
class ResetToken:
    """A reset token as given out, once."""

    reset_token: str
    expires_at: datetime


def issue(user: User, seconds: int) -> ResetToken:
    """Return a new reset token for the account, good for ``seconds``; older ones are void.

    Raises:
        UserNotFoundError: the account is disabled, gone, or of another role or address by now.
        UnavailableError: DynamoDB did not answer.
    """
    secret = opaque.new_secret()
    expires_at = clock.now() + timedelta(seconds=seconds)
    # whoever asked was checked against this role, and the token may go to this address
    as_read = (User.role == user.role) & (User.email == user.email)
    keep = Update(
        user,
        (User.status == users.ACTIVE) & as_read,
        [
            User.reset_token_hash.set(opaque.digest(secret)),
            User.reset_token_expires_at.set(expires_at),
        ],
    )
    try:
        write(keep, audit.event(user.id, "reset_token_issued"))
    except ConditionFailedError as error:
        raise UserNotFoundError from error
    return ResetToken(opaque.reset_token(user.id, secret), expires_at)


def holder(token: str) -> tuple[User, str]:
    """Return whose reset token this is, and the secret in it.

    Raises:
        ResetTokenInvalidError: the token is unknown, used, superseded or expired.
        UnavailableError: DynamoDB did not answer.
    """
    try:
        user_id, secret = opaque.read_reset_token(token)
    except opaque.NotATokenError as error:
        raise ResetTokenInvalidError from error
    user = User.find(user_id)
    if user is None or not users.is_active(user):
        raise ResetTokenInvalidError
    if not opaque.matches(secret, user.reset_token_hash):
        raise ResetTokenInvalidError
    if user.reset_token_expires_at <= clock.now():
        raise ResetTokenInvalidError
    return user, secret
