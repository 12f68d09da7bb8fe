"""Nobody gets what they may not do by way of somebody who may."""

import pytest

from tests.support.deployment import Deployment
from tests.support.desk import Desk, log_in
from tests.support.people import Person

FORBIDDEN = (403, "permission_missing")
METHODIST = ("users:read", "roles:read", "content:read", "content:write")


@pytest.fixture
def clerk(desk: Desk) -> Desk:
    """Somebody who cares for accounts, and may not touch content."""
    care = ("users:read", "users:update", "users:create", "users:delete", "passwords:reset")
    return desk.by(desk.somebody_with(*care).token)


def test_address_of_who_may_more_cannot_be_made_ones_own(
    clerk: Desk, methodist: Person, stack: Deployment
) -> None:
    # whoever has the mailbox has the password reset, and is in
    with stack.unchanged():
        answer = clerk.update(methodist.id, email="clerk@example.org")

    assert (answer.status, answer.code) == FORBIDDEN
    assert log_in(methodist).status == 200


def test_password_of_who_may_more_cannot_be_reset_by_a_person(
    clerk: Desk, methodist: Person, stack: Deployment
) -> None:
    with stack.unchanged():
        answer = clerk.reset_token(methodist.email)

    assert (answer.status, answer.code) == FORBIDDEN


def test_who_may_more_cannot_be_let_in_again(
    desk: Desk, clerk: Desk, methodist: Person, stack: Deployment
) -> None:
    assert clerk.update(methodist.id, status="disabled").status == 200

    with stack.unchanged():
        answer = clerk.update(methodist.id, status="active")

    assert (answer.status, answer.code) == FORBIDDEN
    assert desk.update(methodist.id, status="active").status == 200


def test_who_comes_down_may_be_taken_over(clerk: Desk, methodist: Person) -> None:
    answer = clerk.update(methodist.id, role="read_only", email="clerk@example.org")

    assert (answer.status, answer.code) == FORBIDDEN
    assert clerk.update(methodist.id, role="read_only").status == 200
    assert clerk.update(methodist.id, email="clerk@example.org").status == 200
    # and not up again
    assert clerk.update(methodist.id, role="methodist").status == 403


def test_people_who_may_no_more_are_cared_for(
    desk: Desk, clerk: Desk, alice: Person, methodist: Person
) -> None:
    assert clerk.reset_token(alice.email).status == 201
    assert clerk.update(alice.id, status="disabled").status == 200
    assert clerk.update(alice.id, status="active").status == 200
    assert clerk.update(alice.id, email="alice@example.org").status == 200

    care = ("users:update", "passwords:reset", *METHODIST)
    other = desk.by(desk.somebody_with(*care, role="carer").token)
    assert other.reset_token(methodist.email).status == 201
    assert other.update(methodist.id, email="m@example.org").status == 200


def test_back_end_makes_no_reset_token_unless_its_role_is_widened(
    desk: Desk, web_backend: str, alice: Person
) -> None:
    answer = desk.by(web_backend).reset_token(alice.email)

    assert (answer.status, answer.json["message"]) == (403, "Permission passwords:reset required")


def test_back_end_resets_the_passwords_of_all_who_do_not_govern(
    desk: Desk, mailing_backend: str, admin: Person, methodist: Person
) -> None:
    back_end = desk.by(mailing_backend)

    assert back_end.reset_token(methodist.email).status == 201
    assert back_end.reset_token(admin.email).status == 403


def test_default_role_that_governs_protects_who_has_it(desk: Desk, alice: Person) -> None:
    clerk = desk.by(desk.somebody_with("users:update", "passwords:reset").token)
    desk.save_role("read_only", "content:read", "users:delete")

    assert clerk.update(alice.id, email="clerk@example.org").status == 403
    assert clerk.reset_token(alice.email).status == 403
