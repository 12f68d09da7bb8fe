"""Whether to send a call again, and when."""

import random
from dataclasses import dataclass

import httpx

from users_client.errors import retry_after_seconds

# of the service's own making: nothing was decided (and a 429 is so, whoever answers it)
UNDECIDED = ("unavailable", "idempotency_key_busy")
# by what stands before the service, of which nobody knows what it has done
GATEWAY = (502, 503, 504)


@dataclass(frozen=True)
class Patience:
    """How often a call is sent at most, and how long all its waits together may be."""

    attempts: int = 4
    seconds: float = 30


@dataclass
class Attempts:
    """The attempts at one call."""

    patience: Patience
    # whether what was done twice is done once
    is_repeatable: bool
    made: int = 0
    waited_seconds: float = 0.0

    def wait_after(self, outcome: httpx.Response | httpx.TransportError) -> float | None:
        """Return the seconds to wait before the next attempt; None if there is to be none."""
        self.made += 1
        if self.made >= self.patience.attempts or not self._may_go_on(outcome):
            return None
        wait = self._wait(outcome)
        self.waited_seconds += wait
        return wait if self.waited_seconds <= self.patience.seconds else None

    def _wait(self, outcome: httpx.Response | httpx.TransportError) -> float:
        told = retry_after_seconds(outcome) if isinstance(outcome, httpx.Response) else None
        # a little apart from all others who were told the same
        apart = random.uniform(0, 0.5)  # noqa: S311 - no secret
        return apart + (told if told is not None else 0.25 * 2**self.made)

    def _may_go_on(self, outcome: httpx.Response | httpx.TransportError) -> bool:
        match outcome:
            case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
                # it has not left
                return True
            case httpx.Response(status_code=429):
                return True
            case httpx.Response(headers=headers) if headers.get("x-error-code") in UNDECIDED:
                return True
            case httpx.Response(status_code=status) if status not in GATEWAY:
                return False
        return self.is_repeatable
