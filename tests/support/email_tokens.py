"""Tokens that otherwise come by mail alone."""

from accounts.credentials import log_in_codes, one_time_tokens
from accounts.credentials.one_time_tokens import Kind, NewToken
from accounts.storage.tables import LoginAttempt, User
from accounts.storage.transactions import write

A_DAY_SECONDS = 24 * 3600


def confirmation(user: User, email: str) -> str:
    """Return a token that confirms the account's new address."""
    return _given(Kind.EMAIL_CONFIRMATION, user, A_DAY_SECONDS, email)


def present(user: User) -> str:
    """Return a token that confirms the address that the account has."""
    return _kept(
        one_time_tokens.new(Kind.EMAIL_CONFIRMATION, user.id, A_DAY_SECONDS, email=user.email)
    )


def sign_up(email: str) -> str:
    """Return a token that confirms a sign-up at the address."""
    return _kept(one_time_tokens.new(Kind.SIGN_UP, None, A_DAY_SECONDS, email=email))


def undo(user: User) -> str:
    """Return a token that takes back the change that is begun, also once that is confirmed."""
    return _given(Kind.EMAIL_UNDO, user, 7 * A_DAY_SECONDS)


def log_in_code(user: User) -> tuple[str, str]:
    """Return a challenge as it was asked for, and the code that was mailed for it."""
    challenge = log_in_codes.new_challenge()
    write(challenge.kept)
    place = LoginAttempt(subject=f"code-mail#{user.id}#0")
    return challenge.text, log_in_codes.mail_to(user, challenge.key, place).code


def _given(kind: Kind, user: User, seconds: int, email: str | None = None) -> str:
    return _kept(
        one_time_tokens.new(kind, user.id, seconds, epoch=user.credentials_epoch, email=email)
    )


def _kept(token: NewToken) -> str:
    write(token.kept)
    return token.text
