"""What goes with an account: its addresses, sessions, factors, and what is counted of it."""

from collections.abc import Sequence

from accounts.access import (
    email_changes,
    factor_ends,
    role_holders,
    session_ends,
    waiting_sign_ups,
)
from accounts.credentials import device_tokens, throttle
from accounts.storage import addresses
from accounts.storage.tables import User
from accounts.storage.transactions import Change, Delete


def deletion_changes(user: User, *, spare: str | None = None) -> Sequence[Change]:
    """Return the changes that delete the account as read, and its sessions but ``spare``."""
    return [
        Delete(user, User.version == user.version),
        *(addresses.free(email, user.id) for email in email_changes.all_addresses(user)),
        *(waiting_sign_ups.clear(email) for email in email_changes.all_addresses(user)),
        *session_ends.delete_all_changes(user, spare=spare),
        *factor_ends.removal_changes(user),
        throttle.clear_failures(user.email),
        *(throttle.clear(throttle.device(device)) for device in device_tokens.devices_of(user)),
        *role_holders.holder_count_changes(role_holders.holding(user), None),
    ]
