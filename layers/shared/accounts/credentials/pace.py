"""How fast what succeeds may be repeated: generous to people, tight to loops.

A single moment says it all (the generic cell rate algorithm): until when those that there were
would take, one after another at the pace. How far that is ahead of now is how many came at once.
It is kept on the item that each success writes anyway, on condition that the item is as read.
"""

import math
from datetime import datetime, timedelta
from typing import NamedTuple

from accounts import clock
from accounts.errors import TooManyRequestsError


class Pace(NamedTuple):
    """So many at once, and from then on one each so many seconds."""

    at_once: int
    seconds: int

    def next(self, paced_until: datetime | None) -> datetime:
        """Return until when they are paced with one more.

        Raises:
            TooManyRequestsError: one more is too many.
        """
        now = clock.now()
        begins = max(paced_until or now, now)
        latest = now + timedelta(seconds=(self.at_once - 1) * self.seconds)
        if begins > latest:
            raise TooManyRequestsError(math.ceil((begins - latest).total_seconds()))
        return begins + timedelta(seconds=self.seconds)


# by account and by session
LOG_INS = Pace(at_once=60, seconds=60)
REFRESHES = Pace(at_once=30, seconds=10)
