"""A log-in that fails tells nothing about the account, not even by what it does."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from accounts.access import new_accounts
from accounts.storage.tables import LoginAttempt, User
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.aws_calls import AwsCall, AwsCalls
from tests.support.foreign_hashes import MAKERS
from tests.support.guesses import FREE, UNKNOWN, guess, log_in
from tests.support.logged import Log
from tests.support.people import Person

INVITED = "invited@example.com"
BACK_END = "web-back-end@services.example.com"
Attempt = Callable[[], Answer]


@pytest.fixture
def attempts(api: Api, alice: Person, bob: Person) -> Mapping[str, Attempt]:
    """One log-in of each kind that fails."""
    bob.account.update([User.status.set("disabled")])
    invited = new_accounts.new_user(INVITED, "Ivy", "read_only", None)
    new_accounts.create(invited)
    return {
        "unknown": lambda: log_in(api, UNKNOWN, alice.passw),
        "wrong": lambda: log_in(api, alice.email),
        "disabled": lambda: log_in(api, bob.email, bob.passw),
        "disabled, wrong": lambda: log_in(api, bob.email),
        "invited": lambda: log_in(api, INVITED),
        "back-end": lambda: log_in(api, BACK_END),
    }


def test_failed_log_ins_are_answered_alike(attempts: Mapping[str, Attempt]) -> None:
    answers = {kind: attempt().but_for_its_id for kind, attempt in attempts.items()}

    assert answers["wrong"][0] == 401
    assert answers == dict.fromkeys(attempts, answers["wrong"])


def test_failed_log_ins_ask_the_same_of_aws(
    attempts: Mapping[str, Attempt], aws_calls: AwsCalls
) -> None:
    asked = {}
    # a role that is due is read by whoever comes first, whoever that is about
    attempts["wrong"]()
    for kind, attempt in attempts.items():
        # each as the first of its row
        _forget_failures()
        aws_calls.forget()
        attempt()
        asked[kind] = [_shape(call) for call in aws_calls.made]

    assert "GenerateMac" in [operation for operation, *_ in asked["wrong"]]
    assert asked == dict.fromkeys(attempts, asked["wrong"])


def test_failed_log_ins_compare_one_hash_of_the_same_cost(
    attempts: Mapping[str, Attempt], hash_checks: list[bytes]
) -> None:
    costs = {}
    for kind, attempt in attempts.items():
        hash_checks.clear()
        attempt()
        costs[kind] = [hashed.rpartition(b"$")[0] for hashed in hash_checks]

    assert costs["wrong"] == [b"$2b$04"]
    assert costs == dict.fromkeys(attempts, costs["wrong"])


@pytest.mark.parametrize("made", MAKERS)
def test_an_account_imported_with_its_hash_fails_like_any_other(
    api: Api, alice: Person, bob: Person, aws_calls: AwsCalls, made: Callable[[str], str]
) -> None:
    bob.account.update([User.password_hash.set(made(bob.passw))])
    asked = {}
    # a role that is due is read by whoever comes first, whoever that is about
    log_in(api, UNKNOWN)
    for email in (alice.email, bob.email):
        aws_calls.forget()
        assert log_in(api, email).status == 401
        asked[email] = [_shape(call) for call in aws_calls.made]

    assert asked[bob.email] == asked[alice.email]


def test_a_hash_of_a_lower_cost_takes_as_long_to_fail(
    api: Api, alice: Person, hash_checks: list[bytes], setting: Callable[..., None]
) -> None:
    setting(BCRYPT_COST="7")
    work = []
    for email in (UNKNOWN, alice.email):
        hash_checks.clear()
        assert log_in(api, email).status == 401
        work.append(sum(2 ** int(hashed.split(b"$")[2]) for hashed in hash_checks))

    assert work == [2**7, 2**7]


def test_failed_log_ins_are_logged_alike(attempts: Mapping[str, Attempt], log: Log) -> None:
    for attempt in attempts.values():
        attempt()

    lines = [_but_for_the_moment(line) for line in log.named("request")]
    assert len(lines) == len(attempts)
    assert lines == [lines[0]] * len(lines)


def test_when_locked_they_ask_the_same_and_are_answered_alike(
    api: Api, attempts: Mapping[str, Attempt], aws_calls: AwsCalls, hash_checks: list[bytes]
) -> None:
    for email in (UNKNOWN, "alice@example.com", "bob@example.com", INVITED, BACK_END):
        assert guess(api, email, FREE + 1) == [401] * (FREE + 1)
    hash_checks.clear()
    seen = {}
    for kind, attempt in attempts.items():
        aws_calls.forget()
        answer = attempt().but_for_its_id
        seen[kind] = (answer, [_shape(call) for call in aws_calls.made])

    assert seen["wrong"][0][0] == 429
    assert seen == dict.fromkeys(attempts, seen["wrong"])
    assert hash_checks == []
    # nor does it cost a call to KMS
    assert "GenerateMac" not in [operation for operation, *_ in seen["wrong"][1]]


def test_a_log_in_takes_four_calls_to_dynamodb_and_two_more_from_an_unknown_device(
    api: Api, alice: Person, aws_calls: AwsCalls
) -> None:
    read, began = ["BatchGetItem", "GetItem"], "TransactWriteItems"
    first = log_in(api, alice.email, alice.passw)
    # its address's budget before all else, which gets it back in the end
    assert _dynamodb(aws_calls) == ["UpdateItem", *read, "UpdateItem", began, "UpdateItem"]

    aws_calls.forget()
    token = first.json["device_token"]
    assert log_in(api, alice.email, alice.passw, device_token=token).status == 200
    assert _dynamodb(aws_calls) == [*read, "UpdateItem", began]


def test_a_failed_log_in_takes_four_calls_to_dynamodb_and_one_more_when_it_is_put_on_record(
    api: Api, alice: Person, aws_calls: AwsCalls
) -> None:
    counted_and_read = ["UpdateItem", "BatchGetItem", "GetItem", "UpdateItem"]
    for email in (alice.email, UNKNOWN):
        aws_calls.forget()
        guess(api, email)
        assert _dynamodb(aws_calls) == [*counted_and_read, "TransactWriteItems"]
        aws_calls.forget()
        guess(api, email)
        assert _dynamodb(aws_calls) == counted_and_read


def _forget_failures() -> None:
    for pool in LoginAttempt.scan():
        pool.delete()


def _dynamodb(aws_calls: AwsCalls) -> list[str]:
    return [call.operation for call in aws_calls.made if call.service == "dynamodb"]


def _shape(call: AwsCall) -> tuple[str, ...]:
    """Return what can be seen of a call from outside: what it is and what it is asked of."""
    return call.operation, *(name for _, name in call.needed())


def _but_for_the_moment(line: Mapping[str, Any]) -> Mapping[str, Any]:
    moment = ("timestamp", "request_id", "account", "Latency", "_aws")
    return {name: value for name, value in line.items() if name not in moment}
