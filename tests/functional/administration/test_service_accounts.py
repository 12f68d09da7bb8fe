"""Accounts of back-ends: which roles they may have, and that no person's way in is theirs."""

import pytest

from accounts.storage.tables import OneTimeToken, User
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, settle
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import FORGET_PASSWORD, LOG_IN

EMAIL = "shop@services.example.com"
CONFLICT = (409, "user_exists")
NARROW = {
    "field": "role",
    "message": "Must be service or a role of back-ends that permits no more",
}


@pytest.mark.parametrize("permissions", [(), ("users:read",), ("users:read", "users:create")])
def test_narrower_role_will_do(desk: Desk, permissions: tuple[str, ...]) -> None:
    desk.save_role("reader", *permissions, back_end=True)

    answer = desk.service_token(role="reader")

    assert answer.status == 201
    expected = 200 if permissions else 403
    assert desk.by(answer.json["access_token"]).list_users(limit=1).status == expected


@pytest.mark.parametrize("role", ["administrator", "methodist", "read_only", "ghost", "wide"])
def test_wider_or_unknown_role_will_not(desk: Desk, stack: Deployment, role: str) -> None:
    desk.save_role("wide", "users:read", "audit:read", back_end=True)

    with stack.unchanged():
        answer = desk.service_token(role=role)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == ["role"]


@pytest.mark.parametrize("role", ["administrator", "methodist", "read_only", "wide"])
def test_role_cannot_be_widened_later(desk: Desk, stack: Deployment, role: str) -> None:
    desk.save_role("wide", "users:read", "audit:read", back_end=True)
    user_id = desk.service_token().json["user_id"]

    with stack.unchanged():
        answer = desk.update(user_id, role=role)

    assert answer.status == 422
    refused = NARROW if role == "wide" else {"field": "role", "message": "Is a role of people"}
    assert answer.json["details"] == [refused]


def test_role_can_be_narrowed_later_which_ends_its_tokens(desk: Desk) -> None:
    desk.save_role("reader", "users:read", back_end=True)
    issued = desk.service_token().json

    assert desk.update(issued["user_id"], role="reader").status == 200

    assert desk.by(issued["access_token"]).list_users(limit=1).code == "session_ended"
    assert desk.service_token().status == 409
    assert desk.service_token(role="reader").json["user_id"] == issued["user_id"]


def test_who_may_issue_tokens_gives_no_more_than_they_have(desk: Desk, stack: Deployment) -> None:
    issuer = desk.by(desk.somebody_with("service_tokens:create", "users:read").token)
    desk.save_role("reader", "users:read", back_end=True)

    with stack.unchanged():
        assert issuer.service_token().status == 403
    assert issuer.service_token(role="reader").status == 201


def test_address_of_a_person_is_a_conflict(
    desk: Desk, alice: Person, admin: Person, stack: Deployment
) -> None:
    for person in (alice, admin):
        with stack.unchanged():
            answer = desk.service_token(person.email.upper())
        assert (answer.status, answer.code) == CONFLICT


@pytest.mark.parametrize("role", ["service", "reader"])
def test_role_of_back_ends_is_not_for_people(
    desk: Desk, alice: Person, stack: Deployment, role: str
) -> None:
    desk.save_role("reader", "users:read", back_end=True)

    with stack.unchanged():
        answers = (desk.sign_up("new@example.com", role=role), desk.update(alice.id, role=role))

    for answer in answers:
        assert answer.status == 422
        assert answer.json["details"] == [{"field": "role", "message": "Is a role of back-ends"}]


def test_role_goes_over_to_others_only_while_nobody_holds_it(desk: Desk, alice: Person) -> None:
    desk.save_role("reader", "users:read")
    desk.update(alice.id, role="reader")

    assert desk.save_role("reader", "users:read", back_end=True).code == "role_in_use"
    # what is not sent stays as it is
    assert desk.save_role("reader", "users:read").json["back_end"] is False
    desk.update(alice.id, role="read_only")
    assert desk.save_role("reader", "users:read", back_end=True).json["back_end"] is True
    assert desk.save_role("reader", "users:read").json["back_end"] is True


def test_role_that_goes_over_in_the_last_moment_is_not_given(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    desk.save_role("reader", "users:read")
    before_write(lambda: desk.save_role("reader", "users:read", back_end=True))

    assert desk.update(alice.id, role="reader").status == 422
    assert alice.account.role == "read_only"


@pytest.mark.parametrize(("role", "back_end"), [("service", False), ("read_only", True)])
def test_built_in_role_stays_for_whom_it_is(
    desk: Desk, stack: Deployment, role: str, back_end: bool
) -> None:
    with stack.unchanged():
        answer = desk.save_role(role, "content:read", back_end=back_end)

    assert (answer.status, answer.json["details"][0]["field"]) == (422, "back_end")


def test_person_left_with_a_role_of_back_ends_has_none_of_its_rights(
    desk: Desk, alice: Person
) -> None:
    # as an earlier version let it be
    alice.account.update([User.role.set("service")])
    left = alice.sign_in()

    assert desk.by(left.token).list_users(limit=1).status == 403


def test_account_with_another_role_is_a_conflict(desk: Desk) -> None:
    desk.save_role("reader", "users:read", back_end=True)
    desk.service_token()

    answer = desk.service_token(role="reader")

    assert (answer.status, answer.code) == CONFLICT


def test_disabled_account_is_a_conflict(desk: Desk, stack: Deployment) -> None:
    user_id = desk.service_token().json["user_id"]
    desk.update(user_id, status="disabled")

    with stack.unchanged():
        assert desk.service_token().status == 409
    desk.update(user_id, status="active")
    assert desk.service_token().status == 201


def test_address_of_a_back_end_cannot_sign_up(desk: Desk, alice: Person) -> None:
    desk.service_token()

    assert desk.sign_up(EMAIL).status == 409
    assert desk.update(alice.id, email=EMAIL).status == 409


@pytest.mark.parametrize("passw", ["", "None", "null", "example_string"])
def test_nobody_logs_in_as_a_back_end(desk: Desk, passw: str) -> None:
    desk.service_token()

    answer = desk.api.call(*LOG_IN.at(), json={"email": EMAIL, "passw": passw})

    assert answer.status == (401 if passw else 422)


def test_back_end_gets_no_password_by_any_way(
    desk: Desk, mailing_backend: str, stack: Deployment, post: PostOffice
) -> None:
    desk.service_token()

    for caller in (desk, desk.by(mailing_backend)):
        with stack.unchanged():
            answer = caller.reset_token(EMAIL)
        assert (answer.status, answer.code) == (404, "user_not_found")
    assert desk.api.call(*FORGET_PASSWORD.at(), json={"email": EMAIL}).status == 202
    assert post.deliver() == []
    assert post.mails == []
    assert list(OneTimeToken.scan()) == []


def test_back_ends_do_not_count_as_administrators(desk: Desk, admin: Person) -> None:
    desk.service_token()

    assert desk.update(admin.id, role="methodist").code == "last_administrator"


def test_back_end_may_not_change_or_end_itself(desk: Desk) -> None:
    issued = desk.service_token().json
    shop = desk.by(issued["access_token"])

    for answer in (
        shop.update(issued["user_id"], name="Shop"),
        shop.delete(issued["user_id"]),
        shop.end_seances(issued["user_id"]),
        shop.audit(issued["user_id"]),
    ):
        assert answer.status == 403


def test_back_ends_are_told_apart_in_the_list(desk: Desk) -> None:
    desk.service_token()
    settle("human@services.example.com", "service")

    listed = {user["email"]: user["kind"] for user in desk.list_users(role="service").json["users"]}

    assert listed == {
        EMAIL: "service",
        "human@services.example.com": "person",
        "web-back-end@services.example.com": "service",
    }


@pytest.mark.usefixtures("mailing_backend")
def test_saving_a_role_decides_for_its_back_ends_too(desk: Desk, alice: Person) -> None:
    desk.save_role("reader", "users:read", back_end=True)
    reader = desk.by(desk.service_token(role="reader").json["access_token"])
    assert reader.reset_token(alice.email).status == 403

    desk.save_role("reader", "passwords:reset", back_end=True)

    assert reader.reset_token(alice.email).status == 201
    assert reader.list_users(limit=1).status == 403


@pytest.mark.parametrize("permissions", [("users:read", "audit:read"), ("*",)])
def test_back_end_whose_role_is_widened_stays_within_that_of_back_ends(
    desk: Desk, alice: Person, permissions: tuple[str, ...]
) -> None:
    desk.save_role("reader", "users:read", back_end=True)
    reader = desk.by(desk.service_token(role="reader").json["access_token"])

    desk.save_role("reader", *permissions, back_end=True)

    assert reader.list_users(limit=1).status == 200
    assert reader.audit(alice.id).status == 403
    assert reader.update(alice.id, role="administrator").status == 403


def test_back_end_stays_within_the_role_of_back_ends_when_that_is_narrowed(desk: Desk) -> None:
    desk.save_role("reader", "users:read", back_end=True)
    reader = desk.by(desk.service_token(role="reader").json["access_token"])

    desk.save_role("service", "users:create")

    assert reader.list_users(limit=1).status == 403
