"""The ceiling: nobody grants what they do not have, or gets it by way of another account."""

from accounts.access import roles
from accounts.access.authentication import Principal
from accounts.errors import ValidationFailedError
from accounts.storage.tables import User


def require_may_give(role: str, caller: Principal) -> None:
    """Return if the caller may have somebody hold the role.

    Raises:
        ValidationFailedError: there is no such role.
        PermissionMissingError: the role has a permission that the caller has not.
        UnavailableError: DynamoDB did not answer.
    """
    try:
        permissions = roles.permissions_of(role)
    except roles.UnknownRoleError as error:
        raise unknown_role() from error
    # everybody who may sign people up may give the default role
    if role != roles.DEFAULT:
        roles.require_all(caller.permissions, permissions)


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
    if not caller.is_service:
        require_may_give(user.role, caller)


def unknown_role() -> ValidationFailedError:
    """Return the error that says that a role does not exist."""
    return ValidationFailedError.of("role", "There is no such role")
