"""Password reset tokens: made, and read again to find whose they are."""

from dataclasses import dataclass
from datetime import datetime

from accounts.credentials import one_time_tokens
from accounts.credentials.one_time_tokens import Kind, TokenInvalidError
from accounts.errors import ResetTokenInvalidError
from accounts.storage import audit, users
from accounts.storage.tables import User
from accounts.storage.transactions import Change, Check, write


@dataclass(frozen=True)
class ResetToken:
    """A reset token as given out, once."""

    reset_token: str
    expires_at: datetime


@dataclass(frozen=True)
class HeldToken:
    """A reset token that was shown, whose it is, and the change that spends it.

    One that ``was_mailed`` to the account's address shows that mail reaches who holds it.
    """

    user: User
    spent: Change
    was_mailed: bool


def issue(user: User, seconds: int, *, mailed: bool = False) -> ResetToken:
    """Return a new reset token for the account, good for ``seconds``; others stay as they are.

    One that is ``mailed``, and given to nobody else, is bound to the account's address.

    Raises:
        ConditionFailedError: the account is disabled, gone, or of another role, address or
            password by now.
        UnavailableError: DynamoDB did not answer.
    """
    token = one_time_tokens.new(
        Kind.RESET,
        user.id,
        seconds,
        epoch=user.credentials_epoch,
        email=user.email if mailed else None,
    )
    # whoever asked was checked against this role, and the token may go to this address
    as_read = Check(user, users.is_in_epoch(user))
    write(token.kept, as_read, audit.event(user.id, "reset_token_issued"))
    return ResetToken(token.text, token.expires_at)


def held(text: str) -> HeldToken:
    """Return the reset token that ``text`` is.

    Raises:
        ResetTokenInvalidError: the token is unknown, used, void or expired.
        UnavailableError: DynamoDB did not answer.
    """
    try:
        token = one_time_tokens.read(Kind.RESET, text)
    except TokenInvalidError as error:
        raise ResetTokenInvalidError from error
    user = users.owner_of_token(token.user_id, token.epoch)
    if user is None:
        raise ResetTokenInvalidError
    return HeldToken(user, token.spent, was_mailed=token.email == user.email)
