"""What one source address, or one account, may use up of something in a window of time.

The address is the gateway's own knowledge of the sender, never a header. An attempt to log in
takes from the budget before anything else is counted or compared, whatever becomes of it, and
only a success gives back: so requests on their way cannot overdraw it, and polling an account
that is blocked costs as much as guessing. Known devices take nothing, so that one pupil does not
shut out a school.
"""

import ipaddress
from datetime import timedelta

from accounts import clock
from accounts.errors import TooManyRequestsError
from accounts.storage.tables import LoginAttempt
from accounts.storage.transactions import Beside, Change

PER_WINDOW = 100
WINDOW_SECONDS = 300
IPV6_NETWORK_BITS = 64


def give_back(window: LoginAttempt) -> Change:
    """Return what gives a source address back what a success took, beside the success itself."""
    return Beside(window, LoginAttempt.failures > 0, [LoginAttempt.failures.add(-1)])


def spend(what: str, address: str, budget: int = PER_WINDOW) -> LoginAttempt:
    """Count one use of a source address's budget for this window of time, and return its key.

    Raises:
        TooManyRequestsError: the budget is spent.
        UnavailableError: it could not be counted.
    """
    return _spend(f"{what}#{network(address)}", budget, WINDOW_SECONDS)


def spend_own(what: str, whose: int | str, budget: int, seconds: int) -> None:
    """Count one use of an own budget for this window, which is so many seconds long.

    It is an account's, by its id, or a known device's, by its digest.

    Raises:
        TooManyRequestsError: the budget is spent.
        UnavailableError: it could not be counted.
    """
    _spend(f"{what}#{whose}", budget, seconds)


def _spend(whose: str, budget: int, seconds: int) -> LoginAttempt:
    now = clock.now()
    number, passed = divmod(int(now.timestamp()), seconds)
    window = LoginAttempt(subject=f"{whose}#{number}")
    expires_at = now + timedelta(seconds=2 * seconds)
    within = LoginAttempt.failures.does_not_exist() | (LoginAttempt.failures < budget)
    actions = [LoginAttempt.failures.add(1), LoginAttempt.expires_at.set(expires_at)]
    if not window.try_update(actions, within):
        raise TooManyRequestsError(seconds - passed)
    return window


def network(address: str) -> str:
    """Return whose a source address is: whoever has one of IPv6 has many."""
    # whoever has one IPv6 address has the 2^64 around it
    parsed = ipaddress.ip_address(address)
    if parsed.version == 4:  # noqa: PLR2004 - IPv4
        return address
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK_BITS), strict=False))
