"""Notices of second factors that were used: each orders the mail, and returns the event to write.

For who logs in and who proves once more who they are, where the same is due.
"""

from collections.abc import Sequence

from accounts.mail import orders
from accounts.storage import audit
from accounts.storage.tables import User
from accounts.storage.transactions import Change


def passkey_refused(user: User, passkey_id: str) -> Change:
    """Have the owner told that somebody may have copied a passkey.

    Raises:
        UnavailableError: the queue did not answer.
    """
    event = audit.event(user.id, "passkey_refused", passkey_id=passkey_id)
    orders.passkey_refused(user, event)
    return event


def recovery_code_used(user: User, left: int | None) -> Sequence[Change]:
    """Have the owner told how many recovery codes are left, if one was used at all.

    Raises:
        UnavailableError: the queue did not answer.
    """
    if left is None:
        return ()
    event = audit.event(user.id, "recovery_code_used", left=left)
    orders.recovery_code_used(user, event, left=left)
    return [event]
