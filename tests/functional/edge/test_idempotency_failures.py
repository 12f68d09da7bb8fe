"""Idempotency-Key when things go wrong: failures, answers that are lost, calls at one time."""

import time
from collections.abc import Callable

import boto3
import pytest
from botocore.client import BaseClient

from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk
from tests.support.faults import refusal, silence
from tests.support.keyed import CALLS, KEY, OTHERS, accounts, records, refused, repeat
from tests.support.people import Person

EACH = pytest.mark.parametrize("name", CALLS)


def _silence() -> None:
    raise silence()


def _refusal() -> None:
    raise refusal()


@EACH
def test_failed_call_can_be_repeated(
    desk: Desk, name: str, before_write: BeforeWrite, stack: Deployment
) -> None:
    before_write(_refusal)
    with stack.unchanged():
        assert CALLS[name](desk, KEY).status == 503

    first, second = repeat(desk, name)

    assert (first.status, first.text) == (201, second.text)


@EACH
def test_refused_call_can_be_mended_under_the_same_key(desk: Desk, name: str) -> None:
    assert CALLS[name](desk, KEY, "no address").status == 422

    assert CALLS[name](desk, KEY).status == 201


def test_conflict_is_not_remembered(desk: Desk, alice: Person) -> None:
    assert desk.sign_up(alice.email, key=KEY).status == 409
    desk.delete(alice.id)

    assert desk.sign_up(alice.email, key=KEY).status == 201


@EACH
def test_same_call_at_the_same_time_is_to_come_back(
    desk: Desk, name: str, before_write: BeforeWrite
) -> None:
    inner: list[Answer] = []
    before_write(lambda: inner.append(CALLS[name](desk, KEY)))

    outer = CALLS[name](desk, KEY)

    assert outer.status == 201
    (busy,) = inner
    assert (busy.status, busy.code) == (409, "idempotency_key_busy")
    assert busy.headers["retry-after"] == "1"
    assert busy.json == {
        "error": "Conflict",
        "message": "A request with this Idempotency-Key is being answered",
    }
    assert CALLS[name](desk, KEY).text == outer.text


@EACH
def test_other_call_at_the_same_time_is_refused(
    desk: Desk, name: str, before_write: BeforeWrite
) -> None:
    inner: list[Answer] = []
    before_write(lambda: inner.append(CALLS[name](desk, KEY, OTHERS[name])))

    assert CALLS[name](desk, KEY).status == 201
    assert refused(inner[0], "Was used with another request")


@EACH
def test_answer_that_was_lost_does_not_keep_the_next_one_back(
    desk: Desk, name: str, after_write: BeforeWrite, stack: Deployment
) -> None:
    before = accounts(stack)
    after_write(_silence)
    assert CALLS[name](desk, KEY).status == 503

    first, second = repeat(desk, name)

    assert (first.status, first.text) == (201, second.text)
    assert accounts(stack) == before + (name != "reset token")


@EACH
def test_call_that_died_halfway_can_be_repeated_when_its_time_is_over(
    desk: Desk, name: str, aws_calls: AwsCalls, stack: Deployment
) -> None:
    _die_before_remembering(desk, name, aws_calls)
    (record,) = records(stack)
    assert record["status"] == {"S": "INPROGRESS"}
    until = int(record["in_progress_expiration"]["N"]) / 1000
    # no longer than the function lives
    (seconds,) = {function.timeout_seconds for function in stack.functions if function.routes}
    assert until <= time.time() + seconds
    assert CALLS[name](desk, KEY).code == "idempotency_key_busy"

    _let(stack, "in_progress_expiration", (time.time() - 1) * 1000)

    first, second = repeat(desk, name)
    assert (first.status, first.text) == (201, second.text)


@EACH
def test_answers_are_remembered_for_a_day(desk: Desk, name: str, stack: Deployment) -> None:
    CALLS[name](desk, KEY)

    (record,) = records(stack)

    assert 0 <= time.time() + 24 * 3600 - int(record["expiration"]["N"]) <= 60
    table = stack.template.document["Resources"]["IdempotencyTable"]["Properties"]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expiration", "Enabled": True}


@EACH
def test_what_was_remembered_long_ago_does_not_count(
    desk: Desk, name: str, stack: Deployment
) -> None:
    first = CALLS[name](desk, KEY)
    _let(stack, "expiration", time.time() - 2)

    second, third = repeat(desk, name)

    assert (second.status, third.text) == (201, second.text)
    assert (first.text == second.text) == (name == "sign up")


@EACH
@pytest.mark.parametrize("fault", [_silence, _refusal])
def test_without_the_memory_nothing_is_done(
    desk: Desk, name: str, fault: Callable[[], None], aws_calls: AwsCalls, stack: Deployment
) -> None:
    aws_calls.forget()
    # after session and role
    aws_calls.before(3, fault)

    with stack.unchanged():
        answer = CALLS[name](desk, KEY)

    assert (answer.status, answer.code) == (503, "unavailable")
    assert aws_calls.operations[2] == "PutItem"


def _die_before_remembering(desk: Desk, name: str, aws_calls: AwsCalls) -> None:
    send = aws_calls.send

    def refuse(client: BaseClient, operation: str, arguments: dict[str, object]) -> object:
        if operation == "UpdateItem" and "Idempotency" in str(arguments["TableName"]):
            raise refusal()
        return send(client, operation, arguments)

    aws_calls.send = refuse
    assert CALLS[name](desk, KEY).status == 503
    aws_calls.send = send


def _let(stack: Deployment, attribute: str, when: float) -> None:
    """Have the time of what is remembered be over at a given moment."""
    for record in records(stack):
        boto3.client("dynamodb").update_item(
            TableName=stack.resources["IdempotencyTable"]["Ref"],
            Key={"id": record["id"]},
            UpdateExpression="SET #when = :when",
            ExpressionAttributeNames={"#when": attribute},
            ExpressionAttributeValues={":when": {"N": str(int(when))}},
        )
