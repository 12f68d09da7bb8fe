"""Logging people in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from pynamodb.expressions.update import Action

from accounts import metrics
from accounts.access import roles, sessions
from accounts.access.sessions import Client
from accounts.credentials import passwords, signing, throttle
from accounts.credentials.tokens import TokenPair
from accounts.errors import InvalidCredentialsError, UnavailableError
from accounts.storage import users
from accounts.storage.dynamodb import find_together
from accounts.storage.tables import LoginAttempt, User, UserEmail
from accounts.storage.transactions import ATTEMPTS, ConditionFailedError, back_off


@dataclass(frozen=True)
class LoggedIn(TokenPair):
    """A successful log-in."""

    user: User


def log_in(email: str, password: str, client: Client) -> LoggedIn:
    """Begin a session for the person who knows the password.

    Raises:
        InvalidCredentialsError: unknown e-mail, wrong password or disabled account.
        TooManyRequestsError: too many failures, by account or by source address.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    metrics.count("LogIns")
    user = _look_up(email, client)
    try:
        user = _verified(user, password)
    except InvalidCredentialsError:
        throttle.count_address_failure(client.ip_address)
        raise
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _begin(user, password, client)
        except ConditionFailedError:
            back_off(attempt)
        fresh = User.find(user.id)
        # the hash of a password that was verified need not be verified again
        if fresh is not None and fresh.email != email:
            # the address that was typed is not theirs any more
            raise InvalidCredentialsError
        user = fresh if fresh and _same_login(user, fresh) else _verified(fresh, password)
    raise UnavailableError


def _look_up(email: str, client: Client) -> User | None:
    window = throttle.address_window(client.ip_address)
    owner, failures = find_together(UserEmail(email=email), window)
    throttle.check_address(cast(LoginAttempt | None, failures))
    throttle.admit(email)
    return users.find(cast(UserEmail | None, owner))


def _verified(user: User | None, password: str) -> User:
    known = user if user is not None and users.is_active(user) else None
    try:
        passwords.verify(password, known.password_hash if known else None)
    except passwords.WrongPasswordError as error:
        raise InvalidCredentialsError from error
    if known is None:
        raise InvalidCredentialsError
    return known


def _same_login(before: User, now: User) -> bool:
    return (before.password_hash, before.status) == (now.password_hash, now.status)


def _begin(user: User, password: str, client: Client) -> LoggedIn:
    session, refresh_token = sessions.new_session(user, client)
    pair = signing.token_pair(session, roles.permissions_of(user.role), str(refresh_token))
    sessions.begin(user, session, _rehashed(user, password), throttle.clear_failures(user.email))
    return LoggedIn(pair.access_token, pair.expires_in, pair.refresh_token, user)


def _rehashed(user: User, password: str) -> Sequence[Action]:
    # written together with the session, on condition that the user is still as verified, so that
    # it cannot undo a change of password
    if passwords.is_outdated(user.password_hash):
        return [User.password_hash.set(passwords.hashed(password))]
    return []
