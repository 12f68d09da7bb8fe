from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from pynamodb.exceptions import TransactWriteError

from accounts.errors import UnavailableError
from accounts.storage.tables import Role, UserEmail
from accounts.storage.transactions import (
    ATTEMPTS,
    Beside,
    Change,
    Check,
    ConditionFailedError,
    Delete,
    Put,
    Update,
    back_off,
    write,
)
from tests.support.aws_calls import AwsCalls
from tests.support.rounds import Rounds


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept each time, in seconds; nobody really sleeps here."""
    naps: list[float] = []
    monkeypatch.setattr("time.sleep", naps.append)
    return naps


@pytest.fixture
def calls(aws_calls: AwsCalls) -> AwsCalls:
    """The calls to DynamoDB, of a function that may write everywhere."""
    aws_calls.function = "Test"
    tables = {arn for arn in aws_calls.arns.values() if ":dynamodb:" in arn}
    actions = ("PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem", "GetItem")
    may = frozenset((f"dynamodb:{action}", table) for action in actions for table in tables)
    aws_calls.allowed = {"Test": may}
    return aws_calls


def _email(name: str, user_id: int = 1) -> UserEmail:
    return UserEmail(email=name, user_id=user_id)


def _there(name: str) -> UserEmail:
    item = _email(name)
    item.save()
    return item


def _cancelled(*codes: str) -> ClientError:
    answer: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": ""},
        "CancellationReasons": [{"Code": code, "Message": ""} for code in codes],
    }
    return ClientError(answer, "TransactWriteItems")


def test_all_parts_are_done_together(calls: AwsCalls) -> None:
    _there("updated")
    _there("deleted")
    _there("checked")

    write(
        Put(_email("put", 7), UserEmail.email.does_not_exist()),
        Update(_email("updated"), UserEmail.user_id == 1, [UserEmail.user_id.set(8)]),
        Delete(_email("deleted")),
        Check(_email("checked"), UserEmail.email.exists()),
    )

    assert calls.operations.count("TransactWriteItems") == 1
    found = {
        name: item.user_id if (item := UserEmail.find(name)) else None
        for name in ("put", "updated", "deleted", "checked")
    }
    assert found == {"put": 7, "updated": 8, "deleted": None, "checked": 1}


def _changes() -> dict[str, Change]:
    absent, present = UserEmail.email.does_not_exist(), UserEmail.email.exists()
    return {
        "put": Put(_email("put"), absent),
        "update": Update(_email("update"), present, [UserEmail.user_id.set(9)]),
        "check": Check(_email("check"), present),
        "delete": Delete(_email("delete"), present),
        "second put": Put(_email("second put"), absent),
        "second check": Check(_email("second check"), absent),
    }


@pytest.mark.parametrize(
    "failing",
    [
        {"put"},
        {"update"},
        {"check"},
        {"delete"},
        {"second put"},
        {"second check"},
        {"put", "second put"},
        {"check", "update"},
        {"delete", "second check"},
        {"put", "update", "check", "delete", "second put", "second check"},
    ],
    ids=lambda failing: "+".join(sorted(failing)),
)
def test_failed_conditions_are_told_apart_whatever_their_kind_and_order(
    calls: AwsCalls, failing: set[str]
) -> None:
    changes = _changes()
    wanted_there = {"update", "check", "delete"}
    for name in changes:
        if (name in wanted_there) != (name in failing):
            _there(name)
    before = {name: UserEmail.find(name) is not None for name in changes}

    with pytest.raises(ConditionFailedError) as raised:
        write(*changes.values())

    assert set(raised.value.failed) == {changes[name] for name in failing}
    assert {name: UserEmail.find(name) is not None for name in changes} == before


def test_text_of_a_failed_condition_has_no_data(calls: AwsCalls) -> None:
    _there("canary@example.com")

    with pytest.raises(ConditionFailedError) as raised:
        write(Put(_email("canary@example.com"), UserEmail.email.does_not_exist()))

    assert "canary" not in str(raised.value)
    assert str(raised.value) == "['UserEmail']"


def test_failed_condition_is_not_tried_again(calls: AwsCalls, slept: list[float]) -> None:
    _there("taken")
    calls.forget()

    with pytest.raises(ConditionFailedError):
        write(Put(_email("taken"), UserEmail.email.does_not_exist()))

    assert len(calls.made) == 1
    assert slept == []


@pytest.mark.parametrize(
    "codes",
    [
        ("TransactionConflict",),
        ("ThrottlingError",),
        ("ProvisionedThroughputExceeded",),
        ("TransactionConflict", "None"),
        ("None", "TransactionConflict", "ThrottlingError"),
    ],
)
def test_collision_is_tried_anew_as_a_new_transaction(
    calls: AwsCalls, codes: tuple[str, ...]
) -> None:
    calls.fail(1, _cancelled(*codes))

    write(*(Put(_email(f"part{number}")) for number in range(len(codes))))

    first, second = calls.made
    assert first.arguments["TransactItems"] == second.arguments["TransactItems"]
    assert UserEmail.find("part0")


def test_condition_that_failed_beside_a_collision_counts(calls: AwsCalls) -> None:
    first, second = Put(_email("first")), Put(_email("second"))
    calls.fail(1, _cancelled("TransactionConflict", "ConditionalCheckFailed"))

    with pytest.raises(ConditionFailedError) as raised:
        write(first, second)

    assert raised.value.failed == [second]


def test_collisions_are_given_up_in_time(calls: AwsCalls, slept: list[float]) -> None:
    for number in range(1, ATTEMPTS + 5):
        calls.fail(number, _cancelled("TransactionConflict"))

    with pytest.raises(UnavailableError):
        write(Put(_email("never")))

    assert len(calls.made) == ATTEMPTS
    assert len(slept) == ATTEMPTS - 1
    calls.forget()
    assert UserEmail.find("never") is None


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url="https://dynamodb"),
        ClientError(
            {"Error": {"Code": "ThrottlingException", "Message": ""}}, "TransactWriteItems"
        ),
        ClientError(
            {"Error": {"Code": "AccessDeniedException", "Message": ""}}, "TransactWriteItems"
        ),
        ClientError(
            {"Error": {"Code": "IdempotentParameterMismatchException", "Message": ""}},
            "TransactWriteItems",
        ),
    ],
    ids=["time-out", "throttled", "forbidden", "mismatch"],
)
def test_failure_of_dynamodb_is_unavailable(calls: AwsCalls, error: Exception) -> None:
    calls.fail(1, error)

    with pytest.raises(UnavailableError) as raised:
        write(Put(_email("never")))

    assert isinstance(raised.value.__cause__, TransactWriteError)
    assert len(calls.made) == 1


def test_invalid_transaction_is_a_bug(calls: AwsCalls) -> None:
    calls.fail(1, ClientError({"Error": {"Code": "ValidationException", "Message": ""}}, "x"))

    with pytest.raises(TransactWriteError):
        write(Put(_email("never")))


def test_transaction_has_a_token_that_makes_a_resend_harmless(calls: AwsCalls) -> None:
    write(Put(_email("first")))
    write(Put(_email("second")))

    first, second = (call.arguments["ClientRequestToken"] for call in calls.made)
    assert first
    assert second
    assert first != second


def test_items_of_several_tables_take_part(calls: AwsCalls) -> None:
    write(Check(Role(name="read_only"), Role.name.exists()), Put(_email("put")))

    assert UserEmail.find("put")


def _beside(name: str, user_id: int = 1) -> Change:
    return Beside(_email(name), UserEmail.user_id == user_id, [UserEmail.user_id.add(1)])


def test_what_is_beside_a_transaction_is_no_part_of_it(calls: AwsCalls) -> None:
    _there("beside")

    write(_beside("beside"), Put(_email("put")))

    assert calls.operations == ["PutItem", "TransactWriteItems", "UpdateItem"]
    assert len(calls.made[1].arguments["TransactItems"]) == 1
    assert [item and item.user_id for item in map(UserEmail.find, ("put", "beside"))] == [1, 2]


def test_what_is_beside_a_transaction_goes_out_while_that_is_under_way(calls: AwsCalls) -> None:
    _there("beside")
    rounds = calls.send = Rounds(calls.send)

    write(_beside("beside"), Put(_email("put")))

    assert rounds.number == 1


def test_a_transaction_and_what_is_beside_it_do_not_depend_on_each_other(calls: AwsCalls) -> None:
    _there("beside")

    write(_beside("beside", user_id=7), Put(_email("put")))
    with pytest.raises(ConditionFailedError):
        write(_beside("beside"), Put(_email("put"), UserEmail.email.does_not_exist()))

    assert [item and item.user_id for item in map(UserEmail.find, ("put", "beside"))] == [1, 2]


@pytest.mark.parametrize("failing", ["TransactWriteItems", "UpdateItem"])
def test_failure_of_either_is_told_once_the_other_is_done(calls: AwsCalls, failing: str) -> None:
    _there("beside")
    timeout = ReadTimeoutError(endpoint_url="https://dynamodb.example.com")
    calls.fail_such(lambda call: call.operation == failing, timeout)

    with pytest.raises(UnavailableError):
        write(_beside("beside"), Put(_email("put")))

    put, beside = UserEmail.find("put"), UserEmail.find("beside")
    assert (put is None) == (failing == "TransactWriteItems")
    assert beside
    assert beside.user_id == (1 if failing == "UpdateItem" else 2)


@pytest.mark.parametrize(
    ("attempt", "longest"), [(1, 0.05), (2, 0.1), (3, 0.2), (4, 0.4), (5, 0.4), (50, 0.4)]
)
def test_waits_grow_to_a_limit_with_full_jitter(
    slept: list[float], attempt: int, longest: float
) -> None:
    for _ in range(200):
        back_off(attempt)

    assert 0 <= min(slept) < longest * 0.25
    assert longest * 0.75 < max(slept) <= longest
