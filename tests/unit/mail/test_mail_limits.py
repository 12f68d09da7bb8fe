"""How much mail goes out, whatever sort it is of."""

import pytest

from accounts.errors import TooManyRequestsError
from accounts.mail import limits
from tests.support.clocks import Clock
from tests.support.deployment import Deployment

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


def _take(order: str, pool: str = "test#1", epoch: int = 0) -> bool:
    return limits.take_place(pool, order, seconds=600, epoch=epoch) is not None


def test_a_source_address_orders_a_hundred_mails_in_five_minutes(
    stack: Deployment, clock: Clock
) -> None:
    for _ in range(100):
        limits.spend_source(HERE)

    with pytest.raises(TooManyRequestsError) as refusal:
        limits.spend_source(HERE)

    limits.spend_source(ELSEWHERE)
    clock.advance(seconds=refusal.value.retry_after_seconds)
    limits.spend_source(HERE)


def test_a_person_orders_ten_mails_in_an_hour(stack: Deployment, clock: Clock) -> None:
    for _ in range(10):
        limits.spend_person(1)

    with pytest.raises(TooManyRequestsError) as refusal:
        limits.spend_person(1)

    limits.spend_person(2)
    clock.advance(seconds=refusal.value.retry_after_seconds)
    limits.spend_person(1)


def test_a_mailbox_has_three_places_of_each_sort(stack: Deployment, clock: Clock) -> None:
    assert [_take(f"order {number}") for number in range(4)] == [True, True, True, False]

    assert _take("order 4", pool="test#2")


def test_a_place_is_free_again_when_what_was_mailed_is_over(
    stack: Deployment, clock: Clock
) -> None:
    taken = [_take(f"order {number}") for number in range(3)]
    clock.advance(seconds=599)
    too_soon = _take("order 3")
    clock.advance(seconds=1)

    assert (taken, too_soon, _take("order 3")) == ([True] * 3, False, True)


def test_what_is_void_by_now_keeps_nothing_back(stack: Deployment, clock: Clock) -> None:
    for number in range(3):
        assert _take(f"order {number}")

    assert _take("order 3", epoch=1)


def test_tries_of_one_order_have_one_place(stack: Deployment, clock: Clock) -> None:
    for order in ("a", "b", "c"):
        assert _take(order)

    assert _take("b")
    assert not _take("d")


def test_a_mail_that_never_left_keeps_nothing_back(stack: Deployment, clock: Clock) -> None:
    places = [limits.take_place("test#1", order, seconds=600, epoch=0) for order in ("a", "b", "c")]
    assert places[1] is not None

    limits.leave_place(places[1], "another")
    assert not _take("d")

    limits.leave_place(places[1], "b")
    assert _take("d")
