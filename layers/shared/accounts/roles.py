"""Roles and permissions: what each built-in role may do, and how a permission is asked for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from accounts import audit
from accounts.errors import (
    BuiltinRoleError,
    PermissionMissingError,
    RoleInUseError,
    RoleNotFoundError,
    UnavailableError,
    ValidationFailedError,
)
from accounts.tables import Role, unavailable_on_failure
from accounts.transactions import (
    ATTEMPTS,
    Change,
    ConditionFailedError,
    Delete,
    Put,
    Update,
    back_off,
    write,
)

EVERYTHING = "*"
ADMINISTRATOR = "administrator"
SERVICE = "service"
DEFAULT = "read_only"


# who holds one of these decides over other accounts
GOVERNING = frozenset(
    {
        EVERYTHING,
        "users:create",
        "users:update",
        "users:delete",
        "passwords:reset",
        "seances:end",
        "roles:write",
        "service_tokens:create",
    }
)


@dataclass(frozen=True)
class BuiltinRole:
    """A role that every deployment starts with; its permissions may be edited later."""

    name: str
    title_en: str
    title_ru: str
    permissions: Sequence[str]


BUILTIN = (
    BuiltinRole(ADMINISTRATOR, "Administrator", "Администратор", (EVERYTHING,)),
    BuiltinRole(
        "methodist",
        "Methodist",
        "Методист",
        ("users:read", "roles:read", "content:read", "content:write"),
    ),
    BuiltinRole(DEFAULT, "Read only", "Только чтение", ("content:read",)),
    BuiltinRole(SERVICE, "Service", "Сервис", ("users:create", "users:read", "passwords:reset")),
)


_UNCOUNTED = frozenset(role.name for role in BUILTIN) - {ADMINISTRATOR}


class UnknownRoleError(LookupError):
    """No role has this name."""


@dataclass(frozen=True)
class Holding:
    """An account's part in a role: whether it holds it, and may act on it."""

    role: str
    active: bool


def moved(before: Holding | None, after: Holding | None) -> Sequence[Update]:
    """Return the changes that keep count of who holds which role, for the caller's transaction.

    They fail if the role is gone, and if the last active administrator would be. Built-in roles
    are not counted, so that sign-ups do not queue for one item, but for administrators.
    """
    changes = []
    for name in sorted({holding.role for holding in (before, after) if holding} - _UNCOUNTED):
        was, is_now = (
            holding if holding and holding.role == name else None for holding in (before, after)
        )
        held = bool(is_now) - bool(was)
        active = bool(is_now and is_now.active) - bool(was and was.active)
        if held or active:
            changes.append(_counted(name, held, active))
    return changes


def _counted(name: str, held: int, active: int) -> Update:
    condition = Role.name.exists()
    if name == ADMINISTRATOR and active < 0:
        condition &= Role.active_holders > 1
    actions = [Role.holders.add(held), Role.active_holders.add(active)]
    return Update(Role(name=name), condition, actions)


def seed() -> None:
    """Write the built-in roles that are not there yet; those that are stay as edited."""
    for role in BUILTIN:
        item = Role(
            name=role.name,
            title_en=role.title_en,
            title_ru=role.title_ru,
            permissions=list(role.permissions),
            builtin=True,
        )
        try:
            write(Put(item, Role.name.does_not_exist()))
        except ConditionFailedError:
            continue


def keeps_an_administrator(change: Change) -> bool:
    """Say whether this is the change of a transaction that keeps the last administrator."""
    return isinstance(change.item, Role) and change.item.name == ADMINISTRATOR


def all_roles() -> Sequence[Role]:
    """Return every role, by name.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    with unavailable_on_failure():
        return sorted(Role.scan(consistent_read=True), key=lambda role: role.name)


def save(role: Role, held: Collection[str]) -> None:
    """Create the role, or give it these titles and permissions.

    People get what it permits with their next access token, back-ends at once.

    Raises:
        PermissionMissingError: it permits, or did permit, what the caller may not.
        ValidationFailedError: administrators would lose a permission.
        UnavailableError: DynamoDB did not answer.
    """
    if role.name == ADMINISTRATOR and EVERYTHING not in role.permissions:
        raise ValidationFailedError.of("permissions", f"Must include {EVERYTHING}")
    for attempt in range(1, ATTEMPTS + 1):
        before = Role.find(role.name)
        require_all(held, [*role.permissions, *(before.permissions if before else ())])
        role.builtin = before.builtin if before else False
        try:
            write(_saved(role, before), audit.recorded_of_role("role_saved", role.name))
        except ConditionFailedError:
            back_off(attempt)
        else:
            return
    raise UnavailableError


def _saved(role: Role, before: Role | None) -> Update:
    # on condition that it is as the ceiling was checked against
    as_read = Role.permissions == before.permissions if before else Role.name.does_not_exist()
    actions = [
        Role.title_en.set(role.title_en),
        Role.title_ru.set(role.title_ru),
        Role.permissions.set(role.permissions),
        Role.builtin.set(role.builtin),
    ]
    return Update(role, as_read, actions)


def delete(name: str, held: Collection[str]) -> None:
    """Delete a role that nobody holds.

    Raises:
        RoleNotFoundError: there is no such role.
        BuiltinRoleError: it is one that every deployment has.
        RoleInUseError: accounts hold it.
        PermissionMissingError: it permits what the caller may not.
        UnavailableError: DynamoDB did not answer.
    """
    role = Role.find(name)
    if role is None:
        raise RoleNotFoundError
    if role.builtin:
        raise BuiltinRoleError
    require_all(held, role.permissions)
    unheld = Role.name.exists() & (Role.holders.does_not_exist() | (Role.holders == 0))
    try:
        write(Delete(role, unheld), audit.recorded_of_role("role_deleted", name))
    except ConditionFailedError as error:
        raise RoleInUseError from error


def require_narrow(role: str) -> None:
    """Return if a role is for back-ends: the built-in one, or one that permits no more.

    Raises:
        ValidationFailedError: it permits more, or does not exist.
        UnavailableError: DynamoDB did not answer.
    """
    try:
        require_all(permissions_of(SERVICE), permissions_of(role))
    except (PermissionMissingError, UnknownRoleError) as error:
        raise ValidationFailedError.of(
            "role", f"Must be {SERVICE} or a role that permits no more"
        ) from error


def permissions_of(name: str) -> tuple[str, ...]:
    """Return what the role permits.

    Raises:
        UnknownRoleError: no role has this name.
        UnavailableError: DynamoDB did not answer.
    """
    role = Role.find(name)
    if role is None:
        raise UnknownRoleError(name)
    return tuple(role.permissions)


def require(held: Collection[str], permission: str) -> None:
    """Return if ``held`` includes ``permission``.

    Raises:
        PermissionMissingError: it does not.
    """
    if permission not in held and EVERYTHING not in held:
        raise PermissionMissingError(permission)


def require_power_over(held: Collection[str], role: str) -> None:
    """Return if ``held`` suffices to take over an account of this role.

    Who can set somebody's password becomes them. So a back-end may do that for people who use
    the service, but not for those who govern it.

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
