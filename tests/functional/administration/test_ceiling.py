"""Nobody grants what they do not have, or touches an account that governs more than they may."""

from collections.abc import Callable, Mapping

import pytest

from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.deployment import Deployment
from tests.support.desk import Desk, who_am_i
from tests.support.people import Person

FORBIDDEN = (403, "permission_missing")
# whatever can be done to an account
TOUCHES: Mapping[str, Callable[[Desk, int], Answer]] = {
    "rename": lambda desk, user_id: desk.update(user_id, name="Somebody"),
    "move": lambda desk, user_id: desk.update(user_id, email="mine@example.org"),
    "demote": lambda desk, user_id: desk.update(user_id, role="read_only"),
    "disable": lambda desk, user_id: desk.update(user_id, status="disabled"),
    "delete": lambda desk, user_id: desk.delete(user_id),
    "sign out": lambda desk, user_id: desk.end_seances(user_id),
}
GOVERNING = [
    "*",
    "users:create",
    "users:update",
    "users:delete",
    "passwords:reset",
    "seances:read",
    "seances:end",
    "audit:read",
    "roles:write",
    "service_tokens:create",
]
CLERK = ("users:read", "users:update", "users:delete", "seances:end", "roles:write")


@pytest.fixture
def clerk(api: Api, desk: Desk) -> Desk:
    """Somebody who may change, delete and sign out people, and no more."""
    return desk.by(desk.somebody_with(*CLERK).token)


@pytest.mark.parametrize("touch", TOUCHES.values(), ids=TOUCHES)
def test_those_who_govern_more_cannot_be_touched(
    clerk: Desk, admin: Person, stack: Deployment, touch: Callable[[Desk, int], Answer]
) -> None:
    with stack.unchanged():
        answer = touch(clerk, admin.id)

    assert (answer.status, answer.code) == FORBIDDEN
    assert answer.json["message"] == "Permission * required"
    assert who_am_i(admin).status == 200


@pytest.mark.parametrize("permission", GOVERNING)
def test_each_power_over_others_protects_who_has_it(
    clerk: Desk, desk: Desk, stack: Deployment, permission: str
) -> None:
    holder = desk.somebody_with("content:read", permission, role="holder")

    expected = 200 if permission in CLERK else 403
    assert clerk.update(holder.id, name="Somebody").status == expected
    assert clerk.update(holder.id, status="disabled").status == expected


@pytest.mark.parametrize("touch", TOUCHES.values(), ids=TOUCHES)
def test_those_who_do_not_govern_can(
    clerk: Desk, bob: Person, methodist: Person, touch: Callable[[Desk, int], Answer]
) -> None:
    assert touch(clerk, bob.id).status == 200
    # whose mail can be had is had with everything that they may do
    assert touch(clerk, methodist.id).status == (403 if touch is TOUCHES["move"] else 200)


@pytest.mark.parametrize("role", ["administrator", "methodist"])
def test_role_that_permits_more_cannot_be_given(
    clerk: Desk, alice: Person, stack: Deployment, role: str
) -> None:
    with stack.unchanged():
        answer = clerk.update(alice.id, role=role)

    assert (answer.status, answer.code) == FORBIDDEN
    assert who_am_i(alice).json["role"] == "read_only"


def test_nobody_promotes_themselves(desk: Desk, stack: Deployment) -> None:
    person = desk.somebody_with(*CLERK)

    for role, status in (("administrator", 403), ("methodist", 403), ("service", 422)):
        with stack.unchanged():
            assert desk.by(person.token).update(person.id, role=role).status == status
    assert who_am_i(person).json["role"] == "clerk"


def test_role_that_permits_no_more_can_be_given(clerk: Desk, desk: Desk, alice: Person) -> None:
    desk.save_role("helper", "users:read", "seances:end")

    for role in ("helper", "clerk", "read_only"):
        assert clerk.update(alice.id, role=role).json["role"] == role


def test_role_with_other_changes_is_still_checked(
    clerk: Desk, alice: Person, stack: Deployment
) -> None:
    with stack.unchanged():
        answer = clerk.update(alice.id, name="Somebody", role="administrator")

    assert (answer.status, answer.code) == FORBIDDEN


@pytest.mark.parametrize(
    "permissions",
    [("*",), (*CLERK, "users:create"), (*CLERK, "audit:read"), (*CLERK, "content:read")],
)
def test_nobody_gives_their_own_role_more(
    clerk: Desk, stack: Deployment, permissions: tuple[str, ...]
) -> None:
    with stack.unchanged():
        answer = clerk.save_role("clerk", *permissions)

    assert (answer.status, answer.code) == FORBIDDEN


@pytest.mark.parametrize("name", ["administrator", "methodist", "service", "read_only", "ruler"])
def test_nobody_changes_a_role_that_permits_more(
    clerk: Desk, desk: Desk, stack: Deployment, name: str
) -> None:
    desk.save_role("ruler", "users:create")

    for permissions in ((), ("users:read",), ("*",)):
        with stack.unchanged():
            answer = clerk.save_role(name, *permissions)
        # administrators keep everything, whoever asks
        without = name == "administrator" and "*" not in permissions
        assert answer.status == (422 if without else 403)


def test_nobody_deletes_a_role_that_permits_more(
    clerk: Desk, desk: Desk, stack: Deployment
) -> None:
    desk.save_role("ruler", "users:create")

    with stack.unchanged():
        assert clerk.delete_role("ruler").status == 403


def test_roles_that_permit_no_more_are_theirs_to_make(clerk: Desk) -> None:
    assert clerk.save_role("helper", "users:read", "users:update").status == 200
    assert clerk.save_role("helper", "users:read").status == 200
    assert clerk.save_role("nothing").status == 200
    assert clerk.delete_role("helper").status == 204
    assert clerk.save_role("clerk", *CLERK[:2]).status == 200


def test_nobody_takes_back_what_their_role_has_lost(desk: Desk, stack: Deployment) -> None:
    person = desk.somebody_with(*CLERK)
    assert desk.save_role("clerk", "users:read").status == 200

    # their access token is from before, and lasts for up to a quarter of an hour
    with stack.unchanged():
        answer = desk.by(person.token).save_role("clerk", *CLERK)

    assert answer.status == 403


def test_back_end_governs_nobody_who_governs(
    desk: Desk, admin: Person, alice: Person, web_backend: str, stack: Deployment
) -> None:
    with stack.unchanged():
        for touch in TOUCHES.values():
            assert touch(desk.by(web_backend), admin.id).status == 403
            assert touch(desk.by(web_backend), alice.id).status == 403
