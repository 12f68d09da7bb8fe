"""Roles that demand a second factor because the deployment says so, whoever edits them.

It is kept with each role, which a log-in reads anyway, in an attribute that no request writes.
"""

from collections.abc import Collection

from accounts.storage import audit
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import Role
from accounts.storage.transactions import Update, retried, write


class SecondFactorForError(ValueError):
    """The deployment names what is no role, or a role of back-ends, which the text tells."""


def fix(names: Collection[str]) -> None:
    """Have these roles, and no others, demand a second factor whatever else is said of them.

    Raises:
        SecondFactorForError: see there; then nothing was changed.
        UnavailableError: DynamoDB did not answer; to call again completes what is left.
    """
    with unavailable_on_failure():
        found = {role.name: role for role in Role.scan(consistent_read=True)}
    for name in sorted(names):
        if name not in found or found[name].back_end:
            raise SecondFactorForError(name)
    for name, role in sorted(found.items()):
        if bool(role.second_factor_fixed) != (name in names):
            retried(lambda name=name: _fix(name, demanded=name in names))  # type: ignore[misc] # mypy does not infer defaults


def _fix(name: str, *, demanded: bool) -> None:
    role = Role.find(name)
    if role is None or bool(role.second_factor_fixed) == demanded:
        return
    if demanded and role.back_end:
        raise SecondFactorForError(name)
    # on condition that it still is for whom it was; a role has become neither without this
    as_read = Role.permissions == role.permissions
    as_read &= Role.back_end == role.back_end
    write(
        Update(role, as_read, [Role.second_factor_fixed.set(demanded)]),
        audit.role_event("role_saved", name, second_factor_fixed="yes" if demanded else "no"),
    )
