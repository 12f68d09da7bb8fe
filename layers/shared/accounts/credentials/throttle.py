"""Slowing down those who guess.

An account has a few free failures, then each one doubles the wait, up to a quarter of an hour;
after a hundred in a row (NIST SP 800-63B-4 section 3.2.2) its password opens nothing until it is
reset. Attempts are counted before the password is looked at, so a burst gains nothing, and by
e-mail whether or not there is such an account, so the answers tell nothing. A source address has
a budget of failures in each window of time, taken from the gateway's own knowledge of the
sender, never from a header.
"""

import hashlib
import ipaddress
import math
from contextlib import suppress
from datetime import datetime, timedelta

from accounts import clock
from accounts.errors import TooManyRequestsError
from accounts.storage.tables import LoginAttempt
from accounts.storage.transactions import Change, ConditionFailedError, Delete, Update, write

FREE_FAILURES = 5
LONGEST_BLOCK_SECONDS = 900
OFF_AFTER = 100
ADDRESS_FAILURES = 100
WINDOW_SECONDS = 300
# without an attempt for this long, failures are forgotten; not those of a password that is off
MEMORY = timedelta(days=30)
IPV6_NETWORK_BITS = 64


def admit(email: str) -> None:
    """Count an attempt to log in to an account, and return if it may go on.

    Raises:
        TooManyRequestsError: not now; ``retry_after_seconds`` says when.
        UnavailableError: it could not be counted, so it may not go on.
    """
    now = clock.now()
    attempt = _account(email)
    if _take_free(attempt, now):
        return
    seen = LoginAttempt.find(attempt.subject)
    if seen is None or _forget_if_expired(seen, now):
        # cleared in between, by a success, or now
        admit(email)
        return
    if seen.failures >= OFF_AFTER:
        raise TooManyRequestsError(LONGEST_BLOCK_SECONDS)
    if (seconds := _seconds_until(seen.blocked_until, now)) > 0:
        raise TooManyRequestsError(seconds)
    _take_turn(seen, now)


def clear_failures(email: str) -> Change:
    """Return the change that clears an account's failures, for the caller's transaction."""
    return Delete(_account(email))


def address_window(address: str) -> LoginAttempt:
    """Return the key of what the source address has failed at in this window of time."""
    return _window("address", address)


def check_address(failures: LoginAttempt | None) -> None:
    """Return if a source address with this record has failures left.

    Raises:
        TooManyRequestsError: it has none until the window ends.
    """
    if failures is not None and failures.failures >= ADDRESS_FAILURES:
        raise TooManyRequestsError(_window_left())


def count_address_failure(address: str) -> None:
    """Count a failed log-in against the source address.

    Raises:
        TooManyRequestsError: it had none left.
        UnavailableError: it could not be counted.
    """
    spend("address", address)


def spend(what: str, address: str, budget: int = ADDRESS_FAILURES) -> None:
    """Count one use of a source address's budget for this window of time.

    Raises:
        TooManyRequestsError: the budget is spent.
        UnavailableError: it could not be counted.
    """
    window = _window(what, address)
    expires_at = clock.now() + timedelta(seconds=2 * WINDOW_SECONDS)
    within = LoginAttempt.failures.does_not_exist() | (LoginAttempt.failures < budget)
    actions = [LoginAttempt.failures.add(1), LoginAttempt.expires_at.set(expires_at)]
    if not window.try_update(actions, within):
        raise TooManyRequestsError(_window_left())


def _forget_if_expired(seen: LoginAttempt, now: datetime) -> bool:
    # DynamoDB keeps expired items for days; those of a password that is off do not expire
    # PynamoDB has no type for an attribute that may be missing
    expires_at: datetime | None = seen.expires_at
    if expires_at is None or expires_at > now:
        return False
    with suppress(ConditionFailedError):
        write(Delete(seen, LoginAttempt.expires_at == expires_at))
    return True


def _take_free(attempt: LoginAttempt, now: datetime) -> bool:
    free = LoginAttempt.failures.does_not_exist() | (LoginAttempt.failures < FREE_FAILURES)
    return attempt.try_update(
        [LoginAttempt.failures.add(1), LoginAttempt.expires_at.set(now + MEMORY)], free
    )


def _take_turn(seen: LoginAttempt, now: datetime) -> None:
    failures = seen.failures + 1
    seconds = min(2 ** (failures - FREE_FAILURES), LONGEST_BLOCK_SECONDS)
    memory = (
        LoginAttempt.expires_at.remove()
        if failures >= OFF_AFTER
        else LoginAttempt.expires_at.set(now + MEMORY)
    )
    actions = [
        LoginAttempt.failures.set(failures),
        LoginAttempt.blocked_until.set(now + timedelta(seconds=seconds)),
        memory,
    ]
    try:
        # a transaction, so that a lost reply does not tell the one whose turn it is to wait
        write(Update(seen, LoginAttempt.failures == seen.failures, actions))
    except ConditionFailedError as error:
        # of all who came at this moment one got the turn, and it was another
        raise TooManyRequestsError(seconds) from error


def _seconds_until(moment: datetime | None, now: datetime) -> int:
    return math.ceil((moment - now).total_seconds()) if moment else 0


def _account(email: str) -> LoginAttempt:
    # addresses that nobody here has must not pile up readable
    return LoginAttempt(subject=f"account#{hashlib.sha256(email.encode()).hexdigest()}")


def _window(what: str, address: str) -> LoginAttempt:
    number = int(clock.now().timestamp()) // WINDOW_SECONDS
    return LoginAttempt(subject=f"{what}#{_network(address)}#{number}")


def _window_left() -> int:
    return WINDOW_SECONDS - int(clock.now().timestamp()) % WINDOW_SECONDS


def _network(address: str) -> str:
    # whoever has one IPv6 address has the 2^64 around it
    parsed = ipaddress.ip_address(address)
    if parsed.version == 4:  # noqa: PLR2004 - IPv4
        return address
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK_BITS), strict=False))
