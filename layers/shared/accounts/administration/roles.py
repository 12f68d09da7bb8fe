"""Making, changing and deleting roles."""

from collections.abc import Collection, Sequence

from pynamodb.attributes import BooleanAttribute
from pynamodb.expressions.condition import Condition

from accounts.access.authentication import Principal, write_as
from accounts.access.roles import (
    ADMINISTRATOR,
    EVERYTHING,
    demands_second_factor,
    require_all,
    shared,
)
from accounts.errors import (
    BuiltinRoleError,
    RoleInUseError,
    RoleNotFoundError,
    ValidationFailedError,
)
from accounts.storage import audit
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import Role
from accounts.storage.transactions import Change, Delete, Update, retried

_UNHELD = Role.holders.does_not_exist() | (Role.holders == 0)


def all_roles() -> Sequence[Role]:
    """Return every role, by name.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    with unavailable_on_failure():
        return sorted(Role.scan(consistent_read=True), key=lambda role: role.name)


def save(role: Role, caller: Principal) -> None:
    """Create the role, or give it these titles and permissions.

    It decides over the next call to the server zone; tokens tell others of it when they are new.
    If it demands a second factor, its holders are led to get one at their next log-in.

    Raises:
        PermissionMissingError: it permits, or did permit, what the caller may not.
        ValidationFailedError: administrators would lose a permission, a built-in role would be
            for others than it is, back-ends would have to have a second factor, or people not
            although the deployment demands it.
        RoleInUseError: it would be for others than those who hold it.
        SessionEndedError: the caller's session has ended meanwhile.
        UnavailableError: DynamoDB did not answer.
    """
    if role.name == ADMINISTRATOR and EVERYTHING not in role.permissions:
        raise ValidationFailedError.of("permissions", f"Must include {EVERYTHING}")
    asked = role.back_end, role.second_factor

    def save_as_asked() -> None:
        # what was left open is filled in from the role as read, so anew at each try
        role.back_end, role.second_factor = asked
        _save(role, caller)

    retried(save_as_asked)


def _save(role: Role, caller: Principal) -> None:
    before = Role.find(role.name)
    held = _held(caller, before)
    require_all(held, [*role.permissions, *(before.permissions if before else ())])
    role.builtin = before.builtin if before else False
    role.back_end = _whose(role, before)
    role.second_factor = _demand(role, before)
    role.second_factor_fixed = before.second_factor_fixed if before else None
    write_as(caller, _saved(role, before), _told(role, before))


def _whose(role: Role, before: Role | None) -> bool:
    was = bool(before and before.back_end)
    # PynamoDB has no type for an attribute that may be missing
    wanted: bool | None = role.back_end
    if before is None or wanted in (None, was):
        return was if wanted is None else wanted
    if before.builtin:
        raise ValidationFailedError.of("back_end", "Is fixed for a built-in role")
    if before.holders:
        raise RoleInUseError
    return wanted


def _demand(role: Role, before: Role | None) -> bool:
    # PynamoDB has no type for an attribute that may be missing
    asked: bool | None = role.second_factor
    wanted = bool(before and before.second_factor) if asked is None else asked
    if before and before.second_factor_fixed and asked is False:
        raise ValidationFailedError.of("second_factor", "Is demanded by the deployment")
    if role.back_end and (wanted or (before and before.second_factor_fixed)):
        raise ValidationFailedError.of("second_factor", "Back-ends have none")
    return wanted


def _held(caller: Principal, role: Role | None) -> Collection[str]:
    if role is None or role.name != caller.session.role:
        return caller.permissions
    # their own role, which may have lost something since they were let in
    return shared(caller.permissions, role.permissions)


def _saved(role: Role, before: Role | None) -> Update:
    # on condition that it is as the ceiling was checked against
    as_read = Role.name.does_not_exist()
    if before:
        as_read = (Role.permissions == before.permissions) & _demands_as(before)
    if before and bool(before.back_end) != role.back_end:
        as_read &= _UNHELD
    actions = [
        Role.title_en.set(role.title_en),
        Role.title_ru.set(role.title_ru),
        Role.permissions.set(role.permissions),
        Role.builtin.set(role.builtin),
        Role.back_end.set(role.back_end),
        Role.second_factor.set(role.second_factor),
    ]
    return Update(role, as_read, actions)


def _demands_as(role: Role) -> Condition:
    as_read: Condition = _is(Role.second_factor, role.second_factor) & _is(
        Role.second_factor_fixed, role.second_factor_fixed
    )
    return as_read


def _is(attribute: BooleanAttribute, value: bool | None) -> Condition:  # noqa: FBT001 - as read
    same: Condition = attribute == bool(value)
    # missing is no
    missing: Condition = attribute.does_not_exist() | same
    return same if value else missing


def _told(role: Role, before: Role | None) -> Change:
    now, then = set(role.permissions), set(before.permissions if before else ())
    renamed = before and (before.title_en, before.title_ru) != (role.title_en, role.title_ru)
    return audit.role_event(
        "role_saved",
        role.name,
        granted=sorted(now - then) or None,
        withdrawn=sorted(then - now) or None,
        title="changed" if renamed else None,
        second_factor=_outcome(role, before),
    )


def _outcome(role: Role, before: Role | None) -> str | None:
    demands = demands_second_factor(role)
    if demands == bool(before and demands_second_factor(before)):
        return None
    return "demanded" if demands else "no longer demanded"


def delete(name: str, caller: Principal) -> None:
    """Delete a role that nobody holds.

    Raises:
        RoleNotFoundError: there is no such role.
        BuiltinRoleError: it is one that every deployment has.
        RoleInUseError: accounts hold it, or the deployment demands a second factor of it.
        PermissionMissingError: it permits what the caller may not.
        SessionEndedError: the caller's session has ended meanwhile.
        UnavailableError: DynamoDB did not answer.
    """
    retried(lambda: _delete(name, caller))


def _delete(name: str, caller: Principal) -> None:
    role = Role.find(name)
    if role is None:
        raise RoleNotFoundError
    if role.builtin:
        raise BuiltinRoleError
    require_all(caller.permissions, role.permissions)
    # made anew, a role that the deployment names would demand none until the next deployment
    if role.holders or role.second_factor_fixed:
        raise RoleInUseError
    write_as(caller, *_deleted(role))


def _deleted(role: Role) -> Sequence[Change]:
    # on condition that it is as the ceiling was checked against
    as_read = (Role.permissions == role.permissions) & _demands_as(role)
    withdrawn = sorted(set(role.permissions)) or None
    event = audit.role_event("role_deleted", role.name, withdrawn=withdrawn)
    return [Delete(role, as_read & _UNHELD), event]
