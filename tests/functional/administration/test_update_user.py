"""PATCH /api/v1/server/users/{user_id}: what changes, and what is refused."""

from collections.abc import Mapping

import pytest

from accounts.storage.tables import UserEmail
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import (
    BeforeWrite,
    Desk,
    log_in,
    refresh,
    sign_out_others,
    timestamp,
    who_am_i,
)
from tests.support.people import Person

NO_IDS = ["0", "1", "-1", "01", "x", "1.0", "1e3", "9007199254740993", "9" * 17, "%20", "²"]


def test_changed_account_is_the_answer(desk: Desk, alice: Person, clock: Clock) -> None:
    created = timestamp()
    clock.advance(seconds=60)

    answer = desk.update(
        alice.id, name="Alice Cooper", role="methodist", email="Alice.Cooper@Example.org"
    )

    assert answer.status == 200
    assert answer.json == {
        "id": alice.id,
        "kind": "person",
        "email": alice.email,
        "name": "Alice Cooper",
        "role": "methodist",
        "status": "active",
        "language": "en",
        "created_at": created,
        "updated_at": timestamp(),
        "last_log_in": created,
        "email_confirmed": True,
        "pending_email": "alice.cooper@example.org",
        "second_factors": [],
    }
    assert desk.show(alice.id).json == answer.json


def test_name_is_told_to_every_device_at_once(desk: Desk, alice: Person) -> None:
    phone = alice.sign_in()

    assert desk.update(alice.id, name="Alice Cooper").status == 200

    for device in (alice, phone):
        answer = who_am_i(device)
        assert (answer.status, answer.json["name"]) == (200, "Alice Cooper")
        assert refresh(device).status == 200
    assert log_in(alice).json["user"]["name"] == "Alice Cooper"


def test_new_name_leaves_a_reset_token_good(desk: Desk, alice: Person) -> None:
    token = desk.reset_token(alice.email).json["reset_token"]

    desk.update(alice.id, name="Alice Cooper")

    assert desk.set_password(token).status == 200


def test_device_that_is_signed_out_meanwhile_does_not_come_back(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    phone = alice.sign_in()
    before_write(lambda: sign_out_others(alice))

    assert desk.update(alice.id, name="Second").status == 200

    assert [session.session_id for session in alice.sessions] == [alice.session_id]
    assert who_am_i(alice).json["name"] == "Second"
    assert who_am_i(phone).status == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Alice"},
        {"role": "read_only"},
        {"status": "active"},
        {"email": "ALICE@example.com"},
        {"name": "Alice", "role": "read_only", "status": "active", "email": "alice@example.com"},
        {"name": None},
    ],
)
def test_what_is_so_already_ends_nothing(
    desk: Desk, alice: Person, changes: Mapping[str, object]
) -> None:
    assert desk.update(alice.id, **changes).status == 200

    assert who_am_i(alice).status == 200
    assert desk.show(alice.id).json["role"] == "read_only"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "nothing"),
        ({"status": "deleted"}, "status"),
        ({"status": True}, "status"),
        ({"role": "gardener"}, "role"),
        ({"role": "Administrator"}, "role"),
        ({"role": ["administrator"]}, "role"),
        ({"email": "no address"}, "email"),
        ({"email": ""}, "email"),
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "n" * 101}, "name"),
        ({"passw": "another_string"}, "passw"),
        ({"password_hash": "$2b$04$x"}, "password_hash"),
        ({"id": 5}, "id"),
        ({"kind": "service"}, "kind"),
        ({"version": 1}, "version"),
        ({"session_ids": []}, "session_ids"),
        ({"created_at": "2020-01-01T00:00:00Z"}, "created_at"),
    ],
)
def test_bad_change_is_refused(
    desk: Desk, alice: Person, stack: Deployment, changes: Mapping[str, object], field: str
) -> None:
    with stack.unchanged():
        answer = desk.update(alice.id, **changes)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == [field]


@pytest.mark.parametrize("user_id", NO_IDS)
def test_account_that_is_not_there_is_not_found(
    desk: Desk, stack: Deployment, user_id: str
) -> None:
    calls = (
        desk.show,
        desk.delete,
        desk.seances,
        desk.end_seances,
        lambda user_id: desk.update(user_id, name="Nobody"),
    )
    for call in calls:
        with stack.unchanged():
            answer = call(user_id)
        assert (answer.status, answer.code) == (404, "user_not_found")


def test_account_that_goes_meanwhile_is_not_found(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: desk.delete(alice.id))

    assert desk.update(alice.id, name="Ghost").status == 404

    assert alice.sessions == []
    assert UserEmail.find(alice.email) is None
    assert desk.show(alice.id).status == 404


def test_two_changes_at_once_are_both_made(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: desk.update(alice.id, role="methodist"))

    assert desk.update(alice.id, name="Alice Cooper").status == 200

    shown = desk.show(alice.id).json
    assert (shown["name"], shown["role"]) == ("Alice Cooper", "methodist")


def test_with_one_bad_part_nothing_is_changed(desk: Desk, alice: Person, stack: Deployment) -> None:
    with stack.unchanged():
        answer = desk.update(alice.id, name="Alice Cooper", role="gardener", status="disabled")

    assert answer.status == 422
