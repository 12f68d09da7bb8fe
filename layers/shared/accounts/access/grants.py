"""No privilege escalation: by a role that is given, or by taking another account over."""

from accounts.access import roles
from accounts.access.authentication import Principal
from accounts.errors import RoleNotGrantableError, ValidationFailedError
from accounts.storage import users
from accounts.storage.tables import Role, User


def require_may_give(name: str, kind: str, caller: Principal) -> None:
    """Return if the caller may have an account of this kind hold the role.

    Raises:
        ValidationFailedError: there is no such role, or it is not for accounts of this kind.
        RoleNotGrantableError: a back-end gives another role than the default one.
        PermissionMissingError: the role has a permission that the caller has not.
        UnavailableError: DynamoDB did not answer.
    """
    if (role := Role.find(name)) is None:
        raise unknown_role()
    if bool(role.back_end) != (kind == users.SERVICE):
        message = "Is a role of people" if kind == users.SERVICE else "Is a role of back-ends"
        raise ValidationFailedError.of("role", message)
    # everybody who may sign people up may give the default role
    if name == roles.DEFAULT:
        return
    if caller.is_service:
        raise RoleNotGrantableError
    roles.require_all(caller.permissions, role.permissions)


def require_may_take_over(user: User, caller: Principal) -> None:
    """Return if the caller may set the account's password, or have its mail go elsewhere.

    Who can do that becomes whoever it is. So it takes what the account's role permits; of a
    back-end only as far as that governs others, since it is there to do this for people who use
    the service.

    Raises:
        PermissionMissingError: the account may do something that the caller may not.
        UnavailableError: DynamoDB did not answer.
    """
    roles.require_power_over(caller.permissions, user.role)
    if not caller.is_service and user.role != roles.DEFAULT:
        roles.require_all(caller.permissions, roles.permissions_of(user.role))


def unknown_role() -> ValidationFailedError:
    """Return the error that says that a role does not exist."""
    return ValidationFailedError.of("role", "There is no such role")
