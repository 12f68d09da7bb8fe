"""Keeping count of who holds which role, so that one administrator always stays.

Counted are administrators and the holders of roles that can be deleted. The other built-in roles
are not, so that sign-ups do not queue for one item.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.access.roles import ADMINISTRATOR, BUILTIN
from accounts.storage import users
from accounts.storage.tables import Role, User
from accounts.storage.transactions import Update

_UNCOUNTED = frozenset(role.name for role in BUILTIN) - {ADMINISTRATOR}


@dataclass(frozen=True)
class Holding:
    """An account's part in a role: whether it holds it, and may act on it."""

    role: str
    active: bool
    back_end: bool = False


class KeepsAdministrator(Update):
    """The change that fails if no active administrator would be left."""


def holding(user: User) -> Holding:
    """Return the account's part in its role."""
    return Holding(user.role, users.is_active(user), user.kind == users.SERVICE)


def holder_count_changes(before: Holding | None, after: Holding | None) -> Sequence[Update]:
    """Return the changes that keep count of who holds which role, for the caller's transaction.

    They fail if the role is gone, and if the last active administrator would be.
    """
    changes = []
    for name in sorted({holding.role for holding in (before, after) if holding} - _UNCOUNTED):
        was, is_now = (
            holding if holding and holding.role == name else None for holding in (before, after)
        )
        held = bool(is_now) - bool(was)
        active = bool(is_now and is_now.active) - bool(was and was.active)
        if held or active:
            joining = is_now if held > 0 else None
            changes.append(_counted(name, held, active, joining))
    return changes


def _counted(name: str, held: int, active: int, joining: Holding | None) -> Update:
    condition = Role.name.exists()
    takes_one_away = name == ADMINISTRATOR and active < 0
    if takes_one_away:
        condition &= Role.active_holders > 1
    if joining:
        # the role may have gone over to accounts of the other kind since it was looked at
        own = Role.back_end == joining.back_end
        condition &= own if joining.back_end else own | Role.back_end.does_not_exist()
    actions = [Role.holders.add(held), Role.active_holders.add(active)]
    change = KeepsAdministrator if takes_one_away else Update
    return change(Role(name=name), condition, actions)
