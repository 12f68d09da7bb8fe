"""Changes of an account's address: begun, confirmed, taken back.

A new address counts once it is confirmed, by a token mailed to it. Until then it is noted on the
account alone and keeps nobody from it. The one before stays kept for the account as long as the
change may be taken back, so that nothing can stand in the way of that.

The epoch of an account's credentials names a change: one is begun in it at a time, and to confirm
one ends it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from accounts import clock, settings
from accounts.access import session_ends
from accounts.credentials import throttle
from accounts.credentials.one_time_tokens import OpenToken
from accounts.errors import TooManyRequestsError
from accounts.storage import addresses, search_index, users
from accounts.storage.tables import EmailChange, User
from accounts.storage.transactions import Change

# each keeps an address
MOST_UNDOABLE = 10


class NoSuchChangeError(Exception):
    """The account has no such change, or it is too late for it."""


@dataclass(frozen=True)
class Move:
    """An account's move to an address: where to, and the changes that it takes."""

    email: str
    changes: Sequence[Change]


def begun(user: User, email: str) -> EmailChange:
    """Return the change of the account's address to this one, which waits to be confirmed.

    Of those that may be taken back none is forgotten to make room: else who has the account could
    make changes until the owner's address is out of reach.

    Raises:
        TooManyRequestsError: not before one of those is final.
    """
    changes = users.undoable_changes(user)
    if len(changes) >= MOST_UNDOABLE:
        left = changes[0].until - clock.now()
        raise TooManyRequestsError(math.ceil(left.total_seconds()))
    until = clock.now() + timedelta(seconds=settings.current().email_token_seconds)
    return _change(user.credentials_epoch, email, until)


def confirmed(user: User, token: OpenToken) -> Move:
    """Return the account's move to the pending address, which signs it out.

    Raises:
        NoSuchChangeError: it is not the address and the epoch of the token, or the account is
            disabled.
    """
    email = users.pending_email(user)
    if email is None or (email, user.credentials_epoch) != (token.email, token.epoch):
        raise NoSuchChangeError
    if not users.is_active(user):
        raise NoSuchChangeError
    seconds = settings.current().undo_token_seconds
    # whole seconds, as the address is kept
    until = clock.now().replace(microsecond=0) + timedelta(seconds=seconds)
    undoable = [*users.undoable_changes(user), _change(user.credentials_epoch, user.email, until)]
    changes = [
        token.spent,
        *_moved(user, email, undoable),
        addresses.take(email, user.id),
        addresses.keep(user.email, user.id, until),
    ]
    return Move(email, changes)


def taken_back(user: User, token: OpenToken) -> Move:
    """Return the account's move back to the address before the change of the token's epoch.

    Later ones are void with it, and so is the password: who changed the address may know it.

    Raises:
        NoSuchChangeError: there was none that could be taken back.
    """
    undoable = users.undoable_changes(user)
    if users.pending_email(user) and user.credentials_epoch == token.epoch:
        email, left = user.email, undoable
    else:
        email, left = _before(undoable, token.epoch)
    free = {*all_addresses(user)} - {change.email for change in left} - {email}
    changes = [
        token.spent,
        *_moved(user, email, left, users.WITHOUT_PASSWORD),
        addresses.take(email, user.id),
        *(addresses.free(address, user.id) for address in sorted(free)),
    ]
    return Move(email, changes)


def all_addresses(user: User) -> Sequence[str]:
    """Return the account's address, and those that are kept for it."""
    return sorted({user.email, *(change.email for change in users.undoable_changes(user))})


def _change(epoch: int, email: str, until: datetime) -> EmailChange:
    return EmailChange(epoch=epoch, email=email, until=until)  # type: ignore[no-untyped-call] # PynamoDB's own __init__


def _before(changes: Sequence[EmailChange], epoch: int | None) -> tuple[str, Sequence[EmailChange]]:
    for number, change in enumerate(changes):
        if change.epoch == epoch:
            return change.email, changes[:number]
    raise NoSuchChangeError


def _moved(
    user: User, email: str, changes: Sequence[EmailChange], actions: Sequence[Action] = ()
) -> Sequence[Change]:
    addressed = [
        User.email.set(email),
        User.initial.set(email[0]),
        User.updated_at.set(clock.now()),
        User.email_changes.set(list(changes)),
        User.pending_email_change.remove(),
        # by the token, which was mailed there
        *users.CONFIRMED,
    ]
    return [
        *session_ends.end_all_changes(user, [*addressed, *users.VOID_TOKENS, *actions]),
        *(throttle.clear_failures(address) for address in sorted({user.email, email})),
        *search_index.moved(user, email=email),
    ]
