"""How often a person waits for AWS: one call after another, those sent together counted once."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.support import cached
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import refresh, who_am_i
from tests.support.guesses import UNKNOWN, log_in
from tests.support.people import Person
from tests.support.rounds import Rounds

LOG_IN, FAILED_LOG_IN, REFRESH, WHO_AM_I = 4, 4, 2, 1
# by how tokens are signed
SIGNATURE = {"kms": 1, "cached": 0}
ROLE_CACHE_SECONDS = 30
Count = Callable[[Callable[[], object]], int]


@pytest.fixture
def count(aws_calls: AwsCalls, monkeypatch: pytest.MonkeyPatch) -> Count:
    """Count the rounds of what happens."""

    def counted(happens: Callable[[], object]) -> int:
        rounds = Rounds(aws_calls.send)
        with monkeypatch.context() as patch:
            patch.setattr(aws_calls, "send", rounds)
            happens()
        return rounds.number

    return counted


@pytest.fixture(params=SIGNATURE)
def signature(
    api: Api, stack: Deployment, aws_calls: AwsCalls, request: pytest.FixtureRequest
) -> int:
    """The rounds that a signature takes, in either way of signing."""
    if request.param == "cached":
        cached.switch(stack, aws_calls)
    return SIGNATURE[request.param]


def test_log_in_takes_four_rounds_and_its_signature_wherever_one_comes_from(
    signature: int, api: Api, alice: Person, count: Count
) -> None:
    device = log_in(api, alice.email, alice.passw).json["device_token"]

    other = count(lambda: log_in(api, alice.email, alice.passw))
    known = count(lambda: log_in(api, alice.email, alice.passw, device_token=device))

    assert other == known == LOG_IN + signature


def test_refresh_takes_two_rounds_and_its_signature(
    signature: int, alice: Person, count: Count
) -> None:
    laptop = alice.sign_in()

    assert count(lambda: refresh(laptop)) == REFRESH + signature


def test_who_am_i_takes_one_round(signature: int, alice: Person, count: Count) -> None:
    laptop = alice.sign_in()

    assert count(lambda: who_am_i(laptop)) == WHO_AM_I


def test_roles_that_are_due_take_no_round_of_their_own(
    signature: int, alice: Person, clock: Clock, count: Count
) -> None:
    laptop = alice.sign_in()
    clock.advance(seconds=ROLE_CACHE_SECONDS)

    assert count(lambda: refresh(laptop)) == REFRESH + signature
    clock.advance(seconds=ROLE_CACHE_SECONDS)
    assert count(alice.sign_in) == LOG_IN + signature


def test_failed_log_ins_wait_for_aws_as_often_whoever_they_are_about(
    api: Api, alice: Person, count: Count
) -> None:
    # the last of them puts the failure on record
    assert count(lambda: log_in(api, alice.email)) == FAILED_LOG_IN
    assert count(lambda: log_in(api, UNKNOWN)) == FAILED_LOG_IN


@pytest.mark.usefixtures("clock")
def test_who_has_to_wait_is_told_so_before_the_account_is_read(
    api: Api, alice: Person, count: Count
) -> None:
    for email in (alice.email, UNKNOWN):
        while log_in(api, email).status != 429:
            pass

        # the budget, and beside it the waits
        assert count(partial(log_in, api, email)) == 1
