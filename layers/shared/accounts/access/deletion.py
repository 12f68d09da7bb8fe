"""What goes with an account: addresses, sessions, factors, words, and what is counted of it."""

from collections.abc import Sequence

from accounts.access import (
    email_changes,
    factor_ends,
    role_holders,
    session_ends,
    waiting_sign_ups,
)
from accounts.credentials import device_tokens, throttle
from accounts.storage import addresses, search_index
from accounts.storage.tables import User
from accounts.storage.transactions import LARGEST_TRANSACTION, Change, Delete, write

# the event, and the conditions that the caller's session is there
_CALLERS_PART = 4


def deletion_changes(user: User, *, spare: str | None = None) -> Sequence[Change]:
    """Return the changes that delete the account as read, and its sessions but ``spare``.

    The failures of devices that would be too many for one transaction are forgotten before: if
    the account stays after all, they only begin anew.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    changes = [
        Delete(user, User.version == user.version),
        *(addresses.free(email, user.id) for email in email_changes.all_addresses(user)),
        *(waiting_sign_ups.clear(email) for email in email_changes.all_addresses(user)),
        *session_ends.delete_all_changes(user, spare=spare),
        *factor_ends.removal_changes(user),
        throttle.clear_failures(user.email),
        *search_index.removed(user),
        *role_holders.holder_count_changes(role_holders.holding(user), None),
    ]
    devices = [throttle.clear(throttle.device(one)) for one in device_tokens.devices_of(user)]
    room = LARGEST_TRANSACTION - _CALLERS_PART - len(changes)
    if surplus := devices[room:]:
        write(*surplus)
    return [*changes, *devices[:room]]
