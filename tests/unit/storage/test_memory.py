"""Tables in memory do what DynamoDB does, as far as the throttle asks for it."""

from collections.abc import Callable

import pytest

from accounts.credentials import budgets, throttle
from accounts.errors import TooManyRequestsError
from accounts.storage.tables import LoginAttempt
from accounts.storage.transactions import ConditionFailedError, Delete, write
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.memory import Memory, move_to

POOL = throttle.account("alice@example.com")


def _history(clock: Clock, write: Callable[..., None]) -> list[object]:
    """Have everything happen to a pool and a budget that can, and return what came of it."""
    seen: list[object] = []
    for seconds in (0, 0, 0, 0, 0, 0, 1, 1, 3, 1, 7, 90_000, 0, 3_000_000):
        clock.advance(seconds=seconds)
        try:
            attempt = throttle.admit(POOL, LoginAttempt.find(POOL.subject))
            seen.append((attempt.failures, attempt.in_a_row))
        except TooManyRequestsError as error:
            seen.append(error.retry_after_seconds)
        seen.append(_stored())
    write(throttle.take_back(throttle.admit(POOL, LoginAttempt.find(POOL.subject))))
    seen.append(_stored())
    window = budgets.spend("test", "192.0.2.1", budget=1)
    write(throttle.forgive(POOL), budgets.give_back(window), budgets.give_back(window))
    seen.append(_stored())
    budgets.spend("test", "192.0.2.1", budget=1)
    with pytest.raises(TooManyRequestsError):
        budgets.spend("test", "192.0.2.1", budget=1)
    with pytest.raises(ConditionFailedError):
        write(Delete(POOL, LoginAttempt.failures == 7))
    write(throttle.clear(POOL))
    return [*seen, _stored()]


def _stored() -> object:
    found = LoginAttempt.find(POOL.subject)
    return found.serialize() if found else None


def test_memory_agrees_with_dynamodb(
    stack: Deployment, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = clock.time
    real = _history(clock, write)
    clock.time, memory = began, Memory()
    move_to(memory, monkeypatch, throttle)

    assert _history(clock, memory.write) == real
