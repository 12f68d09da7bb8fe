"""Somebody always administers: the last active administrator stays, whoever wants otherwise."""

from collections.abc import Callable, Mapping

import pytest

from tests.support.answers import Answer
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, counted, who_am_i
from tests.support.people import Person

Fall = Callable[[Desk, int], Answer]

FALLS: Mapping[str, Fall] = {
    "demoted": lambda desk, user_id: desk.update(user_id, role="read_only"),
    "disabled": lambda desk, user_id: desk.update(user_id, status="disabled"),
    "deleted": lambda desk, user_id: desk.delete(user_id),
    "both": lambda desk, user_id: desk.update(user_id, role="methodist", status="disabled"),
}
EACH = pytest.mark.parametrize("fall", FALLS.values(), ids=FALLS)
REFUSED = (409, "last_administrator")


@EACH
def test_the_only_one_stays(desk: Desk, admin: Person, stack: Deployment, fall: Fall) -> None:
    with stack.unchanged():
        answer = fall(desk, admin.id)

    assert (answer.status, answer.code) == REFUSED
    assert answer.json == {
        "error": "Conflict",
        "message": "The last administrator cannot be removed",
    }
    assert who_am_i(admin).status == 200


@EACH
def test_one_of_two_may_go_and_then_the_other_stays(
    desk: Desk, admin: Person, other_admin: Person, stack: Deployment, fall: Fall
) -> None:
    assert counted("administrator") == (2, 2)
    assert fall(desk, other_admin.id).status == 200

    assert counted("administrator")[1] == 1
    with stack.unchanged():
        answer = fall(desk, admin.id)
    assert (answer.status, answer.code) == REFUSED


@EACH
def test_one_may_step_down_when_another_stays(
    desk: Desk, admin: Person, other_admin: Person, fall: Fall
) -> None:
    assert fall(desk, admin.id).status == 200

    assert who_am_i(admin).code == "session_ended"
    assert fall(desk.by(other_admin.token), other_admin.id).code == "last_administrator"


@EACH
@pytest.mark.parametrize("other", FALLS.values(), ids=FALLS)
def test_of_two_who_turn_on_each_other_at_the_same_time_one_stays(
    desk: Desk,
    admin: Person,
    other_admin: Person,
    before_write: BeforeWrite,
    fall: Fall,
    other: Fall,
) -> None:
    # what is about the one was read when the other is removed
    inner: list[Answer] = []
    before_write(lambda: inner.append(other(desk.by(other_admin.token), admin.id)))

    outer = fall(desk, other_admin.id)

    assert [answer.status for answer in inner] == [200]
    assert (outer.status, outer.code) == REFUSED
    assert counted("administrator")[1] == 1
    assert who_am_i(other_admin).status == 200


def test_disabled_one_is_none(
    desk: Desk, admin: Person, other_admin: Person, stack: Deployment
) -> None:
    desk.update(other_admin.id, status="disabled")
    assert counted("administrator") == (2, 1)

    for fall in FALLS.values():
        with stack.unchanged():
            assert fall(desk, admin.id).code == "last_administrator"


def test_disabled_one_may_go(desk: Desk, other_admin: Person) -> None:
    desk.update(other_admin.id, status="disabled")

    assert desk.update(other_admin.id, role="read_only").status == 200
    assert counted("administrator") == (1, 1)
    assert desk.delete(other_admin.id).status == 200


def test_one_who_is_enabled_again_counts_again(
    desk: Desk, admin: Person, other_admin: Person
) -> None:
    desk.update(other_admin.id, status="disabled")
    desk.update(other_admin.id, status="active")

    assert desk.update(admin.id, status="disabled").status == 200


def test_one_who_was_promoted_counts(desk: Desk, admin: Person, alice: Person) -> None:
    desk.update(alice.id, role="administrator")

    assert desk.update(admin.id, role="read_only").status == 200
    assert counted("administrator") == (1, 1)


def test_other_changes_to_the_only_one_are_made(desk: Desk, admin: Person) -> None:
    assert desk.update(admin.id, name="Ada Lovelace").status == 200
    assert desk.update(admin.id, email="ada@example.org").status == 200
    assert counted("administrator") == (1, 1)


@pytest.mark.parametrize("permissions", [(), ("users:read",), ("users:update", "roles:write")])
def test_administrators_keep_everything(
    desk: Desk, stack: Deployment, permissions: tuple[str, ...]
) -> None:
    with stack.unchanged():
        answer = desk.save_role("administrator", *permissions)

    assert answer.status == 422
    assert answer.json["details"] == [{"field": "permissions", "message": "Must include *"}]
