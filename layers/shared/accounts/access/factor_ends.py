"""Removing all second factors of an account: by reset, or together with the account."""

from collections.abc import Sequence

from pynamodb.expressions.update import Action

from accounts.access import second_factors
from accounts.credentials import passkeys, recovery_codes, totp_secrets
from accounts.storage.tables import User
from accounts.storage.transactions import Change, Delete

# what it does to the account, where that stays
REMOVED: Sequence[Action] = (User.has_totp.remove(), User.passkey_ids.remove())


def removal_changes(user: User) -> Sequence[Change]:
    """Return the changes that delete every factor that the account, as read, says it has."""
    # PynamoDB has no type for an attribute that may be missing
    begun_or_enabled: bool | None = user.has_totp
    return [
        *([totp_secrets.removed(user.id)] if begun_or_enabled is not None else []),
        *([recovery_codes.removed(user.id)] if second_factors.has_any(user) else []),
        *(Delete(passkeys.keyed(id_)) for id_ in passkeys.ids_of(user)),
    ]
