"""DELETE /api/v1/server/users/{user_id}: what is over, and what may begin anew."""

import pytest

from accounts.storage.tables import User, UserEmail
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, events, is_signed_out, log_in, refresh, who_am_i
from tests.support.filed_factors import on_file, put_on_file
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import FORGET_PASSWORD

DONE = {
    "success": True,
    "message": "User deleted; what remains is the audit trail, without personal data",
}


def test_it_is_said_what_remains(desk: Desk, alice: Person) -> None:
    answer = desk.delete(alice.id)

    assert (answer.status, answer.json) == (200, DONE)
    assert desk.show(alice.id).code == "user_not_found"


def test_account_is_gone_with_all_that_was_its_own(desk: Desk, alice: Person) -> None:
    phone = alice.sign_in()
    token = desk.reset_token(alice.email).json["reset_token"]

    desk.delete(alice.id)

    assert User.find(alice.id) is None
    assert UserEmail.find(alice.email) is None
    assert alice.sessions == []
    assert is_signed_out(alice, phone)
    assert desk.set_password(token).status == 410
    assert log_in(alice).code == "invalid_credentials"
    assert desk.reset_token(alice.email).status == 404
    assert alice.id not in [user["id"] for page in desk.pages() for user in page]


def test_factors_go_with_the_account(desk: Desk, alice: Person, bob: Person) -> None:
    put_on_file(alice.id, passkeys=10)
    put_on_file(bob.id)
    others = on_file(bob.id)

    desk.delete(alice.id)

    assert on_file(alice.id) == []
    assert on_file(bob.id) == others


def test_app_that_was_only_begun_with_goes_as_well(desk: Desk, alice: Person) -> None:
    put_on_file(alice.id, passkeys=0)
    alice.account.update([User.has_totp.set(False)])

    desk.delete(alice.id)

    assert [key for key in on_file(alice.id) if key.startswith("totp#")] == []


def test_it_is_one_transaction(desk: Desk, alice: Person, aws_calls: AwsCalls) -> None:
    alice.sign_in()
    aws_calls.forget()

    desk.delete(alice.id)

    first = aws_calls.operations.index("TransactWriteItems")
    assert set(aws_calls.operations[:first]) == {"GetItem", "SendMessage"}
    parts = aws_calls.made[first].parts()
    kinds = [(kind, table.rpartition("-")[2]) for kind, table in parts]
    assert sorted(kinds) == [
        # the caller's, who might be stopped meanwhile
        ("ConditionCheck", "UserSessionsTable"),
        # failures: those of strangers, and those of each device
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


def test_deleting_again_is_fine(desk: Desk, alice: Person, stack: Deployment) -> None:
    desk.delete(alice.id)

    with stack.unchanged():
        answer = desk.delete(alice.id)

    assert (answer.status, answer.json) == (200, DONE)


def test_address_can_sign_up_anew_as_somebody_else(desk: Desk, alice: Person) -> None:
    desk.delete(alice.id)

    new = desk.sign_up(alice.email).json["id"]

    assert new != alice.id
    assert log_in(alice).status == 401
    assert log_in(alice, passw="example_string").json["user"]["id"] == new
    assert is_signed_out(alice)
    done = {event.what for event in events(new)}
    assert done == {"user_created", "log_in_failed", "session_begun"}


def test_newcomer_with_the_address_is_not_deleted_by_deleting_again(
    desk: Desk, alice: Person
) -> None:
    desk.delete(alice.id)
    new = desk.sign_up(alice.email).json["id"]

    assert desk.delete(alice.id).status == 200

    assert desk.show(new).status == 200
    assert log_in(alice, passw="example_string").status == 200


def test_mail_that_was_ordered_finds_nobody(desk: Desk, alice: Person, post: PostOffice) -> None:
    body = {"email": alice.email}
    alice.api.call(*FORGET_PASSWORD.at(), json=body)

    desk.delete(alice.id)

    # but the notice of the deletion leaves
    assert post.deliver_one().subject == "Your account at Users was deleted"


def test_administrator_may_delete_themselves(
    desk: Desk, admin: Person, other_admin: Person
) -> None:
    assert desk.delete(admin.id).status == 200

    assert is_signed_out(admin)
    assert who_am_i(other_admin).status == 200


def test_log_in_that_is_overtaken_leaves_nothing(
    desk: Desk, alice: Person, before_write: BeforeWrite, stack: Deployment
) -> None:
    before_write(lambda: desk.delete(alice.id))

    assert log_in(alice).code == "invalid_credentials"

    assert alice.sessions == []
    assert User.find(alice.id) is None


def test_refresh_that_is_overtaken_leaves_nothing(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: desk.delete(alice.id))

    assert refresh(alice).code == "session_ended"

    assert alice.sessions == []


def test_device_that_is_added_meanwhile_is_ended_too(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    devices: list[Person] = []
    before_write(lambda: devices.append(alice.sign_in()))

    assert desk.delete(alice.id).status == 200

    assert is_signed_out(alice, *devices)
    assert alice.sessions == []


def test_deletion_that_breaks_off_is_completed_by_another(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    def break_off() -> None:
        raise ConnectionError

    # the account is gone; the addresses in its trail are not
    before_write(break_off, number=2)
    assert desk.delete(alice.id).status >= 500
    assert User.find(alice.id) is None
    assert [event for event in events(alice.id) if event.ip_address == "192.0.2.1"][:-1]

    assert desk.delete(alice.id).status == 200

    own = [event for event in events(alice.id) if event.what != "user_deleted"]
    assert {event.ip_address for event in own} == {None}


def test_long_trail_is_completed_in_few_steps(
    desk: Desk, alice: Person, aws_calls: AwsCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    # moto may take longer over a hundred items than the function has
    monkeypatch.setattr("accounts.invocation.require_time", lambda *_: None)
    (begun,) = [event for event in events(alice.id) if event.what == "session_begun"]
    for number in range(100):
        begun.event_id = f"{begun.event_id[:28]}{number:08}"
        begun.save()
    aws_calls.forget()

    assert desk.delete(alice.id).status == 200

    assert aws_calls.operations.count("TransactWriteItems") == 1 + 2
    left = [event for event in events(alice.id) if event.ip_address]
    assert [event.what for event in left] == ["user_deleted"]
