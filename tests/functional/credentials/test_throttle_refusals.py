"""What cannot be counted is not let through, and two who come at once get one turn."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

from accounts.storage.tables import LoginAttempt
from tests.support.api import Api
from tests.support.aws_calls import AwsCall, AwsCalls, Such
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


def _is_for(kind: str, call: AwsCall) -> bool:
    key = call.arguments.get("Key", {}).get("subject", {}).get("S", "")
    return call.operation != "GetItem" and str(key).startswith(f"{kind}#")


# the calls that count an attempt: beside the reading of the pools, and beside the password's key
BY_ADDRESS, BY_ACCOUNT = partial(_is_for, "address"), partial(_is_for, "account")
ASKED: Mapping[Such, list[str]] = {
    BY_ADDRESS: ["BatchGetItem", "UpdateItem"],
    BY_ACCOUNT: ["BatchGetItem", "GenerateMac", "GetItem", "UpdateItem", "UpdateItem"],
}


def _reads_pools(call: AwsCall) -> bool:
    return call.operation == "BatchGetItem"


def _is_transaction(call: AwsCall) -> bool:
    return call.operation == "TransactWriteItems"


def _reads_pool(call: AwsCall) -> bool:
    return call.operation == "GetItem" and "subject" in call.arguments["Key"]


@pytest.mark.parametrize("counts", ASKED, ids=["by_address", "by_account"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_attempt_that_cannot_be_counted_is_not_made(
    api: Api,
    alice: Person,
    aws_calls: AwsCalls,
    hash_checks: list[bytes],
    fault: Fault,
    counts: Such,
) -> None:
    aws_calls.fail_such(counts, fault())

    answer = log_in(api, alice.email, alice.passw)

    assert sorted(aws_calls.operations) == ASKED[counts]
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert hash_checks == []


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_address_that_cannot_be_looked_up_is_not_let_in(
    api: Api, alice: Person, aws_calls: AwsCalls, hash_checks: list[bytes], fault: Fault
) -> None:
    aws_calls.fail_such(_reads_pools, fault())

    assert log_in(api, alice.email, alice.passw).status == 503
    assert sorted(aws_calls.operations) == ["BatchGetItem", "UpdateItem"]
    assert hash_checks == []


def test_a_lock_that_came_meanwhile_and_cannot_be_read_does_not_open(
    api: Api, alice: Person, aws_calls: AwsCalls, hash_checks: list[bytes]
) -> None:
    aws_calls.before_such(BY_ACCOUNT, lambda: lock(api, alice.email))
    aws_calls.fail_such(_reads_pool, refusal())

    assert log_in(api, alice.email, alice.passw).status == 503
    assert _reads_pool(next(it for it in reversed(aws_calls.made) if it.operation == "GetItem"))
    assert len(hash_checks) == FREE + 1


def test_a_turn_that_cannot_be_taken_is_not_had(
    api: Api, alice: Person, clock: Clock, aws_calls: AwsCalls, hash_checks: list[bytes]
) -> None:
    lock(api, alice.email)
    clock.advance(seconds=2)
    aws_calls.forget()
    hash_checks.clear()
    aws_calls.fail_such(_is_transaction, refusal())

    assert log_in(api, alice.email, alice.passw).status == 503
    assert aws_calls.operations.count("TransactWriteItems") == 1
    assert hash_checks == []


def test_a_failure_that_cannot_be_put_on_record_is_not_told(
    api: Api, alice: Person, aws_calls: AwsCalls
) -> None:
    for email in (alice.email, UNKNOWN):
        aws_calls.forget()
        aws_calls.fail_such(_is_transaction, refusal())

        assert log_in(api, email).status == 503
        assert aws_calls.operations[-1] == "TransactWriteItems"


def test_a_success_that_cannot_be_given_back_to_its_address_is_not_told(
    api: Api, alice: Person, aws_calls: AwsCalls
) -> None:
    # the first takes, the second gives back
    aws_calls.before_such(BY_ADDRESS, lambda: aws_calls.fail_such(BY_ADDRESS, refusal()))

    assert log_in(api, alice.email, alice.passw).status == 503
    assert failures("address") == 1


def test_of_two_who_come_when_the_lock_ends_one_gets_the_turn(
    api: Api, alice: Person, clock: Clock, aws_calls: AwsCalls, hash_checks: list[bytes]
) -> None:
    lock(api, alice.email)
    clock.advance(seconds=2)
    aws_calls.forget()
    hash_checks.clear()
    others: list[int] = []
    # between reading that the lock is over and taking the turn
    aws_calls.before_such(_is_transaction, lambda: others.append(log_in(api, alice.email).status))

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
    aws_calls.before_such(BY_ACCOUNT, lambda: others.append(log_in(api, alice.email).status))

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
    aws_calls.before_such(_is_transaction, lambda: _clear("account"))

    assert log_in(api, alice.email).status == 401
    assert failures("account") == 1


def test_the_last_of_an_address_s_budget_is_taken_once(
    api: Api, alice: Person, aws_calls: AwsCalls, hash_checks: list[bytes]
) -> None:
    log_in(api, alice.email)
    pretend("address", 99)
    aws_calls.forget()
    hash_checks.clear()
    aws_calls.before_such(BY_ADDRESS, lambda: pretend("address", 100))

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
