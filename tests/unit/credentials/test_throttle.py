"""The throttle's arithmetic, against a model of it."""

import itertools
import math
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.credentials import throttle
from accounts.errors import TooManyRequestsError
from accounts.storage.tables import LoginAttempt
from accounts.storage.transactions import write
from tests.support.clocks import Clock
from tests.support.deployment import Deployment

_numbers = itertools.count()


@dataclass
class Model:
    """What the throttle promises, in plain numbers."""

    failures: int
    blocked_until: float = 0

    def attempt(self, now: float) -> int | None:
        """Return None if an attempt goes on, else after how many seconds to come back."""
        if self.failures >= 100:
            return 900
        if self.failures >= 5 and now < self.blocked_until:
            return math.ceil(self.blocked_until - now)
        self.failures += 1
        if self.failures > 5:
            self.blocked_until = now + min(2 ** (self.failures - 5), 900)
        return None


def _attempt(email: str) -> int | None:
    try:
        throttle.admit(email)
    except TooManyRequestsError as error:
        return error.retry_after_seconds
    return None


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    before=st.sampled_from([0, 1, 4, 5, 6, 13, 14, 15, 97, 98, 99, 100]),
    steps=st.lists(
        st.sampled_from(["attempt", "attempt", "attempt", "succeed", 0.25, 1, 2, 7, 60, 899, 900]),
        max_size=20,
    ),
)
def test_whatever_happens_the_throttle_keeps_to_its_rule(
    stack: Deployment, clock: Clock, before: int, steps: list[str | float]
) -> None:
    email = f"person{next(_numbers)}@example.com"
    model = Model(before)
    if before:
        throttle.clear_failures(email).item.update([LoginAttempt.failures.set(before)])

    for step in steps:
        if step == "attempt":
            assert _attempt(email) == model.attempt(clock.time.timestamp())
        elif step == "succeed":
            write(throttle.clear_failures(email))
            model = Model(0)
        else:
            clock.advance(seconds=float(step))


def test_no_count_holds_the_address_it_is_about(stack: Deployment, clock: Clock) -> None:
    throttle.admit("alice@example.com")

    (attempt,) = LoginAttempt.scan()
    assert attempt.subject.startswith("account#")
    assert "alice" not in attempt.subject


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8:0:0:ffff::", True),
        ("2001:db8::1", "2001:DB8:0000::1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
    ],
)
def test_addresses_count_together_by_network(
    clock: Clock, one: str, other: str, same: bool
) -> None:
    subjects = {throttle.address_window(address).subject for address in (one, other)}

    assert len(subjects) == (1 if same else 2)


def test_a_window_begins_every_five_minutes(clock: Clock) -> None:
    clock.advance(seconds=300 - clock.time.timestamp() % 300)
    subjects = []
    for seconds in (0, 299, 1, 299, 1):
        clock.advance(seconds=seconds)
        subjects.append(throttle.address_window("192.0.2.1").subject)

    assert [subjects.index(subject) for subject in subjects] == [0, 0, 2, 2, 4]


def test_a_budget_may_be_of_any_size(stack: Deployment, clock: Clock) -> None:
    for _ in range(3):
        throttle.spend("test", "192.0.2.1", budget=3)

    with pytest.raises(TooManyRequestsError) as refusal:
        throttle.spend("test", "192.0.2.1", budget=3)

    left = 300 - int(clock.time.timestamp()) % 300
    assert refusal.value.retry_after_seconds == left
