"""Whoever's role or status changes is signed out everywhere, in the same transaction."""

from collections.abc import Mapping

import pytest

from tests.support.aws_calls import AwsCalls
from tests.support.desk import BeforeWrite, Desk, events, is_signed_out, log_in, refresh, who_am_i
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import FORGET_PASSWORD

NARROWING: list[dict[str, object]] = [
    {"role": "methodist"},
    {"status": "disabled"},
    {"role": "methodist", "status": "disabled", "email": "a@example.org", "name": "A"},
]
EACH = pytest.mark.parametrize("changes", NARROWING, ids=",".join)


@EACH
def test_every_device_is_signed_out(
    desk: Desk, alice: Person, bob: Person, changes: Mapping[str, object]
) -> None:
    phone = alice.sign_in()

    assert desk.update(alice.id, **changes).status == 200

    assert is_signed_out(alice, phone)
    assert alice.sessions == []
    assert who_am_i(bob).status == 200


@EACH
def test_it_is_one_transaction(
    desk: Desk, alice: Person, aws_calls: AwsCalls, changes: Mapping[str, object]
) -> None:
    alice.sign_in()
    aws_calls.forget()

    desk.update(alice.id, **changes)

    (write,) = [call for call in aws_calls.made if call.operation == "TransactWriteItems"]
    sessions = {
        part["Delete"]["Key"]["session_id"]["S"]
        for part in write.arguments["TransactItems"]
        if "session_id" in part.get("Delete", {}).get("Key", {})
    }
    assert len(sessions) == 2
    # the batch reads for the answer until when log-ins are blocked
    reads = {"GetItem", "BatchGetItem"}
    assert set(aws_calls.operations) <= {*reads, "SendMessage", "TransactWriteItems"}


@EACH
def test_reset_token_is_void(desk: Desk, alice: Person, changes: Mapping[str, object]) -> None:
    token = desk.reset_token(alice.email).json["reset_token"]

    desk.update(alice.id, **changes)

    assert desk.set_password(token).status == 410
    # nor does it come back when all is as it was
    desk.update(alice.id, role="read_only", status="active", email=alice.email)
    assert desk.set_password(token).status == 410


def test_link_that_was_mailed_is_void(desk: Desk, alice: Person, post: PostOffice) -> None:
    body = {"email": alice.email}
    alice.api.call(*FORGET_PASSWORD.at(), json=body)
    token = post.deliver_one().token

    desk.update(alice.id, role="methodist")

    assert desk.set_password(token).status == 410


def test_new_log_in_has_the_new_role(desk: Desk, alice: Person) -> None:
    desk.update(alice.id, role="methodist")

    device = alice.sign_in()

    answer = who_am_i(device)
    assert answer.json["role"] == "methodist"
    assert "content:write" in answer.json["permissions"]
    assert refresh(device).status == 200


def test_disabled_account_cannot_get_in(desk: Desk, alice: Person, post: PostOffice) -> None:
    desk.update(alice.id, status="disabled")
    body = {"email": alice.email}
    alice.api.call(*FORGET_PASSWORD.at(), json=body)

    assert log_in(alice).code == "invalid_credentials"
    assert desk.reset_token(alice.email).status == 404
    post.deliver()
    assert post.mails == []
    assert is_signed_out(alice)


def test_enabled_account_can_get_in_again_but_no_old_token(desk: Desk, alice: Person) -> None:
    desk.update(alice.id, status="disabled")
    assert desk.update(alice.id, status="active").json["status"] == "active"

    assert is_signed_out(alice)
    assert who_am_i(alice.sign_in()).status == 200


@EACH
def test_log_in_that_overtakes_is_ended_too(
    desk: Desk, alice: Person, before_write: BeforeWrite, changes: Mapping[str, object]
) -> None:
    devices: list[Person] = []
    before_write(lambda: devices.append(alice.sign_in()))

    assert desk.update(alice.id, **changes).status == 200

    assert is_signed_out(alice, *devices)
    assert len(devices) == 1


@pytest.mark.parametrize(("status", "found"), [("active", {"methodist"}), ("disabled", set())])
def test_log_in_that_is_overtaken_gets_what_is_now(
    desk: Desk, alice: Person, before_write: BeforeWrite, status: str, found: set[str]
) -> None:
    before_write(lambda: desk.update(alice.id, role="methodist", status=status))

    answer = log_in(alice)

    assert answer.status == (200 if found else 401)
    assert {session.role for session in alice.sessions} == found


@EACH
def test_refresh_that_is_overtaken_gives_nothing(
    desk: Desk, alice: Person, before_write: BeforeWrite, changes: Mapping[str, object]
) -> None:
    before_write(lambda: desk.update(alice.id, **changes))

    assert refresh(alice).code == "session_ended"

    assert alice.sessions == []


def test_no_change_that_is_refused_signs_out(desk: Desk, alice: Person, bob: Person) -> None:
    before = events(alice.id)

    assert desk.update(alice.id, role="methodist", email=bob.email).status == 409

    assert who_am_i(alice).status == 200
    assert len(events(alice.id)) == len(before)
