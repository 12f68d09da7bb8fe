"""Logging people in."""

from dataclasses import dataclass

from accounts import passwords, people, roles, sessions, signing
from accounts.errors import InvalidCredentialsError, UnavailableError
from accounts.sessions import Client
from accounts.tables import User
from accounts.tokens import TokenPair
from accounts.transactions import ATTEMPTS, ConditionFailedError, back_off


@dataclass(frozen=True)
class LoggedIn(TokenPair):
    """A successful log-in."""

    user: User


def log_in(email: str, password: str, client: Client) -> LoggedIn:
    """Begin a session for the person who knows the password.

    Raises:
        InvalidCredentialsError: unknown e-mail, wrong password or disabled account.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    user = people.find_by_email(email)
    _verify(user, password)
    for attempt in range(1, ATTEMPTS + 1):
        assert user is not None  # noqa: S101 - tells the type checker what _verify has seen to
        try:
            return _begin(user, password, client)
        except ConditionFailedError:
            back_off(attempt)
        before, user = user, User.find(user.id)
        if user is None or (user.password_hash, user.status) != (
            before.password_hash,
            before.status,
        ):
            _verify(user, password)
    raise UnavailableError


def _verify(user: User | None, password: str) -> None:
    usable = user is not None and people.is_active(user)
    try:
        passwords.verify(password, user.password_hash if user and usable else None)
    except passwords.WrongPasswordError as error:
        raise InvalidCredentialsError from error


def _begin(user: User, password: str, client: Client) -> LoggedIn:
    session, refresh_token = sessions.new_session(user, client)
    pair = signing.token_pair(session, roles.permissions_of(user.role), str(refresh_token))
    outdated = passwords.is_outdated(user.password_hash or "")
    sessions.begin(user, session, password_hash=passwords.hashed(password) if outdated else None)
    return LoggedIn(pair.access_token, pair.expires_in, pair.refresh_token, user)
