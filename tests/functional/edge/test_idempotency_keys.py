"""Idempotency-Key: what is a key, and whose."""

import pytest

from tests.support.deployment import Deployment
from tests.support.desk import Desk
from tests.support.keyed import CALLS, KEY, refused
from tests.support.people import Person

EACH = pytest.mark.parametrize("name", CALLS)
LENGTH = "Must be 16 to 128 ASCII characters"


@EACH
def test_other_caller_with_the_same_key_makes_another_call(
    desk: Desk, name: str, other_admin: Person
) -> None:
    first = CALLS[name](desk, KEY)

    other = CALLS[name](desk.by(other_admin.token), KEY)

    assert other.status == (409 if name == "sign up" else 201)
    assert other.text != first.text
    assert CALLS[name](desk, KEY).text == first.text


def test_caller_is_the_account_not_the_device(desk: Desk, admin: Person) -> None:
    first = desk.service_token(key=KEY)

    again = desk.by(admin.sign_in().token).service_token(key=KEY)

    assert again.text == first.text


def test_same_key_serves_each_endpoint_once(desk: Desk) -> None:
    first = {name: CALLS[name](desk, KEY) for name in CALLS}
    second = {name: CALLS[name](desk, KEY) for name in CALLS}

    assert [answer.status for answer in first.values()] == [201] * 3
    assert [answer.text for answer in second.values()] == [a.text for a in first.values()]


@pytest.mark.parametrize("key", ["a" * 16, "a" * 128, "1 2, 3; \"4\" 'five' ~!", KEY])
@EACH
def test_good_key_is_taken(desk: Desk, name: str, key: str) -> None:
    first, second = (CALLS[name](desk, key) for _ in range(2))

    assert (first.status, first.text) == (201, second.text)


@pytest.mark.parametrize("key", ["", "a", "a" * 15, "a" * 129, "a" * 4000])
@EACH
def test_bad_key_is_refused(desk: Desk, name: str, key: str, stack: Deployment) -> None:
    with stack.unchanged():
        answer = CALLS[name](desk, key)

    assert refused(answer, LENGTH)


def test_key_that_is_no_ascii_is_refused(desk: Desk, stack: Deployment) -> None:
    with stack.unchanged():
        answer = desk.reset_token("alice@example.com", key="schlüssel" * 3)

    assert refused(answer, LENGTH)


@EACH
def test_key_opens_nothing_for_who_may_not_call(
    desk: Desk, name: str, alice: Person, stack: Deployment
) -> None:
    CALLS[name](desk, KEY)

    with stack.unchanged():
        assert CALLS[name](desk.by(alice.token), KEY).status == 403
        assert CALLS[name](desk.by("x.y.z"), KEY).status == 401


def test_who_lost_the_permission_does_not_get_the_answer_again(desk: Desk) -> None:
    clerk = desk.by(desk.somebody_with("service_tokens:create", "users:read").token)
    desk.save_role("reader", "users:read", back_end=True)
    assert clerk.service_token(key=KEY, role="reader").status == 201

    desk.save_role("clerk", "users:read")

    assert clerk.service_token(key=KEY, role="reader").status == 403


def test_remembered_answer_revives_nothing(desk: Desk) -> None:
    token = desk.service_token(key=KEY).json
    desk.end_seances(token["user_id"])

    again = desk.service_token(key=KEY)

    assert again.json == token
    assert desk.by(token["access_token"]).list_users(limit=1).code == "session_ended"
