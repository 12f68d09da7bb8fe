"""Logging people in."""

from collections.abc import Sequence
from typing import NamedTuple, cast

from pynamodb.expressions.update import Action

from accounts import logs, metrics
from accounts.access import recent_roles, second_factors
from accounts.access.sessions import Client
from accounts.credentials import budgets, device_tokens, pace, passwords, throttle
from accounts.credentials.passwords import Candidate
from accounts.credentials.throttle import LONGEST_BLOCK_SECONDS, MOST_IN_A_ROW, Attempt
from accounts.errors import InvalidCredentialsError, TooManyRequestsError
from accounts.parallel import together
from accounts.sign_in import failures, success
from accounts.sign_in.success import Challenged, LoggedIn
from accounts.storage import users
from accounts.storage.tables import LoginAttempt, User, UserEmail
from accounts.storage.transactions import Change, retried


class _Arrival(NamedTuple):
    """Who seems to be logging in, as read, and the pool that the attempt counts in.

    A known device takes nothing from the budget of its address, so it has no ``window``.
    """

    email: str
    user: User | None
    strangers: LoginAttempt | None
    pool: LoginAttempt
    seen: LoginAttempt | None
    window: LoginAttempt | None


class _Entry(NamedTuple):
    """An attempt that was let in, with its password ready to be looked at."""

    arrival: _Arrival
    attempt: Attempt
    candidate: Candidate

    def refusal(self) -> InvalidCredentialsError | TooManyRequestsError:
        """Return the answer to a wrong password, once it is on record where it should be."""
        arrival, is_known = self.arrival, self.arrival.window is None
        failures.record(arrival.email, arrival.user, self.attempt, known_device=is_known)
        if not is_known and self.attempt.failures > MOST_IN_A_ROW:
            return TooManyRequestsError(LONGEST_BLOCK_SECONDS)
        return InvalidCredentialsError()

    def success(self) -> list[Change]:
        """Return what a success does to the counts, for the transaction that begins the session."""
        arrival = self.arrival
        if arrival.window is not None:
            return [throttle.take_back(self.attempt)]
        is_begun = arrival.strangers is not None and arrival.strangers.in_a_row > 0
        row = [throttle.forgive(throttle.account(arrival.email))] if is_begun else []
        return [throttle.clear(self.attempt.pool), *row]


def log_in(
    email: str, password: str, client: Client, device_token: str | None = None
) -> LoggedIn | Challenged:
    """Begin a session for the person who knows the password, or ask for their second factor.

    AWS is asked the same things in the same order whoever it is about, and what needs no other
    answer goes out together.

    Raises:
        InvalidCredentialsError: unknown e-mail, wrong password or disabled account.
        TooManyRequestsError: too many failures, by device, by account or by source address; or
            too many successes.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    metrics.count("LogIns")
    logs.about(email)
    entry = _admitted(_arrival(email, client, device_token), password)
    try:
        user = _verified(entry, entry.arrival.user, entry.candidate)
        # of who loops, nothing is taken back
        pace.LOG_INS.next(user.log_ins_paced_until)
        return _succeed(entry, user, client, device_token)
    except InvalidCredentialsError as error:
        raise entry.refusal() from error


def _arrival(email: str, client: Client, device_token: str | None) -> _Arrival:
    if (device := device_tokens.digest(device_token)) is None:
        # nobody's device, so what it takes from the budget need not wait for whose account it is
        window, (owner, strangers, _) = together(
            lambda: budgets.spend("address", client.ip_address), lambda: _read(email, None)
        )
        # before the account is read, so that no time tells whether there is one
        throttle.require_turn(strangers)
        return _stranger(email, users.find(owner), strangers, window)
    own_pool = throttle.device(device)
    owner, strangers, own = _read(email, own_pool)
    user = users.find(owner)
    if device_tokens.is_known(user, device) and not throttle.is_spent(own):
        return _Arrival(email, user, strangers, own_pool, own, window=None)
    return _stranger(email, user, strangers, budgets.spend("address", client.ip_address))


def _stranger(
    email: str, user: User | None, strangers: LoginAttempt | None, window: LoginAttempt
) -> _Arrival:
    return _Arrival(email, user, strangers, throttle.account(email), strangers, window)


def _read(
    email: str, own_pool: LoginAttempt | None
) -> tuple[UserEmail | None, LoginAttempt | None, LoginAttempt | None]:
    pools = [throttle.account(email), *([own_pool] if own_pool else ())]
    owner, *read = recent_roles.find_beside(UserEmail(email=email), *pools)
    strangers, own, *_ = [*cast(Sequence[LoginAttempt | None], read), None]
    return cast(UserEmail | None, owner), strangers, own


def _admitted(arrival: _Arrival, password: str) -> _Entry:
    # whoever keeps coming too soon costs no call to KMS
    throttle.require_turn(arrival.seen)
    user = arrival.user
    stored = user.password_hash if user is not None and users.is_active(user) else None
    attempt, candidate = together(
        lambda: throttle.admit(arrival.pool, arrival.seen),
        lambda: passwords.candidate(password, stored),
    )
    return _Entry(arrival, attempt, candidate)


def _verified(entry: _Entry, user: User | None, candidate: Candidate) -> User:
    is_open = user is not None and users.is_active(user) and not entry.attempt.is_in_vain
    known = user if is_open else None
    try:
        (candidate if known else candidate.of_nobody()).verify()
    except passwords.WrongPasswordError as error:
        raise InvalidCredentialsError from error
    if known is None:
        raise InvalidCredentialsError
    return known


def _succeed(
    entry: _Entry, verified: User, client: Client, device_token: str | None
) -> LoggedIn | Challenged:
    as_read = [verified]
    window = entry.arrival.window
    given_back = [budgets.give_back(window)] if window is not None else []

    def begin() -> LoggedIn | Challenged:
        user = as_read.pop() if as_read else _as_of_now(entry, verified)
        rehashed = _rehashed(user, entry.candidate.password)
        # of which the budget goes out with the first try, whatever becomes of that
        changes = [*entry.success(), *given_back]
        given_back.clear()
        if second_factors.has_any(user):
            return _challenge(user, device_token, rehashed, changes)
        return success.begin(user, client, device_token, ("pwd",), rehashed, *changes)

    return retried(begin)


def _challenge(
    user: User, device_token: str | None, rehashed: Sequence[Action], changes: Sequence[Change]
) -> Challenged:
    # imported here, because most accounts have no second factor
    from accounts.access import account_changes  # noqa: PLC0415 - see above
    from accounts.sign_in import second_factor  # noqa: PLC0415 - see above

    written = [account_changes.in_place(user, rehashed)] if rehashed else []
    return second_factor.challenge(user, ("pwd",), device_token, *written, *changes)


def _as_of_now(entry: _Entry, verified: User) -> User:
    fresh = User.find(verified.id)
    if fresh is None or fresh.email != entry.arrival.email:
        # the address that was typed is not theirs any more
        raise InvalidCredentialsError
    # the hash of a password that was verified need not be verified again
    is_same = (fresh.password_hash, fresh.status) == (verified.password_hash, verified.status)
    if is_same:
        return fresh
    again = passwords.candidate(entry.candidate.password, fresh.password_hash)
    return _verified(entry, fresh, again)


def _rehashed(user: User, password: str) -> list[Action]:
    # written together with the session, on condition that the user is still as verified, so that
    # it cannot undo a change of password
    if passwords.is_outdated(user.password_hash):
        return [User.password_hash.set(passwords.hashed(password))]
    return []
