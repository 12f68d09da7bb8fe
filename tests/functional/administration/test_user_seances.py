"""POST and DELETE /api/v1/server/users/{user_id}/seances: somebody else's devices."""

import pytest

from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, is_signed_out, refresh, timestamp, who_am_i
from tests.support.people import Person
from tests.support.spellings import forms


def test_devices_are_shown_newest_first(desk: Desk, alice: Person, clock: Clock) -> None:
    clock.advance(seconds=60)
    phone = alice.sign_in()

    answer = desk.seances(alice.id)

    assert answer.status == 200
    shown = answer.json["seances"]
    assert [seance["session_id"] for seance in shown] == [phone.session_id, alice.session_id]
    assert shown[0]["created_at"] == timestamp()
    assert set(shown[0]) == {
        "session_id",
        "device",
        "user_agent",
        "ip_address",
        "created_at",
        "last_activity",
        "expires_at",
        "is_current",
    }


def test_none_of_them_is_the_one_that_asks(desk: Desk, alice: Person, admin: Person) -> None:
    theirs, own = (desk.seances(person.id).json["seances"] for person in (alice, admin))

    assert [seance["is_current"] for seance in theirs] == [False]
    assert [seance["is_current"] for seance in own] == [True]


def test_nothing_secret_is_shown(desk: Desk, alice: Person) -> None:
    refresh(alice)
    (session,) = alice.sessions
    secrets = [
        *forms(session.newest),
        *forms(session.family),
        *forms(session.child),
        session.cursor_key,
    ]
    assert all(secrets)

    text = desk.seances(alice.id).text

    assert [secret for secret in secrets if secret in text] == []


def test_device_whose_time_is_over_is_not_shown(desk: Desk, alice: Person, clock: Clock) -> None:
    clock.advance(seconds=30 * 24 * 3600 + 1)
    again = desk.by(_admin_again(desk).token)

    assert alice.sessions
    assert again.seances(alice.id).json == {"seances": []}


def test_person_is_signed_out_everywhere_and_may_come_back(
    desk: Desk, alice: Person, bob: Person
) -> None:
    phone = alice.sign_in()

    answer = desk.end_seances(alice.id)

    assert (answer.status, answer.json) == (200, {"ended": 2})
    assert is_signed_out(alice, phone)
    assert alice.sessions == []
    assert who_am_i(bob).status == 200
    assert who_am_i(alice.sign_in()).status == 200


def test_signing_out_again_ends_nothing(desk: Desk, alice: Person, stack: Deployment) -> None:
    desk.end_seances(alice.id)

    with stack.unchanged():
        answer = desk.end_seances(alice.id)

    assert (answer.status, answer.json) == (200, {"ended": 0})


def test_of_two_who_sign_somebody_out_at_once_one_did_it(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: desk.end_seances(alice.id))

    answer = desk.end_seances(alice.id)

    assert (answer.status, answer.json) == (200, {"ended": 0})
    trail = desk.audit(alice.id).json["events"]
    assert [event["what"] for event in trail].count("sessions_ended") == 1


def test_signing_out_costs_one_transaction(desk: Desk, alice: Person, aws_calls: AwsCalls) -> None:
    for _ in range(3):
        alice.sign_in()
    aws_calls.forget()

    assert desk.end_seances(alice.id).json == {"ended": 4}

    assert aws_calls.operations.count("TransactWriteItems") == 1
    assert aws_calls.operations.count("Query") == 1


def test_administrators_may_sign_themselves_out(desk: Desk, admin: Person) -> None:
    assert desk.end_seances(admin.id).status == 200

    assert is_signed_out(admin)


@pytest.mark.parametrize("permission", ["seances:read", "seances:end"])
def test_one_permission_is_not_the_other(desk: Desk, alice: Person, permission: str) -> None:
    holder = desk.by(desk.somebody_with(permission).token)

    assert holder.seances(alice.id).status == (200 if permission == "seances:read" else 403)
    assert holder.end_seances(alice.id).status == (200 if permission == "seances:end" else 403)


def _admin_again(desk: Desk) -> Person:
    return desk.somebody_else("Later", "administrator")
