"""What cannot be counted is not let through, and two who come at once get one turn."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from accounts.storage.tables import LoginAttempt
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.faults import THROTTLED, refusal, silence
from tests.support.guesses import FREE, UNKNOWN, failures, guess, lock, log_in, pretend, record
from tests.support.people import Person

Fault = Callable[[], Exception]
FAULTS: Mapping[str, Fault] = {
    "throttled": lambda: refusal(THROTTLED),
    "limited": lambda: refusal("RequestLimitExceeded"),
    "broken": lambda: refusal("InternalServerError"),
    "gone": lambda: refusal("ResourceNotFoundException"),
    "forbidden": lambda: refusal("AccessDeniedException"),
    "silent": silence,
}


# the calls that count an attempt, after the pools and the account were read
BY_ADDRESS, BY_ACCOUNT = 3, 4
# and, after the password was keyed, one of these
ON_RECORD = GIVEN_BACK = 6


@pytest.mark.parametrize("call", [BY_ADDRESS, BY_ACCOUNT])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_attempt_that_cannot_be_counted_is_not_made(
    api: Api, alice: Person, aws_calls: AwsCalls, hash_checks: list[bytes], fault: Fault, call: int
) -> None:
    aws_calls.fail(call, fault())

    answer = log_in(api, alice.email, alice.passw)

    assert (len(aws_calls.made), aws_calls.operations[-1]) == (call, "UpdateItem")
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert hash_checks == []


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_address_that_cannot_be_looked_up_is_not_let_in(
    api: Api, alice: Person, aws_calls: AwsCalls, hash_checks: list[bytes], fault: Fault
) -> None:
    aws_calls.fail(1, fault())

    assert log_in(api, alice.email, alice.passw).status == 503
    assert aws_calls.operations == ["BatchGetItem"]
    assert hash_checks == []


def test_a_lock_that_came_meanwhile_and_cannot_be_read_does_not_open(
    api: Api, alice: Person, aws_calls: AwsCalls, hash_checks: list[bytes]
) -> None:

    def lock_and_fail() -> None:
        lock(api, alice.email)
        aws_calls.fail(1, refusal())

    aws_calls.before(BY_ACCOUNT, lock_and_fail)

    assert log_in(api, alice.email, alice.passw).status == 503
    assert aws_calls.operations[-1] == "GetItem"
    assert len(hash_checks) == FREE + 1


def test_a_turn_that_cannot_be_taken_is_not_had(
    api: Api, alice: Person, clock: Clock, aws_calls: AwsCalls, hash_checks: list[bytes]
) -> None:
    lock(api, alice.email)
    clock.advance(seconds=2)
    aws_calls.forget()
    hash_checks.clear()
    aws_calls.fail(BY_ACCOUNT, refusal())

    assert log_in(api, alice.email, alice.passw).status == 503
    assert aws_calls.operations[-1] == "TransactWriteItems"
    assert hash_checks == []


def test_a_failure_that_cannot_be_put_on_record_is_not_told(
    api: Api, alice: Person, aws_calls: AwsCalls
) -> None:
    for email in (alice.email, UNKNOWN):
        aws_calls.forget()
        aws_calls.fail(ON_RECORD, refusal())

        assert log_in(api, email).status == 503
        assert aws_calls.operations[-1] == "TransactWriteItems"


def test_a_success_that_cannot_be_given_back_to_its_address_begins_no_session(
    api: Api, alice: Person, aws_calls: AwsCalls
) -> None:
    sessions = len(alice.sessions)
    aws_calls.fail(GIVEN_BACK, refusal())

    assert log_in(api, alice.email, alice.passw).status == 503
    assert aws_calls.operations[-1] == "UpdateItem"
    assert len(alice.sessions) == sessions


def test_of_two_who_come_when_the_lock_ends_one_gets_the_turn(
    api: Api, alice: Person, clock: Clock, aws_calls: AwsCalls, hash_checks: list[bytes]
) -> None:
    lock(api, alice.email)
    clock.advance(seconds=2)
    aws_calls.forget()
    hash_checks.clear()
    others: list[int] = []
    # between reading that the lock is over and taking the turn
    aws_calls.before(BY_ACCOUNT, lambda: others.append(log_in(api, alice.email).status))

    answer = log_in(api, alice.email, alice.passw)

    assert others == [401]
    assert (answer.status, answer.headers["retry-after"]) == (429, "4")
    assert len(hash_checks) == 1


def test_of_two_who_come_for_the_last_free_failure_both_are_counted(
    api: Api, alice: Person, aws_calls: AwsCalls
) -> None:
    guess(api, alice.email, FREE - 1)
    aws_calls.forget()
    others: list[int] = []
    aws_calls.before(BY_ACCOUNT, lambda: others.append(log_in(api, alice.email).status))

    answer = log_in(api, alice.email)

    assert (others, answer.status) == ([401], 401)
    assert failures("account") == FREE + 1
    assert log_in(api, alice.email).status == 429


def test_who_finds_the_count_cleared_meanwhile_starts_anew(
    api: Api, alice: Person, clock: Clock, aws_calls: AwsCalls
) -> None:
    lock(api, alice.email)
    clock.advance(seconds=2)
    aws_calls.forget()
    aws_calls.before(BY_ACCOUNT, lambda: _clear("account"))

    assert log_in(api, alice.email).status == 401
    assert failures("account") == 1


def test_the_last_of_an_address_s_budget_is_taken_once(
    api: Api, alice: Person, aws_calls: AwsCalls, hash_checks: list[bytes]
) -> None:
    log_in(api, alice.email)
    pretend("address", 99)
    aws_calls.forget()
    hash_checks.clear()
    aws_calls.before(BY_ADDRESS, lambda: pretend("address", 100))

    answer = log_in(api, alice.email)

    assert answer.status == 429
    assert failures("address") == 100
    assert hash_checks == []


def test_counters_say_nothing_about_whose_they_are(api: Api, alice: Person) -> None:
    lock(api, alice.email)

    kept = [attempt.to_simple_dict() for attempt in LoginAttempt.scan()]

    assert [text for text in _texts(kept) if "alice" in text.lower()] == []


def _clear(kind: str) -> None:
    kept = record(kind)
    assert kept is not None
    kept.delete()


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - whatever is stored
    return [str(item) for attempt in value for item in attempt.values()]
