"""New accounts: what each begins with, and the transaction that makes one."""

import secrets
from collections.abc import Callable

from accounts import clock, settings
from accounts.access import grants, role_holders
from accounts.credentials import throttle
from accounts.errors import UnavailableError, UserExistsError
from accounts.storage import addresses, audit, search_index, users
from accounts.storage.tables import Role, User
from accounts.storage.transactions import Change, ConditionFailedError, Put, write

# ids are JSON numbers, exact in every client (RFC 8259 section 6)
MAX_ID = 2**53 - 1
_ATTEMPTS = 3


def new_user(
    email: str, name: str, role: str, password_hash: str | None, *, kind: str = users.PERSON
) -> User:
    """Return an active account, not yet stored and without an id."""
    now = clock.now()
    return User(
        kind=kind,
        email=email,
        initial=email[0],
        name=name,
        role=role,
        status=users.ACTIVE,
        version=1,
        language=settings.current().default_language,
        created_at=now,
        updated_at=now,
        password_hash=password_hash,
        password_changed_at=now if password_hash else None,
    )


def create(
    user: User, *also: Change, announce: Callable[[User, Change], object] | None = None
) -> None:
    """Store the account with an id of its own, together with its e-mail, in one transaction.

    What is to be done ``also`` is done in it. ``announce`` is called before, with the event that
    is put on record, to order notices of it.

    Raises:
        UserExistsError: the e-mail is taken.
        ConditionFailedError: a condition of ``also`` did not hold.
        ValidationFailedError: the role is gone.
        UnavailableError: DynamoDB did not answer.
    """
    counts = role_holders.holder_count_changes(None, role_holders.holding(user))
    for _ in range(_ATTEMPTS):
        user.id = _new_id()
        email = addresses.take(user.email, user.id)
        event = audit.event(user.id, "user_created", role=user.role, kind=user.kind)
        if announce:
            announce(user, event)
        try:
            # whatever was tried at the address before there was an account
            clean = throttle.clear_failures(user.email)
            entries = search_index.added(user)
            stored = Put(user, User.id.does_not_exist())
            write(email, stored, clean, event, *counts, *entries, *also)
        except ConditionFailedError as error:
            if set(also) & set(error.failed):
                raise
            if email in error.failed:
                raise UserExistsError from error
            if set(counts) & set(error.failed):
                _require_role(user)
        else:
            return
    raise UnavailableError


def _require_role(user: User) -> None:
    role = Role.find(user.role)
    if role is None or bool(role.back_end) != (user.kind != users.PERSON):
        raise grants.unknown_role()


def _new_id() -> int:
    return secrets.randbelow(MAX_ID) + 1
