"""How much longer a request may take.

A call to AWS that is not answered takes its tries and time-outs to give up. One that could not
give up before Lambda ends the function is not begun: the caller is told to try again, instead of
getting the gateway's own error and no log line.
"""

import time
from contextvars import ContextVar

from accounts.errors import UnavailableError

# three tries, each with a second to connect and two to be answered, and the pauses in between
LONGEST_CALL_SECONDS = 9.5

_ends_at: ContextVar[float | None] = ContextVar("deadline", default=None)


def begin(remaining_milliseconds: int) -> None:
    """Begin a request that may take so long."""
    _ends_at.set(time.monotonic() + remaining_milliseconds / 1000)


def allow_a_call(longest_seconds: float = LONGEST_CALL_SECONDS) -> None:
    """Return if there is time for a call to AWS, even for one that fails.

    Raises:
        UnavailableError: there is not.
    """
    ends_at = _ends_at.get()
    if ends_at is not None and time.monotonic() + longest_seconds > ends_at:
        raise UnavailableError(reason="NoTimeLeft")
