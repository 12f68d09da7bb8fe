"""Idempotency-Key: a call that is repeated gets its first answer, and is not done again."""

import pytest

from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment
from tests.support.desk import Desk
from tests.support.keyed import CALLS, KEY, OTHERS, accounts, records, refused, repeat
from tests.support.people import Person
from tests.support.register import ISSUE_RESET_TOKEN, LOG_IN, UPDATE_USER

EACH = pytest.mark.parametrize("name", CALLS)
ANOTHER = "Was used with another request"


@EACH
def test_same_answer_again_to_the_byte(desk: Desk, name: str, stack: Deployment) -> None:
    first = CALLS[name](desk, KEY)
    assert first.status == 201

    with stack.unchanged():
        second, third = repeat(desk, name)

    assert second.but_for_its_id == third.but_for_its_id == first.but_for_its_id
    assert len({answer.headers["x-request-id"] for answer in (first, second, third)}) == 3


@EACH
def test_without_a_key_nothing_is_remembered(desk: Desk, name: str, stack: Deployment) -> None:
    first, second = (CALLS[name](desk, None) for _ in range(2))

    assert first.status == 201
    assert second.status == (409 if name == "sign up" else 201)
    assert first.text != second.text
    assert records(stack) == []


@EACH
def test_other_keys_are_other_calls(desk: Desk, name: str) -> None:
    first, second = (CALLS[name](desk, KEY + suffix) for suffix in ("a", "b"))

    assert first.status == 201
    assert second.status == (409 if name == "sign up" else 201)
    assert first.text != second.text


@EACH
def test_key_with_another_body_is_refused(desk: Desk, name: str, stack: Deployment) -> None:
    first = CALLS[name](desk, KEY)

    with stack.unchanged():
        answer = CALLS[name](desk, KEY, OTHERS[name])

    assert refused(answer, ANOTHER)
    # and the first one is still remembered
    assert CALLS[name](desk, KEY).text == first.text


def test_other_password_is_another_body(desk: Desk, stack: Deployment) -> None:
    desk.sign_up("new@example.com", key=KEY)

    with stack.unchanged():
        assert refused(desk.sign_up("new@example.com", key=KEY, passw="another_string"), ANOTHER)


def test_other_spelling_of_the_same_is_another_body(desk: Desk) -> None:
    headers = {"Idempotency-Key": KEY, "Content-Type": "application/json"}
    bodies = (b'{"email":"alice@example.com"}', b'{"email": "alice@example.com"}')

    statuses = [
        desk.api.call(*ISSUE_RESET_TOKEN.at(), token=desk.token, body=body, headers=headers).status
        for body in bodies
    ]

    assert statuses == [201, 422]


@EACH
def test_repeating_costs_one_write_that_is_refused(
    desk: Desk, name: str, aws_calls: AwsCalls
) -> None:
    CALLS[name](desk, KEY)
    aws_calls.forget()

    CALLS[name](desk, KEY)

    # session, role, and the record that is there already
    assert aws_calls.operations == ["GetItem", "GetItem", "PutItem"]


@EACH
def test_key_costs_two_writes_more(desk: Desk, name: str, aws_calls: AwsCalls) -> None:
    costs = []
    for key in (None, KEY):
        aws_calls.forget()
        CALLS[name](desk, key, "alice@example.com" if name == "reset token" else f"x{key}@a.com")
        costs.append(aws_calls.operations)

    without, with_key = costs
    assert with_key == [*without[:2], "PutItem", *without[2:], "UpdateItem"]


def test_other_endpoints_do_not_heed_it(desk: Desk, alice: Person, stack: Deployment) -> None:
    for name in ("First", "Second"):
        answer = desk.api.call(
            *UPDATE_USER.at(user_id=alice.id),
            token=desk.token,
            json={"name": name},
            headers={"Idempotency-Key": KEY},
        )
        assert answer.json["name"] == name
    assert records(stack) == []


def test_person_signed_up_with_a_key_is_one_like_any_other(desk: Desk, stack: Deployment) -> None:
    before = accounts(stack)

    first, second = repeat(desk, "sign up")

    assert accounts(stack) == before + 1
    assert 0 < first.json["id"] < 2**53
    credentials = {"email": "new@example.com", "passw": "example_string"}
    answer = desk.api.call(*LOG_IN.at(), json=credentials)
    assert answer.json["user"]["id"] == second.json["id"]
