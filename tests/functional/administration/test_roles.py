"""GET /api/v1/server/roles, PUT and DELETE /api/v1/server/roles/{name}."""

import pytest

from accounts.storage.tables import Role
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, settle
from tests.support.people import Person, claims

BUILTIN = ["administrator", "methodist", "read_only", "service"]


def test_roles_are_listed_by_name_in_both_languages(desk: Desk) -> None:
    desk.save_role("gardener", "garden:write", en="Gardener", ru="Садовник")

    answer = desk.roles()

    assert answer.status == 200
    assert [role["name"] for role in answer.json["roles"]] == sorted([*BUILTIN, "gardener"])
    assert answer.json["roles"][0] == {
        "name": "administrator",
        "title": {"en": "Administrator", "ru": "Администратор"},
        "permissions": ["*"],
        "builtin": True,
        "back_end": False,
        "second_factor": False,
    }
    assert answer.json["roles"][1] == {
        "name": "gardener",
        "title": {"en": "Gardener", "ru": "Садовник"},
        "permissions": ["garden:write"],
        "builtin": False,
        "back_end": False,
        "second_factor": False,
    }


def test_saved_role_is_the_answer(desk: Desk) -> None:
    answer = desk.save_role(
        "gardener", "garden:write", "content:read", en="Gardener", ru="Садовник"
    )

    assert answer.status == 200
    assert answer.json == {
        "name": "gardener",
        "title": {"en": "Gardener", "ru": "Садовник"},
        "permissions": ["garden:write", "content:read"],
        "builtin": False,
        "back_end": False,
        "second_factor": False,
    }


def test_saving_again_is_the_same(desk: Desk) -> None:
    first, second = (desk.save_role("gardener", "garden:write") for _ in range(2))

    assert first.json == second.json


def test_built_in_role_can_be_edited_and_stays_built_in(desk: Desk) -> None:
    answer = desk.save_role("methodist", "content:read", en="Teacher", ru="Учитель")

    assert answer.json["builtin"] is True
    assert desk.delete_role("methodist").code == "role_builtin"
    assert desk.save_role("administrator", "*", en="Boss", ru="Начальник").status == 200


@pytest.mark.parametrize("name", BUILTIN)
def test_built_in_role_cannot_be_deleted(desk: Desk, stack: Deployment, name: str) -> None:
    with stack.unchanged():
        answer = desk.delete_role(name)

    assert (answer.status, answer.code) == (409, "role_builtin")
    assert answer.json == {"error": "Conflict", "message": "Built-in roles cannot be deleted"}


def test_unused_role_is_deleted(desk: Desk) -> None:
    desk.save_role("gardener", "garden:write")

    answer = desk.delete_role("gardener")

    assert (answer.status, answer.text) == (204, "")
    assert [role["name"] for role in desk.roles().json["roles"]] == BUILTIN
    assert desk.delete_role("gardener").code == "role_not_found"


@pytest.mark.parametrize("status", ["active", "disabled"])
def test_role_in_use_is_not_deleted(desk: Desk, alice: Person, status: str) -> None:
    desk.save_role("gardener", "garden:write")
    desk.update(alice.id, role="gardener", status=status)

    answer = desk.delete_role("gardener")

    assert (answer.status, answer.code) == (409, "role_in_use")
    assert answer.json == {"error": "Conflict", "message": "Role is in use"}
    desk.update(alice.id, role="read_only")
    assert desk.delete_role("gardener").status == 204


def test_role_that_is_taken_up_meanwhile_is_not_deleted(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    desk.save_role("gardener", "garden:write")
    before_write(lambda: desk.update(alice.id, role="gardener"))

    assert desk.delete_role("gardener").code == "role_in_use"


def test_role_that_permits_more_meanwhile_is_not_deleted(
    desk: Desk, before_write: BeforeWrite
) -> None:
    clerk = desk.by(desk.somebody_with("roles:write", "garden:write").token)
    desk.save_role("gardener", "garden:write")
    before_write(lambda: desk.save_role("gardener", "garden:write", "users:delete"))

    assert clerk.delete_role("gardener").status == 403

    assert Role.get("gardener").permissions == ["garden:write", "users:delete"]


def test_role_that_is_deleted_meanwhile_cannot_be_given(
    desk: Desk, alice: Person, before_write: BeforeWrite, stack: Deployment
) -> None:
    desk.save_role("gardener", "garden:write")
    before_write(lambda: desk.delete_role("gardener"))

    answer = desk.update(alice.id, role="gardener")

    assert answer.status == 422
    assert answer.json["details"] == [{"field": "role", "message": "There is no such role"}]
    assert alice.account.role == "read_only"


def test_role_made_anew_counts_anew(desk: Desk) -> None:
    desk.save_role("gardener", "garden:write")
    desk.delete_role("gardener")
    desk.save_role("gardener", "garden:read")
    settle("g@example.com", "gardener")

    assert desk.delete_role("gardener").code == "role_in_use"
    assert Role.get("gardener").holders == 1


def test_of_two_who_save_a_role_the_second_sees_the_first(
    desk: Desk, before_write: BeforeWrite, stack: Deployment
) -> None:
    clerk = desk.by(desk.somebody_with("roles:write", "garden:write").token)
    desk.save_role("gardener", "garden:write")
    before_write(lambda: desk.save_role("gardener", "garden:write", "users:delete"))

    # it permits more by now than the clerk may take away
    assert clerk.save_role("gardener").status == 403

    assert Role.get("gardener").permissions == ["garden:write", "users:delete"]


def test_largest_role_fits_into_a_token(desk: Desk, aws_calls: AwsCalls) -> None:
    permissions = [f"{'a' * 32}:{number:032}".translate(LETTERS) for number in range(30)]
    role = "r" * 64
    assert desk.save_role(role, *permissions).status == 200
    aws_calls.forget()

    holder = desk.somebody_else("Holder", role)

    assert claims(holder.token)["permissions"] == permissions
    (sign,) = [call for call in aws_calls.made if call.operation == "Sign"]
    # of a raw message KMS takes no more
    assert len(sign.arguments["Message"]) <= 4096


LETTERS = str.maketrans("0123456789", "abcdefghij")
