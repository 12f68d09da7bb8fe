"""The throttle's arithmetic, against a model of it."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.credentials import throttle
from accounts.credentials.throttle import Attempt
from accounts.errors import TooManyRequestsError
from accounts.storage.tables import LoginAttempt
from accounts.storage.transactions import write
from tests.support.clocks import Clock
from tests.support.deployment import Deployment

DAY_SECONDS = 24 * 3600
MONTH_SECONDS = 30 * DAY_SECONDS
STEPS = ("fail", "fail", "fail", "succeed", "forgive", "clear")
_numbers = itertools.count()


@dataclass
class Model:
    """What the throttle promises, in plain numbers."""

    failures: int = 0
    in_a_row: int = 0
    failed_at: float = -math.inf
    blocked_until: float = -math.inf

    def attempt(self, now: float) -> tuple[int, int] | int:
        """Return the numbers of an attempt that goes on, else after how many seconds to return."""
        if now - self.failed_at >= MONTH_SECONDS and self.in_a_row < 95:
            self.in_a_row = 0
        if now - self.failed_at >= DAY_SECONDS:
            self.failures, self.blocked_until = 0, -math.inf
        if now < self.blocked_until:
            return math.ceil(self.blocked_until - now)
        self.failures, self.in_a_row, self.failed_at = self.failures + 1, self.in_a_row + 1, now
        if self.failures > 5:
            self.blocked_until = now + min(2 ** (self.failures - 5), 900)
        return self.failures, self.in_a_row


def _pretend(pool: LoginAttempt, failures: int, clock: Clock) -> None:
    LoginAttempt(
        subject=pool.subject,
        failures=failures,
        in_a_row=failures,
        failed_at=clock.time,
        expires_at=None if failures >= 95 else clock.time + throttle.MEMORY,
    ).save()


def _attempt(pool: LoginAttempt) -> Attempt | int:
    try:
        return throttle.admit(pool, LoginAttempt.find(pool.subject))
    except TooManyRequestsError as error:
        return error.retry_after_seconds


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    before=st.sampled_from([0, 1, 4, 5, 6, 13, 14, 15, 89, 97, 98, 99, 100]),
    steps=st.lists(
        st.sampled_from([*STEPS, 0.25, 1, 2, 7, 60, 899, 900, DAY_SECONDS, MONTH_SECONDS]),
        max_size=20,
    ),
)
def test_whatever_happens_the_throttle_keeps_to_its_rule(
    stack: Deployment, clock: Clock, before: int, steps: list[str | float]
) -> None:
    pool = throttle.account(f"person{next(_numbers)}@example.com")
    model = Model(before, before, clock.time.timestamp())
    _pretend(pool, before, clock)

    for step in steps:
        if step in ("fail", "succeed"):
            as_it_was, attempt = replace(model), _attempt(pool)
            seen = (attempt.failures, attempt.in_a_row) if isinstance(attempt, Attempt) else attempt
            assert seen == model.attempt(clock.time.timestamp())
            if step == "succeed" and isinstance(attempt, Attempt):
                write(throttle.take_back(attempt))
                model = replace(as_it_was, in_a_row=0)
        elif step == "forgive":
            write(throttle.forgive(pool))
            model.in_a_row = 0
        elif step == "clear":
            write(throttle.clear(pool))
            model = Model()
        else:
            clock.advance(seconds=float(step))


def test_a_pool_is_spent_by_a_hundred_failures_in_a_row(stack: Deployment, clock: Clock) -> None:
    pool, vain = throttle.device("x"), []
    _pretend(pool, 98, clock)
    for _ in range(3):
        vain.append(throttle.admit(pool).is_in_vain)
        clock.advance(seconds=900)

    assert vain == [False, False, True]
    assert throttle.is_spent(LoginAttempt.find(pool.subject))


def test_a_session_is_asked_for_the_password_a_hundred_times(
    stack: Deployment, clock: Clock
) -> None:
    _pretend(throttle.session("x"), 99, clock)
    throttle.admit_session("x")
    clock.advance(seconds=900)

    for _ in range(2):
        with pytest.raises(TooManyRequestsError):
            throttle.admit_session("x")
        clock.advance(seconds=DAY_SECONDS)


@pytest.mark.parametrize("pool", [throttle.account, throttle.device, throttle.session])
def test_pools_are_apart(
    stack: Deployment, clock: Clock, pool: Callable[[str], LoginAttempt]
) -> None:
    for _ in range(6):
        throttle.admit(pool("x"))

    with pytest.raises(TooManyRequestsError):
        throttle.admit(pool("x"))
    for other in {throttle.account, throttle.device, throttle.session} - {pool}:
        assert throttle.admit(other("x")).failures == 1


def test_no_count_holds_the_address_it_is_about(stack: Deployment, clock: Clock) -> None:
    throttle.admit(throttle.account("alice@example.com"))

    (attempt,) = LoginAttempt.scan()
    assert attempt.subject.startswith("account#")
    assert "alice" not in attempt.subject
