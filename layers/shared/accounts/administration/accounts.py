"""What administrators do to accounts.

What narrows somebody's rights bites at once: the sessions end in the transaction that does it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from accounts import clock
from accounts.access import (
    account_changes,
    email_changes,
    grants,
    recent_proof,
    role_holders,
    roles,
    session_ends,
    sessions,
)
from accounts.access.authentication import Principal
from accounts.errors import (
    UserExistsError,
    UserNotFoundError,
    ValidationFailedError,
)
from accounts.mail import orders
from accounts.storage import addresses, audit, search_index, users
from accounts.storage.tables import EmailChange, User, UserSession
from accounts.storage.transactions import Change, retried


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

    A new role or status ends the account's sessions; a new name is told to them. A new e-mail
    counts when it is confirmed by who reads its mail; the present one calls off what was begun.

    Raises:
        UserNotFoundError: there is none with this id.
        PermissionMissingError: the account governs, or would permit somebody to do, more than
            the caller may.
        ReauthenticationRequiredError: the caller's last proof is too long ago for it.
        UserTokenRequiredError: a back-end is calling, and it is not for one.
        ValidationFailedError: there is no such role, or it is not for this account.
        UserExistsError: the e-mail is taken.
        TooManyRequestsError: the e-mail was changed too often of late.
        LastAdministratorError: nobody would be left to administer.
        SessionEndedError: the caller's session has ended meanwhile.
        UnavailableError: DynamoDB or the queue did not answer.
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
    name = changes.name or user.name
    is_narrowed = (role, status) != (user.role, user.status)
    # what narrows an account's rights ends the epoch of its credentials
    user.credentials_epoch += is_narrowed
    email_change = _email_change(user, changes.email)
    actions = [
        User.role.set(role),
        User.status.set(status),
        User.name.set(name),
        User.updated_at.set(now),
        User.pending_email_change.set(email_change)
        if email_change
        else User.pending_email_change.remove(),
    ]
    if is_narrowed:
        parts = [*session_ends.end_all_changes(user, [*actions, *users.VOID_TOKENS])]
    else:
        renamed = account_changes.in_sessions(sessions.live(user.id), [UserSession.name.set(name)])
        parts = [account_changes.in_place(user, actions), *renamed]
    before = role_holders.holding(user)
    after = replace(before, role=role, active=status == users.ACTIVE)
    counts = role_holders.holder_count_changes(before, after)
    event = audit.event(
        user.id,
        "user_updated",
        role=role if role != user.role else None,
        status=status if status != user.status else None,
        email="to be confirmed" if email_change and changes.email else None,
        name="changed" if name != user.name else None,
    )
    if email_change and changes.email:
        orders.email_changing(user, event)
        orders.confirm_email(user, changes.email, event)
    found_by = search_index.moved(user, name=name)
    conditions = caller_conditions(caller, user)
    account_changes.commit([*parts, *counts, *found_by, event, *conditions])
    # not read again: what comes after this is not of this call
    user.role, user.status, user.name, user.updated_at = role, status, name, now
    user.pending_email_change = email_change
    return user


def _email_change(user: User, email: str | None) -> EmailChange | None:
    if email is None:
        # PynamoDB has no type for an attribute that may be missing
        begun_before: EmailChange | None = user.pending_email_change
        return begun_before
    if email == user.email:
        # which calls off what was begun
        return None
    if user.kind != users.PERSON:
        raise ValidationFailedError.of("email", "A back-end has no mailbox to confirm it")
    if addresses.is_taken(email, by_other_than=user.id):
        raise UserExistsError
    return email_changes.begun(user, email)


def caller_conditions(caller: Principal, user: User) -> Sequence[Change]:
    """Return the conditions that abort a change to ``user`` if the caller's session has ended."""
    is_own = caller.user_id == user.id
    return caller.session_conditions(within=user.session_ids or [] if is_own else None)
