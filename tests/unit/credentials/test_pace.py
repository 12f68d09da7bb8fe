"""How fast what succeeds may be repeated."""

from datetime import datetime

import pytest

from accounts.credentials.pace import LOG_INS, REFRESHES, Pace
from accounts.errors import TooManyRequestsError
from tests.support.clocks import Clock

PACE = Pace(at_once=3, seconds=10)


def _made(pace: Pace, paced_until: datetime | None = None) -> datetime:
    """Use up what there is at once."""
    for _ in range(pace.at_once):
        paced_until = pace.next(paced_until)
    assert paced_until is not None
    return paced_until


def test_so_many_may_come_at_once_and_the_next_waits(clock: Clock) -> None:
    paced_until = _made(PACE)

    with pytest.raises(TooManyRequestsError) as refusal:
        PACE.next(paced_until)

    assert refusal.value.retry_after_seconds == 10


def test_then_one_comes_each_so_many_seconds(clock: Clock) -> None:
    paced_until = _made(PACE)
    for _ in range(5):
        clock.advance(seconds=9.5)
        with pytest.raises(TooManyRequestsError) as refusal:
            PACE.next(paced_until)
        assert refusal.value.retry_after_seconds == 1
        clock.advance(seconds=0.5)
        paced_until = PACE.next(paced_until)


def test_who_pauses_may_come_at_once_again_but_not_more_than_before(clock: Clock) -> None:
    paced_until = _made(PACE)
    clock.advance(seconds=1000)

    paced_until = _made(PACE, paced_until)

    with pytest.raises(TooManyRequestsError):
        PACE.next(paced_until)


@pytest.mark.parametrize(("pace", "loop", "day"), [(LOG_INS, 60, 1500), (REFRESHES, 30, 8670)])
def test_a_loop_gains_little_in_a_second_and_in_a_day(
    clock: Clock, pace: Pace, loop: int, day: int
) -> None:
    assert pace.at_once == loop
    assert pace.at_once + 24 * 3600 // pace.seconds == day
