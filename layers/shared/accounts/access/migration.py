"""What stands in the tables of an earlier version, moved over when a newer one is deployed.

Each step finds by itself whether there is anything left to do, so a repeated one changes nothing,
and one that was broken off goes on where it was.
"""

from collections.abc import Iterable

from accounts import clock
from accounts.access import indexing, roles, session_ends
from accounts.storage import audit, users
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import Role, User
from accounts.storage.transactions import Update, retried, write

# CloudFormation waits two minutes; what is left after that takes python -m infra.manage reindex
INDEXING_SECONDS = 30


def migrate() -> None:
    """Keep roles of back-ends apart from those of people, and spending reset tokens from making.

    Enter people into the search index, as many as there is time for.

    Raises:
        UnavailableError: DynamoDB did not answer; to call again completes what is left.
    """
    with unavailable_on_failure():
        names = [role.name for role in Role.scan(consistent_read=True)]
    for name in names:
        retried(lambda name=name: _say_whose(name))  # type: ignore[misc] # mypy does not infer defaults
    for user in _holders(roles.SERVICE):
        if user.kind == users.PERSON:
            retried(lambda user_id=user.id: _give_default_role(user_id))  # type: ignore[misc] # as above
    indexing.enter_new(INDEXING_SECONDS)


def _say_whose(name: str) -> None:
    role = Role.find(name)
    # PynamoDB has no type for an attribute that may be missing
    known: bool | None = role.back_end if role else False
    if role is None or known is not None:
        return
    back_end = name == roles.SERVICE or (not role.builtin and _is_held_by_back_ends(name))
    as_read = (Role.permissions == role.permissions) & Role.back_end.does_not_exist()
    actions = [
        Role.back_end.set(back_end),
        Role.permissions.set(_with_spending_apart(role.permissions, back_end=back_end)),
    ]
    write(Update(role, as_read, actions))


def _with_spending_apart(permissions: Iterable[str], *, back_end: bool) -> list[str]:
    """Return the permissions as they were when ``passwords:reset`` meant both."""
    if back_end:
        return ["passwords:set" if name == "passwords:reset" else name for name in permissions]
    apart = [*permissions]
    if "passwords:reset" in apart and "passwords:set" not in apart:
        apart.append("passwords:set")
    return apart


def _is_held_by_back_ends(name: str) -> bool:
    held = False
    for user in _holders(name):
        if user.kind == users.PERSON:
            return False
        held = True
    return held


def _holders(name: str) -> Iterable[User]:
    with unavailable_on_failure():
        yield from User.by_role.query(name)


def _give_default_role(user_id: int) -> None:
    user = User.find(user_id)
    if user is None or (user.kind, user.role) != (users.PERSON, roles.SERVICE):
        return
    actions = [User.role.set(roles.DEFAULT), User.updated_at.set(clock.now())]
    write(
        *session_ends.end_all_changes(user, actions),
        audit.event(user_id, "user_updated", role=roles.DEFAULT),
    )
