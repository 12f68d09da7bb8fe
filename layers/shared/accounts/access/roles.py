"""Roles and permissions: what each built-in role may do, and how a permission is asked for."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import NamedTuple

from accounts.errors import PermissionMissingError, ValidationFailedError
from accounts.storage.tables import Role
from accounts.storage.transactions import ConditionFailedError, Put, write

EVERYTHING = "*"
ADMINISTRATOR = "administrator"
SERVICE = "service"
DEFAULT = "read_only"
NAME_PATTERN = r"[a-z][a-z0-9_]{0,63}"
NAME_RULE = "Must be up to 64 of a to z, 0 to 9 and _, beginning with a letter"

# what our own endpoints ask for; what an application calls its own permissions is up to it
PERMISSIONS = frozenset(
    {
        "audit:read",
        "passwords:reset",
        "passwords:set",
        "roles:read",
        "roles:write",
        "seances:end",
        "seances:read",
        "service_tokens:create",
        "users:create",
        "users:delete",
        "users:read",
        "users:update",
        "webhooks:read",
        "webhooks:write",
    }
)

# who holds one of these decides over other accounts, or sees what is theirs alone
GOVERNING = frozenset(
    {
        EVERYTHING,
        "users:create",
        "users:update",
        "users:delete",
        "passwords:reset",
        "seances:end",
        "seances:read",
        "audit:read",
        "roles:write",
        "service_tokens:create",
        "webhooks:read",
        "webhooks:write",
    }
)


class BuiltinRole(NamedTuple):
    """A role that every deployment starts with; its permissions may be edited later."""

    name: str
    title_en: str
    title_ru: str
    permissions: Sequence[str]
    back_end: bool = False


BUILTIN = (
    BuiltinRole(ADMINISTRATOR, "Administrator", "Администратор", (EVERYTHING,)),
    BuiltinRole(
        "methodist",
        "Methodist",
        "Методист",
        ("users:read", "roles:read", "content:read", "content:write"),
    ),
    BuiltinRole(DEFAULT, "Read only", "Только чтение", ("content:read",)),
    BuiltinRole(
        SERVICE, "Service", "Сервис", ("users:create", "users:read", "passwords:set"), back_end=True
    ),
)


class UnknownRoleError(LookupError):
    """No role has this name."""


def seed() -> None:
    """Write the built-in roles that are not there yet; those that are stay as edited."""
    for role in BUILTIN:
        item = Role(
            name=role.name,
            title_en=role.title_en,
            title_ru=role.title_ru,
            permissions=list(role.permissions),
            builtin=True,
            back_end=role.back_end,
        )
        try:
            write(Put(item, Role.name.does_not_exist()))
        except ConditionFailedError:
            continue


def require_for_back_ends(name: str) -> None:
    """Return if back-ends may hold the role: it is one of theirs and permits no more than SERVICE.

    Raises:
        ValidationFailedError: it permits more, is for people, or does not exist.
        UnavailableError: DynamoDB did not answer.
    """
    role = Role.find(name)
    if role is not None and role.back_end:
        with suppress(PermissionMissingError):
            require_all(permissions_of(SERVICE), role.permissions)
            return
    raise ValidationFailedError.of(
        "role", f"Must be {SERVICE} or a role of back-ends that permits no more"
    )


def find(name: str) -> Role:
    """Return the role.

    Raises:
        UnknownRoleError: no role has this name.
        UnavailableError: DynamoDB did not answer.
    """
    role = Role.find(name)
    if role is None:
        raise UnknownRoleError(name)
    return role


def permissions_of(name: str) -> tuple[str, ...]:
    """Return what the role permits.

    Raises:
        UnknownRoleError: no role has this name.
        UnavailableError: DynamoDB did not answer.
    """
    return tuple(find(name).permissions)


def demands_second_factor(role: Role) -> bool:
    """Say whether people who hold the role have to have a second factor."""
    return bool(role.second_factor or role.second_factor_fixed)


def require(held: Collection[str], permission: str) -> None:
    """Return if ``held`` includes ``permission``.

    Raises:
        PermissionMissingError: it does not.
    """
    if permission not in held and EVERYTHING not in held:
        raise PermissionMissingError(permission)


def shared(permissions: Collection[str], bound: Collection[str]) -> tuple[str, ...]:
    """Return what both permit."""
    if EVERYTHING in bound:
        return tuple(permissions)
    if EVERYTHING in permissions:
        return tuple(bound)
    return tuple(name for name in permissions if name in bound)


def governs(role: str) -> bool:
    """Say whether who has the role decides over other accounts, or sees what is theirs alone.

    Raises:
        UnknownRoleError: no role has this name.
        UnavailableError: DynamoDB did not answer.
    """
    return not GOVERNING.isdisjoint(permissions_of(role))


def require_power_over(held: Collection[str], role: str) -> None:
    """Return if ``held`` suffices to decide over an account of this role.

    Raises:
        PermissionMissingError: the role governs in a way that the caller may not.
        UnknownRoleError: no role has this name.
        UnavailableError: DynamoDB did not answer.
    """
    require_all(held, [name for name in permissions_of(role) if name in GOVERNING])


def require_all(held: Collection[str], wanted: Collection[str]) -> None:
    """Return if ``held`` includes all of ``wanted``: nobody grants what they do not have.

    Raises:
        PermissionMissingError: one is missing, which it names.
    """
    for permission in wanted:
        require(held, permission)
