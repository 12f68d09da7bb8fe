"""What administrators do to accounts.

What narrows somebody's rights bites at once: the sessions end in the transaction that does it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pynamodb.expressions.update import Action

from accounts import clock
from accounts.access import (
    grants,
    recent_proof,
    role_holders,
    roles,
    session_ends,
    sessions,
)
from accounts.access.authentication import Principal, raise_if_session_ended
from accounts.credentials import throttle
from accounts.errors import (
    LastAdministratorError,
    UserExistsError,
    UserNotFoundError,
)
from accounts.storage import audit, users
from accounts.storage.tables import User, UserEmail, UserSession
from accounts.storage.transactions import (
    Change,
    ConditionFailedError,
    Delete,
    Put,
    Update,
    retried,
    write,
)


@dataclass(frozen=True)
class Changes:
    """What to change about an account; None stays as it is. ``email`` is canonical."""

    name: str | None = None
    role: str | None = None
    status: str | None = None
    email: str | None = None

    @property
    def is_name_alone(self) -> bool:
        """Say whether nothing is to change that decides what the account can do, or whose it is."""
        return (self.role, self.status, self.email) == (None, None, None)


def find(user_id: int) -> User:
    """Return the account.

    Raises:
        UserNotFoundError: there is none with this id.
        UnavailableError: DynamoDB did not answer.
    """
    if (user := User.find(user_id)) is None:
        raise UserNotFoundError
    return user


def update(user_id: int, changes: Changes, caller: Principal) -> User:
    """Change the account and return it as it is now.

    A new role, status or e-mail ends the account's sessions; a new name is told to them.

    Raises:
        UserNotFoundError: there is none with this id.
        PermissionMissingError: the account governs, or would permit somebody to do, more than
            the caller may.
        ReauthenticationRequiredError: the caller's last proof is too long ago for it.
        UserTokenRequiredError: a back-end is calling, and it is not for one.
        ValidationFailedError: there is no such role, or it is not for this account.
        UserExistsError: the e-mail is taken.
        LastAdministratorError: nobody would be left to administer.
        SessionEndedError: the caller's session has ended meanwhile.
        UnavailableError: DynamoDB did not answer.
    """
    return retried(lambda: _update(user_id, changes, caller))


def sign_out(user_id: int, caller: Principal) -> int:
    """End all sessions of the account and return how many were live.

    Raises:
        UserNotFoundError: there is none with this id.
        PermissionMissingError: the account governs in a way that the caller may not.
        UnavailableError: DynamoDB did not answer.
    """
    user = find(user_id)
    roles.require_power_over(caller.permissions, user.role)
    return session_ends.end_live(user.id, "ended_by_administrator")


def _update(user_id: int, changes: Changes, caller: Principal) -> User:
    user = find(user_id)
    _check_ceiling(user, changes, caller)
    return _write_update(user, changes, caller)


def _check_ceiling(user: User, changes: Changes, caller: Principal) -> None:
    roles.require_power_over(caller.permissions, user.role)
    role = changes.role or user.role
    is_enabled = changes.status == users.ACTIVE and not users.is_active(user)
    if role != user.role or is_enabled:
        grants.require_may_give(role, user.kind, caller)
    if role != user.role and user.kind == users.SERVICE:
        roles.require_for_back_ends(role)
    # who has the address can have the password reset
    if changes.email not in (None, user.email):
        grants.require_may_take_over(user, caller)
    if not changes.is_name_alone:
        recent_proof.require_for(user.role, caller)


def _write_update(user: User, changes: Changes, caller: Principal) -> User:
    now = clock.now()
    role, status = changes.role or user.role, changes.status or user.status
    email, name = changes.email or user.email, changes.name or user.name
    taken: Sequence[Change] = ()
    actions = [
        User.role.set(role),
        User.status.set(status),
        User.name.set(name),
        User.updated_at.set(now),
    ]
    if email != user.email:
        taken = _moved_address(user, email)
        actions += [User.email.set(email), User.initial.set(email[0])]
    if (role, status, email) == (user.role, user.status, user.email):
        parts = [*_update_in_place(user, actions), *_rename_in_sessions(user, name)]
    else:
        parts = [*session_ends.end_all_changes(user, [*actions, *users.VOID_TOKENS])]
    before = role_holders.holding(user)
    after = replace(before, role=role, active=status == users.ACTIVE)
    counts = role_holders.holder_count_changes(before, after)
    event = audit.event(
        user.id,
        "user_updated",
        role=role if role != user.role else None,
        status=status if status != user.status else None,
        email="changed" if email != user.email else None,
        name="changed" if name != user.name else None,
    )
    commit([*parts, *taken, *counts, event, *caller_conditions(caller, user)])
    # not read again: what comes after this is not of this call
    user.role, user.status, user.name, user.email, user.updated_at = role, status, name, email, now
    return user


def commit(parts: Sequence[Change]) -> None:
    """Do all of a change to an account, or none of it.

    Raises:
        ConditionFailedError: something is not as it was read; to be read and tried again.
        UserExistsError: the e-mail is taken.
        LastAdministratorError: nobody would be left to administer.
        SessionEndedError: the caller's session has ended meanwhile.
        UnavailableError: DynamoDB did not answer.
    """
    try:
        write(*parts)
    except ConditionFailedError as error:
        if any(isinstance(change.item, User) for change in error.failed):
            # not as it was read, so the rest may be its own doing: the caller reads it again
            raise
        if any(isinstance(c, Put) and isinstance(c.item, UserEmail) for c in error.failed):
            raise UserExistsError from error
        if any(role_holders.keeps_an_administrator(change) for change in error.failed):
            raise LastAdministratorError from error
        raise_if_session_ended(error)
        # something else is not as it was read
        raise


def caller_conditions(caller: Principal, user: User) -> Sequence[Change]:
    """Return the conditions that abort a change to ``user`` if the caller's session has ended."""
    is_own = caller.user_id == user.id
    return caller.session_conditions(within=user.session_ids or [] if is_own else None)


def _moved_address(user: User, email: str) -> Sequence[Change]:
    return [
        Delete(UserEmail(email=user.email), UserEmail.user_id == user.id),
        Put(UserEmail(email=email, user_id=user.id), UserEmail.email.does_not_exist()),
        throttle.clear_failures(user.email),
        throttle.clear_failures(email),
    ]


def _update_in_place(user: User, actions: Sequence[Action]) -> Sequence[Change]:
    moved_on = User.version.set(user.version + 1)
    return [Update(user, User.version == user.version, [moved_on, *actions])]


def _rename_in_sessions(user: User, name: str) -> Sequence[Change]:
    return [
        Update(session, UserSession.session_id.exists(), [UserSession.name.set(name)])
        for session in sessions.live(user.id)
    ]
