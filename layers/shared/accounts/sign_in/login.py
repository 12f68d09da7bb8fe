"""Logging people in."""

from collections.abc import Sequence
from typing import NamedTuple, cast

from pynamodb.expressions.update import Action

from accounts import logs, metrics
from accounts.access import second_factors
from accounts.access.sessions import Client
from accounts.credentials import budgets, device_tokens, pace, passwords, throttle
from accounts.credentials.throttle import LONGEST_BLOCK_SECONDS, MOST_IN_A_ROW, Attempt
from accounts.errors import InvalidCredentialsError, TooManyRequestsError
from accounts.sign_in import failures, success
from accounts.sign_in.success import Challenged, LoggedIn
from accounts.storage import users
from accounts.storage.dynamodb import find_together
from accounts.storage.tables import LoginAttempt, User, UserEmail
from accounts.storage.transactions import Change, retried


class _Entry(NamedTuple):
    """An attempt that was let in, to have its password looked at.

    A known device takes nothing from the budget of its address, so it has no ``window``.
    """

    email: str
    user: User | None
    strangers: LoginAttempt | None
    attempt: Attempt
    window: LoginAttempt | None

    def refusal(self) -> InvalidCredentialsError | TooManyRequestsError:
        """Return the answer to a wrong password, once it is on record where it should be."""
        is_known = self.window is None
        failures.record(self.email, self.user, self.attempt, known_device=is_known)
        if not is_known and self.attempt.failures > MOST_IN_A_ROW:
            return TooManyRequestsError(LONGEST_BLOCK_SECONDS)
        return InvalidCredentialsError()

    def success(self) -> list[Change]:
        """Return what a success does to the counts, for the transaction that begins the session."""
        if self.window is not None:
            return [throttle.take_back(self.attempt)]
        is_begun = self.strangers is not None and self.strangers.in_a_row > 0
        row = [throttle.forgive(throttle.account(self.email))] if is_begun else []
        return [throttle.clear(self.attempt.pool), *row]


def log_in(
    email: str, password: str, client: Client, device_token: str | None = None
) -> LoggedIn | Challenged:
    """Begin a session for the person who knows the password, or ask for their second factor.

    Raises:
        InvalidCredentialsError: unknown e-mail, wrong password or disabled account.
        TooManyRequestsError: too many failures, by device, by account or by source address; or
            too many successes.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    metrics.count("LogIns")
    logs.about(email)
    entry = _admitted(email, client, device_token)
    try:
        user = _verified(entry, entry.user, password)
        # of who loops, nothing is taken back
        pace.LOG_INS.next(user.log_ins_paced_until)
        if entry.window is not None:
            budgets.give_back(entry.window)
        return _begin(entry, user, password, client, device_token)
    except InvalidCredentialsError as error:
        raise entry.refusal() from error


def _admitted(email: str, client: Client, device_token: str | None) -> _Entry:
    pool = throttle.account(email)
    device = device_tokens.digest(device_token)
    own_pool = throttle.device(device) if device else None
    owner, *pools = find_together(UserEmail(email=email), pool, *([own_pool] if own_pool else ()))
    strangers, *own = cast(Sequence[LoginAttempt | None], pools)
    user = users.find(cast(UserEmail | None, owner))
    if own_pool and device_tokens.is_known(user, device) and not throttle.is_spent(own[0]):
        return _Entry(email, user, strangers, throttle.admit(own_pool, own[0]), window=None)
    window = budgets.spend("address", client.ip_address)
    return _Entry(email, user, strangers, throttle.admit(pool, strangers), window)


def _verified(entry: _Entry, user: User | None, password: str) -> User:
    is_open = user is not None and users.is_active(user) and not entry.attempt.is_in_vain
    known = user if is_open else None
    try:
        passwords.verify(password, known.password_hash if known else None)
    except passwords.WrongPasswordError as error:
        raise InvalidCredentialsError from error
    if known is None:
        raise InvalidCredentialsError
    return known


def _begin(
    entry: _Entry, verified: User, password: str, client: Client, device_token: str | None
) -> LoggedIn | Challenged:
    as_read = [verified]

    def begin() -> LoggedIn | Challenged:
        user = as_read.pop() if as_read else _as_of_now(entry, verified, password)
        rehashed = _rehashed(user, password)
        if second_factors.has_any(user):
            return _challenge(user, device_token, rehashed, entry)
        return success.begin(user, client, device_token, ("pwd",), rehashed, *entry.success())

    return retried(begin)


def _challenge(
    user: User, device_token: str | None, rehashed: Sequence[Action], entry: _Entry
) -> Challenged:
    # imported here, because most accounts have no second factor
    from accounts.access import account_changes  # noqa: PLC0415 - see above
    from accounts.sign_in import second_factor  # noqa: PLC0415 - see above

    written = [account_changes.in_place(user, rehashed)] if rehashed else []
    return second_factor.challenge(user, ("pwd",), device_token, *written, *entry.success())


def _as_of_now(entry: _Entry, verified: User, password: str) -> User:
    fresh = User.find(verified.id)
    if fresh is None or fresh.email != entry.email:
        # the address that was typed is not theirs any more
        raise InvalidCredentialsError
    # the hash of a password that was verified need not be verified again
    is_same = (fresh.password_hash, fresh.status) == (verified.password_hash, verified.status)
    return fresh if is_same else _verified(entry, fresh, password)


def _rehashed(user: User, password: str) -> list[Action]:
    # written together with the session, on condition that the user is still as verified, so that
    # it cannot undo a change of password
    if passwords.is_outdated(user.password_hash):
        return [User.password_hash.set(passwords.hashed(password))]
    return []
