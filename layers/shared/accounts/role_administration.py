"""Making, changing and deleting roles."""

from collections.abc import Collection, Sequence

from accounts import audit
from accounts.dynamodb import unavailable_on_failure
from accounts.errors import (
    BuiltinRoleError,
    RoleInUseError,
    RoleNotFoundError,
    UnavailableError,
    ValidationFailedError,
)
from accounts.roles import ADMINISTRATOR, EVERYTHING, require_all
from accounts.tables import Role
from accounts.transactions import (
    ATTEMPTS,
    Change,
    ConditionFailedError,
    Delete,
    Update,
    back_off,
    write,
)


def all_roles() -> Sequence[Role]:
    """Return every role, by name.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    with unavailable_on_failure():
        return sorted(Role.scan(consistent_read=True), key=lambda role: role.name)


def save(role: Role, held: Collection[str]) -> None:
    """Create the role, or give it these titles and permissions.

    It decides over the next call to the server zone; tokens tell others of it when they are new.

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
            write(_saved(role, before), _told(role, before))
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


def _told(role: Role, before: Role | None) -> Change:
    now, then = set(role.permissions), set(before.permissions if before else ())
    renamed = before and (before.title_en, before.title_ru) != (role.title_en, role.title_ru)
    return audit.recorded_of_role(
        "role_saved",
        role.name,
        granted=sorted(now - then) or None,
        withdrawn=sorted(then - now) or None,
        title="changed" if renamed else None,
    )


def delete(name: str, held: Collection[str]) -> None:
    """Delete a role that nobody holds.

    Raises:
        RoleNotFoundError: there is no such role.
        BuiltinRoleError: it is one that every deployment has.
        RoleInUseError: accounts hold it.
        PermissionMissingError: it permits what the caller may not.
        UnavailableError: DynamoDB did not answer.
    """
    for attempt in range(1, ATTEMPTS + 1):
        role = Role.find(name)
        if role is None:
            raise RoleNotFoundError
        if role.builtin:
            raise BuiltinRoleError
        require_all(held, role.permissions)
        if role.holders:
            raise RoleInUseError
        try:
            write(*_deleted(role))
        except ConditionFailedError:
            back_off(attempt)
        else:
            return
    raise UnavailableError


def _deleted(role: Role) -> Sequence[Change]:
    # on condition that it is as the ceiling was checked against
    as_read = Role.permissions == role.permissions
    unheld = Role.holders.does_not_exist() | (Role.holders == 0)
    withdrawn = sorted(set(role.permissions)) or None
    event = audit.recorded_of_role("role_deleted", role.name, withdrawn=withdrawn)
    return [Delete(role, as_read & unheld), event]
