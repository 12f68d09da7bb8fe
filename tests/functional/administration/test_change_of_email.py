"""An e-mail address belongs to one account, whoever moves."""

import pytest

from accounts.storage.tables import LoginAttempt, User, UserEmail
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, log_in
from tests.support.people import Person


def _owners(stack: Deployment) -> dict[str, int]:
    """Return whose each address is, once sure that accounts and addresses agree."""
    stored = stack.stored()
    owners = {
        item["email"]["S"]: int(item["user_id"]["N"]) for item in stored[UserEmail.Meta.table_name]
    }
    accounts = {item["email"]["S"]: int(item["id"]["N"]) for item in stored[User.Meta.table_name]}
    assert owners == accounts
    return owners


@pytest.mark.parametrize("taken", ["bob@example.com", "BOB@EXAMPLE.com", "Bob@example.COM"])
def test_address_of_another_is_a_conflict(
    desk: Desk, alice: Person, bob: Person, stack: Deployment, taken: str
) -> None:
    with stack.unchanged():
        answer = desk.update(alice.id, email=taken)

    assert (answer.status, answer.code) == (409, "user_exists")
    assert answer.json == {"error": "Conflict", "message": "User already exists"}


def test_old_address_is_free_at_once(desk: Desk, alice: Person, stack: Deployment) -> None:
    desk.update(alice.id, email="new@example.org")

    other = desk.sign_up(alice.email).json["id"]

    owners = _owners(stack)
    assert (owners["new@example.org"], owners[alice.email]) == (alice.id, other)
    assert log_in(alice, passw="example_string").json["user"]["id"] == other


def test_two_people_swap_by_way_of_a_third_address(
    desk: Desk, alice: Person, bob: Person, stack: Deployment
) -> None:
    moves = ((alice, "free@example.org"), (bob, alice.email), (alice, bob.email))
    assert [desk.update(who.id, email=email).status for who, email in moves] == [200] * 3

    owners = _owners(stack)
    assert (owners[alice.email], owners[bob.email]) == (bob.id, alice.id)
    assert "free@example.org" not in owners
    assert log_in(alice, email=bob.email).json["user"]["id"] == alice.id


def test_two_people_who_swap_at_the_same_time_keep_what_they_have(
    desk: Desk, alice: Person, bob: Person, before_write: BeforeWrite, stack: Deployment
) -> None:
    inner: list[int] = []
    before_write(lambda: inner.append(desk.update(bob.id, email=alice.email).status))

    assert desk.update(alice.id, email=bob.email).status == 409

    assert inner == [409]
    owners = _owners(stack)
    assert (owners[alice.email], owners[bob.email]) == (alice.id, bob.id)


def test_of_two_who_want_one_address_the_second_is_refused(
    desk: Desk, alice: Person, bob: Person, before_write: BeforeWrite, stack: Deployment
) -> None:
    before_write(lambda: desk.update(bob.id, email="wanted@example.org"))

    assert desk.update(alice.id, email="wanted@example.org").status == 409

    assert _owners(stack)["wanted@example.org"] == bob.id
    assert alice.account.email == alice.email


def test_who_is_given_one_address_twice_at_once_has_it(
    desk: Desk, alice: Person, before_write: BeforeWrite, stack: Deployment
) -> None:
    before_write(lambda: desk.update(alice.id, email="wanted@example.org"))

    assert desk.update(alice.id, email="wanted@example.org").status == 200

    assert _owners(stack)["wanted@example.org"] == alice.id


def test_address_that_is_freed_meanwhile_can_be_had(
    desk: Desk, alice: Person, bob: Person, before_write: BeforeWrite, stack: Deployment
) -> None:
    before_write(lambda: desk.delete(bob.id))

    assert desk.update(alice.id, email=bob.email).status == 200

    assert _owners(stack)[bob.email] == alice.id


def test_person_is_listed_by_the_new_address(desk: Desk, alice: Person) -> None:
    desk.update(alice.id, email="zelda@example.org")

    listed = {
        prefix: [user["id"] for user in desk.list_users(email=prefix).json["users"]]
        for prefix in ("zelda@", "alice@")
    }

    assert listed == {"zelda@": [alice.id], "alice@": []}


def test_failures_at_the_old_address_are_forgotten_with_it(
    desk: Desk, alice: Person, stack: Deployment
) -> None:
    log_in(alice, passw="wrong password")
    assert _counters(stack, "account#")

    desk.update(alice.id, email="new@example.org")

    assert _counters(stack, "account#") == []


def test_international_address_is_kept_in_its_one_form(
    desk: Desk, alice: Person, bob: Person, stack: Deployment
) -> None:
    assert desk.update(alice.id, email="Alice@EXÄMPLE.com").status == 200

    assert _owners(stack)["alice@xn--exmple-cua.com"] == alice.id
    assert desk.update(bob.id, email="alice@xn--exmple-cua.com").status == 409


def _counters(stack: Deployment, kind: str) -> list[str]:
    subjects = (item["subject"]["S"] for item in stack.stored()[LoginAttempt.Meta.table_name])
    return [subject for subject in subjects if subject.startswith(kind)]
