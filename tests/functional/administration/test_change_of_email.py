"""An e-mail address belongs to one account, and to nobody before it is confirmed."""

import pytest

from accounts.storage.tables import LoginAttempt, User, UserEmail
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, is_signed_out, log_in, who_am_i
from tests.support.people import Person

NEW = "new@example.org"
WEEK_SECONDS = 7 * 24 * 3600
DAY_SECONDS = 24 * 3600


def _owners(stack: Deployment) -> dict[str, int]:
    """Return whose each address is, or is kept for, once sure that all agree."""
    stored = stack.stored()
    owners = {
        item["email"]["S"]: int(item["user_id"]["N"]) for item in stored[UserEmail.Meta.table_name]
    }
    accounts = {item["email"]["S"]: int(item["id"]["N"]) for item in stored[User.Meta.table_name]}
    assert accounts.items() <= owners.items()
    return owners


def test_new_address_counts_when_it_is_confirmed(
    desk: Desk, alice: Person, stack: Deployment
) -> None:
    begun = desk.update(alice.id, email=NEW)

    assert (begun.status, begun.json["email"], begun.json["pending_email"]) == (
        200,
        alice.email,
        NEW,
    )
    assert desk.show(alice.id).json["pending_email"] == NEW
    assert NEW not in _owners(stack)
    assert log_in(alice, email=NEW).code == "invalid_credentials"
    assert log_in(alice).status == 200

    confirmed = desk.confirm_email(desk.email_token(alice.id))

    assert (confirmed.status, confirmed.json) == (
        200,
        {"success": True, "message": "Email confirmed"},
    )
    shown = desk.show(alice.id).json
    assert shown["email"] == NEW
    assert "pending_email" not in shown
    assert log_in(alice).code == "invalid_credentials"
    assert log_in(alice, email=NEW).json["user"]["id"] == alice.id


def test_beginning_signs_nobody_out_and_confirming_everybody(desk: Desk, alice: Person) -> None:
    phone = alice.sign_in()

    desk.update(alice.id, email=NEW)
    assert who_am_i(alice).json["email"] == alice.email

    desk.confirm_email(desk.email_token(alice.id))
    assert is_signed_out(alice, phone)


def test_pending_address_is_gone_when_its_time_is_over(
    desk: Desk, admin: Person, alice: Person, clock: Clock
) -> None:
    desk.update(alice.id, email=NEW)

    clock.advance(seconds=DAY_SECONDS)

    desk = desk.by(admin.sign_in().token)
    assert "pending_email" not in desk.show(alice.id).json


def test_present_address_calls_the_change_off(desk: Desk, alice: Person) -> None:
    desk.update(alice.id, email=NEW)
    token = desk.email_token(alice.id)

    answer = desk.update(alice.id, email=alice.email)

    assert "pending_email" not in answer.json
    assert desk.confirm_email(token).status == 410


def test_other_changes_leave_a_pending_address_be(desk: Desk, alice: Person) -> None:
    desk.update(alice.id, email=NEW)

    answer = desk.update(alice.id, name="Alice Cooper")

    assert answer.json["pending_email"] == NEW
    assert desk.confirm_email(desk.email_token(alice.id)).status == 200
    assert alice.account.name == "Alice Cooper"


def test_address_and_role_change_in_one_request(desk: Desk, alice: Person) -> None:
    answer = desk.update(alice.id, role="methodist", email=NEW)

    assert (answer.json["role"], answer.json["pending_email"]) == ("methodist", NEW)
    assert is_signed_out(alice)
    assert desk.confirm_email(desk.email_token(alice.id)).status == 200


@pytest.mark.parametrize("change", [{"role": "methodist"}, {"status": "disabled"}])
def test_pending_address_does_not_outlive_a_change_of_rights(
    desk: Desk, alice: Person, change: dict[str, str]
) -> None:
    desk.update(alice.id, email=NEW)
    token = desk.email_token(alice.id)

    answer = desk.update(alice.id, **change)

    assert "pending_email" not in answer.json
    assert desk.confirm_email(token).status == 410


@pytest.mark.parametrize("taken", ["bob@example.com", "BOB@EXAMPLE.com", "Bob@example.COM"])
def test_address_of_another_is_a_conflict(
    desk: Desk, alice: Person, bob: Person, stack: Deployment, taken: str
) -> None:
    with stack.unchanged():
        answer = desk.update(alice.id, email=taken)

    assert (answer.status, answer.code) == (409, "user_exists")
    assert answer.json == {"error": "Conflict", "message": "User already exists"}


def test_pending_address_keeps_nobody_from_it(desk: Desk, alice: Person, bob: Person) -> None:
    desk.update(alice.id, email=NEW)

    assert desk.update(bob.id, email=NEW).status == 200
    assert desk.sign_up(NEW).status == 201

    # and now it is taken
    for person in (alice, bob):
        answer = desk.confirm_email(desk.email_token(person.id))
        assert (answer.status, answer.code) == (410, "email_token_invalid")
        assert person.account.email == person.email


def test_of_two_who_wait_for_one_address_the_first_to_confirm_has_it(
    desk: Desk, alice: Person, bob: Person, stack: Deployment
) -> None:
    tokens = {}
    for person in (alice, bob):
        desk.update(person.id, email=NEW)
        tokens[person.id] = desk.email_token(person.id)

    assert desk.confirm_email(tokens[bob.id]).status == 200
    assert desk.confirm_email(tokens[alice.id]).status == 410
    assert _owners(stack)[NEW] == bob.id


def test_old_address_is_kept_as_long_as_the_change_can_be_undone(
    desk: Desk, admin: Person, alice: Person, bob: Person, stack: Deployment, clock: Clock
) -> None:
    # else whoever moved the account could have another one sit on the address
    desk.move(alice.id, NEW)

    assert desk.sign_up(alice.email).code == "user_exists"
    assert desk.update(bob.id, email=alice.email).code == "user_exists"
    assert desk.service_token(alice.email).code == "user_exists"
    assert _owners(stack)[alice.email] == alice.id

    clock.advance(seconds=WEEK_SECONDS)
    desk = desk.by(admin.sign_in().token)
    other = desk.sign_up(alice.email).json["id"]

    assert log_in(alice, passw="example_string").json["user"]["id"] == other


def test_who_goes_back_has_the_old_address_for_good(
    desk: Desk, admin: Person, alice: Person, stack: Deployment, clock: Clock
) -> None:
    assert desk.move(alice.id, NEW).status == 200
    assert desk.move(alice.id, alice.email).status == 200

    clock.advance(seconds=WEEK_SECONDS)

    desk = desk.by(admin.sign_in().token)
    assert desk.sign_up(alice.email).code == "user_exists"
    assert desk.sign_up(NEW).status == 201
    assert log_in(alice).json["user"]["id"] == alice.id


def test_two_people_who_swap_get_each_others_address_a_week_later(
    desk: Desk, admin: Person, alice: Person, bob: Person, stack: Deployment, clock: Clock
) -> None:
    desk.move(alice.id, "free@example.org")
    assert desk.update(bob.id, email=alice.email).status == 409
    clock.advance(seconds=WEEK_SECONDS)
    desk = desk.by(admin.sign_in().token)

    assert desk.move(bob.id, alice.email).status == 200

    assert _owners(stack)[alice.email] == bob.id


def test_only_so_many_changes_can_wait_to_be_final(desk: Desk, alice: Person, clock: Clock) -> None:
    for number in range(10):
        assert desk.move(alice.id, f"alice{number}@example.org").status == 200
        clock.advance(seconds=1)

    answer = desk.update(alice.id, email=NEW)

    assert (answer.status, answer.code) == (429, "too_many_requests")
    assert answer.headers["retry-after"] == str(WEEK_SECONDS - 10)


def test_deletion_frees_every_address_that_was_kept(
    desk: Desk, alice: Person, stack: Deployment
) -> None:
    desk.move(alice.id, NEW)

    assert desk.delete(alice.id).status == 200

    assert alice.id not in _owners(stack).values()
    assert desk.sign_up(alice.email).status == 201


def test_who_is_given_one_address_twice_at_once_waits_for_it(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: desk.update(alice.id, email=NEW))

    assert desk.update(alice.id, email=NEW).json["pending_email"] == NEW


def test_address_that_is_freed_meanwhile_can_be_had(
    desk: Desk, alice: Person, bob: Person, stack: Deployment
) -> None:
    desk.delete(bob.id)

    assert desk.move(alice.id, bob.email).status == 200

    assert _owners(stack)[bob.email] == alice.id


def test_person_is_listed_by_the_new_address(desk: Desk, alice: Person) -> None:
    desk.move(alice.id, "zelda@example.org")

    listed = {
        prefix: [user["id"] for user in desk.list_users(email=prefix).json["users"]]
        for prefix in ("zelda@", "alice@")
    }

    assert listed == {"zelda@": [alice.id], "alice@": []}


def test_failures_at_both_addresses_are_forgotten(
    desk: Desk, alice: Person, stack: Deployment
) -> None:
    log_in(alice, passw="wrong password")
    log_in(alice, email=NEW)
    assert len(_counters(stack, "account#")) == 2

    desk.move(alice.id, NEW)

    assert _counters(stack, "account#") == []


def test_international_address_is_kept_in_its_one_form(
    desk: Desk, alice: Person, bob: Person, stack: Deployment
) -> None:
    assert desk.move(alice.id, "Alice@EXÄMPLE.com").status == 200

    assert _owners(stack)["alice@xn--exmple-cua.com"] == alice.id
    assert desk.update(bob.id, email="alice@xn--exmple-cua.com").status == 409


def test_back_end_keeps_its_address(desk: Desk, stack: Deployment) -> None:
    shop = User.get(UserEmail.get("web-back-end@services.example.com").user_id)

    with stack.unchanged():
        answer = desk.update(shop.id, email="other@services.example.com")

    assert answer.status == 422
    assert answer.json["details"] == [
        {"field": "email", "message": "A back-end has no mailbox to confirm it"}
    ]


def _counters(stack: Deployment, kind: str) -> list[str]:
    subjects = (item["subject"]["S"] for item in stack.stored()[LoginAttempt.Meta.table_name])
    return [subject for subject in subjects if subject.startswith(kind)]
