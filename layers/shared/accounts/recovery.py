"""Getting back in: reset tokens and what they are good for (OWASP Forgot Password Cheat Sheet)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts import (
    audit,
    ceiling,
    clock,
    opaque,
    passwords,
    people,
    policy,
    post,
    session_ends,
    settings,
    throttle,
)
from accounts.authentication import Principal
from accounts.errors import ResetTokenInvalidError, UnavailableError, UserNotFoundError
from accounts.sessions import Client
from accounts.tables import User
from accounts.transactions import ATTEMPTS, ConditionFailedError, Update, back_off, write


@dataclass(frozen=True)
class ResetToken:
    """A reset token as given out, once."""

    reset_token: str
    expires_at: datetime


def issue_reset_token(email: str, caller: Principal) -> ResetToken:
    """Return a new reset token for the account with this canonical e-mail; older ones are void.

    Raises:
        UserNotFoundError: there is no such account, or it is disabled.
        PermissionMissingError: the account may do something that the caller may not.
        UnavailableError: DynamoDB did not answer.
    """
    for attempt in range(1, ATTEMPTS + 1):
        user = people.find_by_email(email)
        if user is None or user.kind != people.PERSON or not people.is_active(user):
            raise UserNotFoundError
        ceiling.require_may_take_over(user, caller)
        try:
            return new_token(user, settings.current().reset_token_seconds)
        except UserNotFoundError:
            # not as it was read: of another role or address by now, if it is there at all
            back_off(attempt)
    raise UnavailableError


def new_token(user: User, seconds: int) -> ResetToken:
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
        (User.status == people.ACTIVE) & as_read,
        [
            User.reset_token_hash.set(opaque.digest(secret)),
            User.reset_token_expires_at.set(expires_at),
        ],
    )
    try:
        write(keep, audit.recorded(user.id, "reset_token_issued"))
    except ConditionFailedError as error:
        raise UserNotFoundError from error
    return ResetToken(opaque.reset_token(user.id, secret), expires_at)


def reset_password(token: str, password: str, client: Client) -> User:
    """Set the password, spend the token and end every session, in one transaction.

    Raises:
        ResetTokenInvalidError: the token is unknown, used, superseded or expired.
        TooManyRequestsError: that, too often from this source address.
        ValidationFailedError: the password is refused; the token stays good.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    try:
        user, secret = _holder(token)
    except ResetTokenInvalidError:
        throttle.spend("reset", client.ip_address)
        raise
    policy.require_strong(password, (user.email, user.name))
    password_hash = passwords.hashed(password)
    # ordered first, for later: the mail is sent only if the password was changed by then
    post.password_changed(user.email)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _set_password(user, secret, password_hash)
        except ConditionFailedError:
            back_off(attempt)
            user, secret = _holder(token)
        else:
            return user
    raise UnavailableError


def _holder(token: str) -> tuple[User, str]:
    try:
        user_id, secret = opaque.read_reset_token(token)
    except opaque.NotATokenError as error:
        raise ResetTokenInvalidError from error
    user = User.find(user_id)
    if user is None or not people.is_active(user):
        raise ResetTokenInvalidError
    if not opaque.matches(secret, user.reset_token_hash):
        raise ResetTokenInvalidError
    if user.reset_token_expires_at <= clock.now():
        raise ResetTokenInvalidError
    return user, secret


def _set_password(user: User, secret: str, password_hash: str) -> None:
    unspent = User.reset_token_hash == opaque.digest(secret)
    changes = session_ends.ending_all(user, people.new_password(password_hash), unspent)
    event = audit.recorded(user.id, "password_reset")
    write(*changes, throttle.forgotten(user.email), event)
