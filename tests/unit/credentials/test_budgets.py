"""What a source address may use up."""

import pytest

from accounts.credentials import budgets
from accounts.errors import TooManyRequestsError
from tests.support.clocks import Clock
from tests.support.deployment import Deployment


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
    stack: Deployment, clock: Clock, one: str, other: str, same: bool
) -> None:
    subjects = {budgets.spend("test", address).subject for address in (one, other)}

    assert len(subjects) == (1 if same else 2)


def test_a_window_begins_every_five_minutes(stack: Deployment, clock: Clock) -> None:
    clock.advance(seconds=300 - clock.time.timestamp() % 300)
    subjects = []
    for seconds in (0, 299, 1, 299, 1):
        clock.advance(seconds=seconds)
        subjects.append(budgets.spend("test", "192.0.2.1").subject)

    assert [subjects.index(subject) for subject in subjects] == [0, 0, 2, 2, 4]


def test_a_budget_may_be_of_any_size(stack: Deployment, clock: Clock) -> None:
    for _ in range(3):
        budgets.spend("test", "192.0.2.1", budget=3)

    with pytest.raises(TooManyRequestsError) as refusal:
        budgets.spend("test", "192.0.2.1", budget=3)

    left = 300 - int(clock.time.timestamp()) % 300
    assert refusal.value.retry_after_seconds == left


def test_an_account_has_a_budget_of_its_own_in_a_window_of_its_own(
    stack: Deployment, clock: Clock
) -> None:
    for _ in range(3):
        budgets.spend_own("test", 1, 3, 3600)

    with pytest.raises(TooManyRequestsError) as refusal:
        budgets.spend_own("test", 1, 3, 3600)

    left = 3600 - int(clock.time.timestamp()) % 3600
    assert refusal.value.retry_after_seconds == left
    budgets.spend_own("test", 2, 3, 3600)
    clock.advance(seconds=left)
    budgets.spend_own("test", 1, 3, 3600)
