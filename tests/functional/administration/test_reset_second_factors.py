"""DELETE /api/v1/server/users/{user_id}/second_factors: for who has lost everything."""

import pytest

from accounts.access import second_factors
from accounts.storage.tables import User
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, events, is_signed_out, who_am_i
from tests.support.filed_factors import on_file, put_on_file
from tests.support.people import Person
from tests.support.post_office import PostOffice


def test_every_factor_is_gone_and_the_person_is_signed_out(desk: Desk, alice: Person) -> None:
    phone = alice.sign_in()
    put_on_file(alice.id, passkeys=10)

    answer = desk.reset_factors(alice.id)

    assert (answer.status, answer.text) == (204, "")
    assert on_file(alice.id) == []
    assert not second_factors.has_any(alice.account)
    assert is_signed_out(alice, phone)


def test_factors_of_others_stay(desk: Desk, alice: Person, bob: Person) -> None:
    put_on_file(alice.id)
    put_on_file(bob.id)
    before = on_file(bob.id)

    desk.reset_factors(alice.id)

    assert on_file(bob.id) == before
    assert who_am_i(bob).status == 200


def test_tokens_that_are_out_are_void(desk: Desk, alice: Person) -> None:
    put_on_file(alice.id)
    token = desk.reset_token(alice.email).json["reset_token"]

    desk.reset_factors(alice.id)

    assert desk.set_password(token).status == 410


def test_next_log_in_takes_the_password_alone(desk: Desk, alice: Person) -> None:
    put_on_file(alice.id)
    desk.reset_factors(alice.id)

    assert who_am_i(alice.sign_in()).status == 200


def test_next_log_in_leads_to_enrol_where_the_role_demands_it(desk: Desk, alice: Person) -> None:
    desk.save_role("read_only", "content:read", second_factor=True)
    put_on_file(alice.id)
    desk.reset_factors(alice.id)

    assert who_am_i(alice.sign_in()).code == "second_factor_required"


def test_it_is_on_record_with_who_did_it(desk: Desk, alice: Person, admin: Person) -> None:
    put_on_file(alice.id)

    desk.reset_factors(alice.id)

    (event,) = [event for event in events(alice.id) if event.what == "second_factors_reset"]
    assert event.actor_id == admin.id
    assert event.details == {"second_factors": ["totp", "recovery_code", "passkey"]}


def test_person_is_told(post: PostOffice, desk: Desk, alice: Person) -> None:
    put_on_file(alice.id)

    desk.reset_factors(alice.id)

    mail = post.deliver_one()
    assert mail.to == [alice.email]
    assert "removed all second factors" in mail.text


def test_where_there_is_none_nothing_is_done(
    desk: Desk, alice: Person, stack: Deployment, post: PostOffice
) -> None:
    with stack.unchanged():
        answer = desk.reset_factors(alice.id)

    assert answer.status == 204
    assert post.waiting() == []
    assert who_am_i(alice).status == 200


def test_app_that_was_only_begun_with_is_no_factor(
    desk: Desk, alice: Person, stack: Deployment
) -> None:
    alice.account.update([User.has_totp.set(False)])

    with stack.unchanged():
        assert desk.reset_factors(alice.id).status == 204


@pytest.mark.parametrize("user_id", [1, "0", "alice", "01", "1e3", str(2**60)])
def test_unknown_account_is_not_found(desk: Desk, user_id: object) -> None:
    answer = desk.reset_factors(user_id)

    assert (answer.status, answer.code) == (404, "user_not_found")


@pytest.mark.parametrize("permission", ["users:delete", "content:write"])
def test_nobody_does_it_to_who_may_more(desk: Desk, stack: Deployment, permission: str) -> None:
    clerk = desk.by(desk.somebody_with("users:update", "content:read").token)
    other = desk.somebody_with("content:read", permission, role="other")
    put_on_file(other.id)

    with stack.unchanged():
        answer = clerk.reset_factors(other.id)

    assert (answer.status, answer.code) == (403, "permission_missing")
    assert on_file(other.id)


def test_administrators_do_it_to_themselves(desk: Desk, admin: Person) -> None:
    put_on_file(admin.id)

    assert desk.reset_factors(admin.id).status == 204

    assert on_file(admin.id) == []
    assert is_signed_out(admin)


def test_who_is_stopped_meanwhile_does_nothing(
    desk: Desk, admin: Person, other_admin: Person, alice: Person, before_write: BeforeWrite
) -> None:
    put_on_file(alice.id)
    before_write(lambda: desk.by(other_admin.token).end_seances(admin.id))

    answer = desk.reset_factors(alice.id)

    assert (answer.status, answer.code) == (401, "session_ended")
    assert on_file(alice.id)


def test_factor_that_is_added_meanwhile_goes_as_well(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    put_on_file(alice.id, passkeys=0)

    def another() -> None:
        put_on_file(alice.id, passkeys=3)
        alice.account.update([User.version.add(1)])

    before_write(another)

    assert desk.reset_factors(alice.id).status == 204

    assert on_file(alice.id) == []
    assert alice.account.passkey_ids is None
