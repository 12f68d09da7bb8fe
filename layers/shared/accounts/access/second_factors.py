"""Second factors: which an account has on file, as the account itself says."""

from collections.abc import Sequence

from accounts.storage.tables import User

TOTP = "totp"
RECOVERY_CODE = "recovery_code"
PASSKEY = "passkey"


def names(user: User) -> Sequence[str]:
    """Return which second factors a log-in to the account may be completed with.

    Recovery codes stand in for the others, and are there as long as one of those is.
    """
    there = {TOTP: user.has_totp, RECOVERY_CODE: has_any(user), PASSKEY: user.passkey_ids}
    return [name for name, is_there in there.items() if is_there]


def has_any(user: User) -> bool:
    """Say whether a password alone does not open the account."""
    return bool(user.has_totp or user.passkey_ids)
