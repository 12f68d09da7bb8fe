"""A clock that stands still until it is told to move."""

from datetime import datetime, timedelta


class Clock:
    """What ``accounts.clock.now`` becomes in tests."""

    def __init__(self, time: datetime) -> None:
        self.time = time

    def __call__(self) -> datetime:
        """Return the time."""
        return self.time

    def advance(self, *, seconds: float) -> None:
        """Let time pass; a negative number turns it back."""
        self.time += timedelta(seconds=seconds)
