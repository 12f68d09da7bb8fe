"""How often a person waits for AWS: one call after another, those sent together counted once."""

from collections.abc import Callable

import pytest

from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.desk import refresh, who_am_i
from tests.support.guesses import UNKNOWN, log_in
from tests.support.people import Person
from tests.support.rounds import Rounds

# one of them is the signature, by KMS
LOG_IN, FAILED_LOG_IN, REFRESH, WHO_AM_I = 5, 4, 3, 1
ROLE_CACHE_SECONDS = 30
Count = Callable[[Callable[[], object]], int]


@pytest.fixture
def count(aws_calls: AwsCalls, monkeypatch: pytest.MonkeyPatch) -> Count:
    """Count the rounds of what happens."""

    def counted(happens: Callable[[], object]) -> int:
        rounds = Rounds(aws_calls.send)
        with monkeypatch.context() as patch:
            patch.setattr(aws_calls, "send", rounds)
            patch.setattr("accounts.parallel.start", rounds.start)
            happens()
        return rounds.number

    return counted


def test_log_in_takes_five_rounds_wherever_one_comes_from(
    api: Api, alice: Person, count: Count
) -> None:
    device = log_in(api, alice.email, alice.passw).json["device_token"]

    assert count(lambda: log_in(api, alice.email, alice.passw)) == LOG_IN
    assert count(lambda: log_in(api, alice.email, alice.passw, device_token=device)) == LOG_IN


def test_refresh_takes_three_rounds(alice: Person, count: Count) -> None:
    assert count(lambda: refresh(alice)) == REFRESH


def test_who_am_i_takes_one_round(alice: Person, count: Count) -> None:
    assert count(lambda: who_am_i(alice)) == WHO_AM_I


def test_roles_that_are_due_take_no_round_of_their_own(
    api: Api, alice: Person, clock: Clock, count: Count
) -> None:
    refresh(alice)
    clock.advance(seconds=ROLE_CACHE_SECONDS)

    assert count(lambda: log_in(api, alice.email, alice.passw)) == LOG_IN
    laptop = alice.sign_in()
    clock.advance(seconds=ROLE_CACHE_SECONDS)
    assert count(lambda: refresh(laptop)) == REFRESH


def test_failed_log_ins_wait_for_aws_as_often_whoever_they_are_about(
    api: Api, alice: Person, count: Count
) -> None:
    # the last of them puts the failure on record
    assert count(lambda: log_in(api, alice.email)) == FAILED_LOG_IN
    assert count(lambda: log_in(api, UNKNOWN)) == FAILED_LOG_IN
