"""DELETE /api/v1/private/users/any: leaving, with all that is one's own."""

from dataclasses import replace

import pytest

from accounts.storage.tables import AuditEvent, User, UserEmail
from tests.functional.edge.test_cookies import CLEARED, DEVICE_COOKIE, access, carrying
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import (
    BeforeWrite,
    Desk,
    events,
    is_signed_out,
    log_in,
    refresh,
    who_am_i,
)
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import (
    CONFIRM_IDENTITY,
    DELETE_OWN_ACCOUNT,
    LOG_OUT,
    UPDATE_OWN_ACCOUNT,
    UPDATE_USER,
)
from tests.support.scene import Scene

ADDRESS = "203.0.113.77"


def _leave(person: Person) -> Answer:
    return person.api.call(*DELETE_OWN_ACCOUNT.at(), token=person.token)


def _addresses_of(user_id: int) -> list[str]:
    told = [event for event in AuditEvent.scan() if user_id in (event.user_id, event.actor_id)]
    return [event.ip_address for event in told if event.ip_address == ADDRESS]


def _break_off() -> None:
    raise ConnectionError


@pytest.fixture
def traveller(alice: Person) -> Person:
    """Alice, signed in from an address that nobody else has."""
    return replace(alice, api=alice.api.seen_from(ADDRESS)).sign_in()


def test_account_is_gone_with_all_that_was_its_own(desk: Desk, alice: Person) -> None:
    phone = alice.sign_in()
    token = desk.reset_token(alice.email).json["reset_token"]

    answer = _leave(alice)

    assert (answer.status, answer.text, answer.cookies) == (204, "", ())
    assert User.find(alice.id) is None
    assert UserEmail.find(alice.email) is None
    assert alice.sessions == []
    assert is_signed_out(alice, phone)
    assert desk.set_password(token).status == 410
    assert log_in(alice).code == "invalid_credentials"
    assert desk.show(alice.id).code == "user_not_found"


def test_what_the_service_keeps_is_what_deletion_by_others_leaves(
    desk: Desk, alice: Person, bob: Person, post: PostOffice, stack: Deployment
) -> None:
    for person in (alice, bob):
        desk.move(person.id, f"{person.name.lower()}@example.org")
        log_in(person, email=f"{person.name.lower()}@example.org", passw="wrong password")
    moved = log_in(alice, email="alice@example.org").json
    desk.delete(bob.id)

    _leave(replace(alice, token=moved["access_token"]))
    post.deliver()

    for table, items in stack.stored().items():
        left = [item for item in items if alice.name.lower() in str(item).lower()]
        assert left == [], table
    done = [sorted({event.what for event in events(person.id)}) for person in (alice, bob)]
    assert done[0] == done[1]


def test_person_is_told(alice: Person, post: PostOffice) -> None:
    _leave(alice)

    mail = post.deliver_one()
    assert mail.to == [alice.email]
    assert mail.subject == "Your account at Users was deleted"


def test_their_address_is_in_no_trail_any_more_once_the_mail_has_left(
    traveller: Person, desk: Desk, bob: Person, post: PostOffice
) -> None:
    desk.save_role("clerk", "users:read", "users:update")
    desk.update(traveller.id, role="clerk")
    clerk = traveller.sign_in()
    clerk.api.call(*UPDATE_USER.at(user_id=bob.id), token=clerk.token, json={"name": "Robert"})
    assert _addresses_of(traveller.id)

    assert _leave(clerk).status == 204
    assert post.deliver_one().to == [traveller.email]

    assert _addresses_of(traveller.id) == []
    (gone,) = [event for event in events(traveller.id) if event.what == "user_deleted"]
    assert gone.actor_id == traveller.id


def test_mail_of_a_deletion_waits_until_the_addresses_are_gone(
    traveller: Person, post: PostOffice, before_write: BeforeWrite
) -> None:
    _leave(traveller)
    assert _addresses_of(traveller.id)

    before_write(_break_off)
    assert post.deliver() == []

    assert [mail.to for mail in post.deliver()] == [[traveller.email]]
    assert _addresses_of(traveller.id) == []


def test_deletion_that_did_not_come_to_pass_is_not_told(
    traveller: Person, post: PostOffice, before_write: BeforeWrite
) -> None:
    before_write(_break_off)

    assert _leave(traveller).status >= 500

    assert post.deliver() == []
    assert who_am_i(traveller).status == 200
    assert _addresses_of(traveller.id)


def test_address_can_sign_up_anew_as_somebody_else(desk: Desk, alice: Person) -> None:
    _leave(alice)

    new = desk.sign_up(alice.email).json["id"]

    assert new != alice.id
    assert is_signed_out(alice)
    assert log_in(alice, passw="example_string").json["user"]["id"] == new


def test_browser_has_nothing_of_it_left(alice: Person) -> None:
    answer = alice.api.call(*DELETE_OWN_ACCOUNT.at(), headers=carrying(access(alice.token)))

    assert (answer.status, answer.text) == (204, "")
    device = CLEARED[0].replace(CLEARED[0].partition("=")[0], DEVICE_COOKIE)
    assert answer.cookies == (*CLEARED, device)


# who may


def test_stolen_token_deletes_nothing(
    scene: Scene, alice: Person, clock: Clock, stack: Deployment
) -> None:
    clock.advance(seconds=600)
    who_am_i(alice)

    with stack.unchanged():
        answer = _leave(alice)

    assert (answer.status, answer.code) == (403, "reauthentication_required")
    body = {"passw": alice.passw}
    assert CONFIRM_IDENTITY.call(scene, json=body).status == 200
    assert _leave(alice).status == 204


def test_refreshed_session_is_no_recent_proof(alice: Person, clock: Clock) -> None:
    clock.advance(seconds=600)
    pair = refresh(alice).json

    answer = _leave(replace(alice, token=pair["access_token"]))

    assert answer.code == "reauthentication_required"


def test_last_administrator_cannot_leave(admin: Person, stack: Deployment) -> None:
    with stack.unchanged():
        answer = _leave(admin)

    assert (answer.status, answer.code) == (409, "last_administrator")
    assert who_am_i(admin).status == 200


def test_last_administrator_who_cannot_leave_is_told_nothing(
    admin: Person, post: PostOffice
) -> None:
    _leave(admin)

    assert post.deliver() == []


def test_administrator_can_leave_if_another_is_there(admin: Person, other_admin: Person) -> None:
    assert _leave(admin).status == 204

    assert is_signed_out(admin)
    assert _leave(other_admin).code == "last_administrator"


def test_disabled_administrator_is_nobody_to_leave_it_to(
    desk: Desk, admin: Person, other_admin: Person
) -> None:
    desk.update(other_admin.id, status="disabled")

    assert _leave(admin).code == "last_administrator"


def test_last_one_of_a_role_can_leave(desk: Desk) -> None:
    clerk = desk.somebody_with("content:read")

    assert _leave(clerk).status == 204

    assert desk.delete_role(clerk.role).status == 204


# at the same moment


def test_device_that_is_signed_out_meanwhile_deletes_nothing(
    scene: Scene, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: LOG_OUT.call(scene))

    assert _leave(alice).code == "session_ended"

    assert User.find(alice.id) is not None
    assert log_in(alice).status == 200


def test_person_who_is_disabled_meanwhile_deletes_nothing(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: desk.update(alice.id, status="disabled"))

    assert _leave(alice).code == "session_ended"

    assert alice.account.status == "disabled"


def test_device_that_is_added_meanwhile_is_ended_too(
    alice: Person, before_write: BeforeWrite
) -> None:
    devices: list[Person] = []
    before_write(lambda: devices.append(alice.sign_in()))

    assert _leave(alice).status == 204

    assert is_signed_out(alice, *devices)
    assert alice.sessions == []


def test_who_is_deleted_meanwhile_is_signed_out(
    desk: Desk, alice: Person, before_write: BeforeWrite, post: PostOffice
) -> None:
    before_write(lambda: desk.delete(alice.id))

    assert _leave(alice).code == "session_ended"

    assert len(post.deliver()) == 1
    assert [event.what for event in events(alice.id)].count("user_deleted") == 1


def test_change_that_is_overtaken_leaves_nothing(
    scene: Scene, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: _leave(alice))

    assert UPDATE_OWN_ACCOUNT.call(scene).code == "session_ended"

    assert User.find(alice.id) is None
    assert alice.sessions == []


def test_it_is_one_transaction(alice: Person, aws_calls: AwsCalls) -> None:
    alice.sign_in()
    aws_calls.forget()

    _leave(alice)

    first = aws_calls.operations.index("TransactWriteItems")
    assert aws_calls.operations[:first] == ["GetItem", "GetItem", "SendMessage"]
    parts = aws_calls.made[first].parts()
    kinds = [(kind, table.rpartition("-")[2]) for kind, table in parts]
    assert sorted(kinds) == [
        ("Delete", "LoginAttemptsTable"),
        ("Delete", "LoginAttemptsTable"),
        ("Delete", "LoginAttemptsTable"),
        ("Delete", "OneTimeTokensTable"),
        # when she came, and her words: alice, example, com
        *[("Delete", "SearchWordsTable")] * 4,
        ("Delete", "UserEmailsTable"),
        ("Delete", "UserSessionsTable"),
        ("Delete", "UserSessionsTable"),
        ("Delete", "UsersTable"),
        ("Put", "AuditEventsTable"),
    ]
