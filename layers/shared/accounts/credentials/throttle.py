"""Slowing down those who guess.

Failures are counted in pools, before the password is looked at, so that a burst gains nothing:

- the account's pool, which all share who come from no device that the account knows;
- a pool for each known device, and one for each session whose owner is asked for the password,
  which nobody else can fill;
- a pool for second factors, and one for those of each known device, which fill only where the
  password is known; with each new epoch of the account's credentials they begin anew.

In each pool a few failures are free, then each one doubles the wait, up to a quarter of an hour;
after a day without any they are free again. After a hundred since the owner last logged in (NIST
SP 800-63B-4 section 3.2.2) a pool is spent: the device is known no longer, the session is not
asked again, and from unknown devices the password opens nothing until its owner has logged in
from a known one, or has another.

Strangers see nothing of all this. An address that nobody has is counted in the same way, and the
owner's log-in leaves the waits as they were: it is taken off the count, and ends only the row,
which does not show. Nor does it show whether the password is off: from the hundredth failure on
the answer to any wrong one is that it is too soon, and so is that to a right one while it is
off. Only what makes the account another (its creation, a new address, a new password) empties
the pool.
"""

import hashlib
import math
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pynamodb.attributes import UTCDateTimeAttribute
from pynamodb.expressions.update import Action

from accounts import clock
from accounts.errors import TooManyRequestsError
from accounts.storage.tables import LoginAttempt, User
from accounts.storage.transactions import Change, ConditionFailedError, Delete, Update, write

FREE_FAILURES = 5
LONGEST_BLOCK_SECONDS = 900
MOST_IN_A_ROW = 100
# the last second that a timestamp can tell
NEVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
# without an attempt for this long, waits are forgotten
QUIET = timedelta(days=1)
# and for this long, the row is; not that of a password that is off, or all but
MEMORY = timedelta(days=30)


class Attempt(NamedTuple):
    """An attempt that was counted and may go on.

    ``failures`` is its number among those that the waits go by, ``in_a_row`` that since the
    owner last logged in; ``before`` is the pool as it was.
    """

    pool: LoginAttempt
    failures: int
    in_a_row: int
    before: LoginAttempt | None

    @property
    def is_in_vain(self) -> bool:
        """Say whether the pool is spent, so that not even the right password opens anything."""
        return self.in_a_row > MOST_IN_A_ROW

    @property
    def begins_row(self) -> bool:
        """Say whether, if it fails, it is the first of its pool; so may some that come at once.

        A count whose reply was lost may have been taken twice, so its number does not tell.
        """
        return self.failures == 1 or self.before is None or self.before.failures < 1

    @property
    def begins_waits(self) -> bool:
        """Say whether, if it fails, it is the first of its pool that others have to wait for."""
        return self.failures == FREE_FAILURES + 1


def account(email: str) -> LoginAttempt:
    """Return the key of the pool of those who come from no known device."""
    # addresses that nobody here has must not pile up readable
    return LoginAttempt(subject=f"account#{hashlib.sha256(email.encode()).hexdigest()}")


def device(digest: str) -> LoginAttempt:
    """Return the key of a known device's pool."""
    return LoginAttempt(subject=f"device#{digest}")


def session(session_id: str) -> LoginAttempt:
    """Return the key of the pool of a session whose owner is asked for the password."""
    return LoginAttempt(subject=f"session#{session_id}")


def second_factor(user: User, device: str | None) -> LoginAttempt:
    """Return the key of the pool of those who have to show the account's second factor.

    ``device`` is the digest of the one that they are on, if the account knows it.
    """
    pool = f"second_factor#{user.id}#{user.credentials_epoch}"
    return LoginAttempt(subject=f"{pool}#{device}" if device else pool)


def is_spent(pool: LoginAttempt | None) -> bool:
    """Say whether a pool, as read, has no attempts left."""
    return pool is not None and pool.in_a_row >= MOST_IN_A_ROW


def blocked_until(pool: LoginAttempt) -> datetime | None:
    """Return until when those of a pool, as read, are refused; None if they are not.

    A pool that is spent has no end of its own, which is told as the last moment there is.
    """
    now = clock.now()
    if _is_forgotten(pool, now):
        return None
    if is_spent(pool):
        return NEVER
    # PynamoDB has no type for an attribute that may be missing
    until: datetime | None = pool.blocked_until
    return until if until is not None and until > now and not _is_over(pool, now) else None


def require_turn(pool: LoginAttempt | None) -> None:
    """Return if those of a pool, as read, need not wait; whether one may go on, the count says.

    Raises:
        TooManyRequestsError: not now; ``retry_after_seconds`` says when.
    """
    now = clock.now()
    if pool is None or _is_over(pool, now) or pool.failures < FREE_FAILURES:
        return
    if (left := _seconds_until(pool.blocked_until, now)) > 0:
        raise TooManyRequestsError(left)


def admit(pool: LoginAttempt, seen: LoginAttempt | None = None) -> Attempt:
    """Count an attempt, and return it if it may go on.

    ``seen`` is the pool as it was just read, by who needed to read it anyway.

    Raises:
        TooManyRequestsError: not now; ``retry_after_seconds`` says when.
        UnavailableError: it could not be counted, so it may not go on.
    """
    now = clock.now()
    while True:
        if seen is not None and _is_over(seen, now):
            if attempt := _begin_anew(seen, now):
                return attempt
        elif seen is not None and seen.failures >= FREE_FAILURES:
            if attempt := _take_turn(seen, now):
                return attempt
        elif attempt := _take_free(pool, seen, now):
            return attempt
        # somebody else was counted meanwhile
        seen = LoginAttempt.find(pool.subject)


def admit_session(session_id: str) -> None:
    """Count an attempt at the password by who is signed in.

    Raises:
        TooManyRequestsError: not now; after a hundred in a row, not in this session.
        UnavailableError: it could not be counted, so it may not go on.
    """
    if admit(session(session_id)).is_in_vain:
        raise TooManyRequestsError(LONGEST_BLOCK_SECONDS)


def take_back(attempt: Attempt) -> Change:
    """Return the change that takes a success off the count, for the caller's transaction.

    It ends the row; those who wait, wait on.
    """
    before = attempt.before
    return Update(
        attempt.pool,
        actions=[
            LoginAttempt.failures.add(-1),
            _restored(LoginAttempt.failed_at, before.failed_at if before else None),
            _restored(LoginAttempt.blocked_until, before.blocked_until if before else None),
            *_row_ended(),
        ],
    )


def forgive(pool: LoginAttempt) -> Change:
    """Return the change by which the owner ends the row of a pool that was not theirs."""
    return Update(pool, actions=_row_ended())


def clear(pool: LoginAttempt) -> Change:
    """Return the change that empties a pool, for the caller's transaction."""
    return Delete(pool)


def clear_failures(email: str) -> Change:
    """Return the change by which an account begins anew, for the caller's transaction."""
    return clear(account(email))


def _take_free(pool: LoginAttempt, seen: LoginAttempt | None, now: datetime) -> Attempt | None:
    free = LoginAttempt.failures.does_not_exist() | (LoginAttempt.failures < FREE_FAILURES)
    recent = LoginAttempt.failed_at.does_not_exist() | (LoginAttempt.failed_at > now - QUIET)
    actions = [
        LoginAttempt.failures.add(1),
        LoginAttempt.in_a_row.add(1),
        LoginAttempt.failed_at.set(now),
        _kept((seen.in_a_row if seen else 0) + 1, now),
    ]
    if not pool.try_update(actions, free & recent):
        return None
    return Attempt(pool, pool.failures, pool.in_a_row, seen)


def _take_turn(seen: LoginAttempt, now: datetime) -> Attempt | None:
    require_turn(seen)
    failures, in_a_row = seen.failures + 1, seen.in_a_row + 1
    seconds = min(2 ** (failures - FREE_FAILURES), LONGEST_BLOCK_SECONDS)
    actions = [
        LoginAttempt.failures.set(failures),
        LoginAttempt.in_a_row.add(1),
        LoginAttempt.failed_at.set(now),
        LoginAttempt.blocked_until.set(now + timedelta(seconds=seconds)),
        _kept(in_a_row, now),
    ]
    try:
        # a transaction, so that a lost reply does not tell the one whose turn it is to wait
        write(Update(seen, LoginAttempt.failures == seen.failures, actions))
    except ConditionFailedError:
        # of all who came at this moment one got the turn, and it was another
        return None
    return Attempt(seen, failures, in_a_row, seen)


def _begin_anew(seen: LoginAttempt, now: datetime) -> Attempt | None:
    in_a_row = 1 if _is_forgotten(seen, now) else seen.in_a_row + 1
    actions = [
        LoginAttempt.failures.set(1),
        LoginAttempt.in_a_row.set(in_a_row),
        LoginAttempt.failed_at.set(now),
        LoginAttempt.blocked_until.remove(),
        _kept(in_a_row, now),
    ]
    try:
        write(Update(seen, LoginAttempt.failed_at == seen.failed_at, actions))
    except ConditionFailedError:
        return None
    return Attempt(seen, 1, in_a_row, seen)


def _is_over(seen: LoginAttempt, now: datetime) -> bool:
    # PynamoDB has no type for an attribute that may be missing
    failed_at: datetime | None = seen.failed_at
    return failed_at is not None and failed_at <= now - QUIET


def _is_forgotten(seen: LoginAttempt, now: datetime) -> bool:
    # DynamoDB keeps expired items for days; those of a password that is off do not expire
    expires_at: datetime | None = seen.expires_at
    return expires_at is not None and expires_at <= now


def _kept(in_a_row: int, now: datetime) -> Action:
    # of the free ones that come at once, any may be the hundredth
    if in_a_row >= MOST_IN_A_ROW - FREE_FAILURES:
        return LoginAttempt.expires_at.remove()
    return LoginAttempt.expires_at.set(now + MEMORY)


def _row_ended() -> list[Action]:
    # with an expiry, for the item may be gone by now
    return [LoginAttempt.in_a_row.set(0), LoginAttempt.expires_at.set(clock.now() + MEMORY)]


def _restored(attribute: UTCDateTimeAttribute, value: datetime | None) -> Action:
    return attribute.remove() if value is None else attribute.set(value)


def _seconds_until(moment: datetime | None, now: datetime) -> int:
    return math.ceil((moment - now).total_seconds()) if moment else 0
