import pytest

from accounts.access import roles
from accounts.access.roles import UnknownRoleError
from accounts.errors import PermissionMissingError
from accounts.storage.tables import Role
from tests.support.deployment import Deployment

SEEDED = {
    "administrator": ("Administrator", "Администратор", ("*",)),
    "methodist": (
        "Methodist",
        "Методист",
        ("users:read", "roles:read", "content:read", "content:write"),
    ),
    "read_only": ("Read only", "Только чтение", ("content:read",)),
    "service": ("Service", "Сервис", ("users:create", "users:read", "passwords:set")),
}


@pytest.mark.parametrize("name", SEEDED)
def test_built_in_role_is_seeded_in_english_and_russian(stack: Deployment, name: str) -> None:
    role = Role.get(name)

    assert (role.title_en, role.title_ru, tuple(role.permissions)) == SEEDED[name]
    assert role.builtin is True


def test_no_other_role_is_seeded(stack: Deployment) -> None:
    assert {item["name"]["S"] for item in stack.stored()[Role.Meta.table_name]} == set(SEEDED)


def test_seeding_again_changes_nothing(stack: Deployment) -> None:
    with stack.unchanged():
        roles.seed()


def test_what_an_operator_edited_stays_edited(stack: Deployment) -> None:
    role = Role.get("methodist")
    role.permissions = ["content:read"]
    role.title_en = "Teacher"
    role.save()

    with stack.unchanged():
        roles.seed()

    assert roles.permissions_of("methodist") == ("content:read",)


def test_role_that_is_missing_is_seeded_again(stack: Deployment) -> None:
    Role.get("service").delete()

    roles.seed()

    assert roles.permissions_of("service") == SEEDED["service"][2]


def test_role_without_permissions_permits_nothing(stack: Deployment) -> None:
    Role(name="guest", title_en="", title_ru="", permissions=[], builtin=False).save()

    assert roles.permissions_of("guest") == ()


@pytest.mark.parametrize("name", ["gardener", "Administrator", "*"])
def test_unknown_role_is_an_error(stack: Deployment, name: str) -> None:
    with pytest.raises(UnknownRoleError):
        roles.permissions_of(name)


@pytest.mark.parametrize("held", [("users:read",), ("content:read", "users:read"), ("*",)])
def test_permission_that_is_held_is_granted(held: tuple[str, ...]) -> None:
    roles.require(held, "users:read")


@pytest.mark.parametrize("held", [(), ("users:create",), ("users:*",), ("users",), ("USERS:READ",)])
def test_permission_that_is_not_held_is_named(held: tuple[str, ...]) -> None:
    with pytest.raises(PermissionMissingError) as raised:
        roles.require(held, "users:read")

    assert raised.value.message == "Permission users:read required"


def test_of_several_permissions_the_missing_one_is_named() -> None:
    with pytest.raises(PermissionMissingError) as raised:
        roles.require_all(("users:read", "roles:read"), ("users:read", "content:write"))

    assert raised.value.message == "Permission content:write required"


def test_nobody_grants_everything_but_who_has_it() -> None:
    everything_by_name = [name for role in SEEDED.values() for name in role[2] if name != "*"]

    with pytest.raises(PermissionMissingError):
        roles.require_all(everything_by_name, ("*",))
    roles.require_all(("*",), ("*", "users:create"))
