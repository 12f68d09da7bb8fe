"""E-mail addresses: whose each one is, and for whom one is kept that was left.

Its record makes an address unique. An account that moves leaves its address only when the move
can no longer be taken back; until then the record stands, with its end.
"""

from datetime import datetime

from accounts import clock
from accounts.storage.tables import UserEmail
from accounts.storage.transactions import Delete, Put


def take(email: str, user_id: int) -> Put:
    """Return the change that makes an address the account's, if it is free or kept for it."""
    # DynamoDB keeps expired items for days
    is_free = UserEmail.email.does_not_exist() | (UserEmail.expires_at <= clock.now())
    return Put(UserEmail(email=email, user_id=user_id), is_free | (UserEmail.user_id == user_id))


def is_taken(email: str, *, by_other_than: int | None = None) -> bool:
    """Say whether an address belongs to, or is kept for, an account other than this one.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    owner = UserEmail.find(email)
    if owner is None or owner.user_id == by_other_than:
        return False
    # PynamoDB has no type for an attribute that may be missing
    kept_until: datetime | None = owner.expires_at
    return kept_until is None or kept_until > clock.now()


def keep(email: str, user_id: int, until: datetime) -> Put:
    """Return the change by which an address, left by the account, stays kept for it."""
    kept = UserEmail(email=email, user_id=user_id, expires_at=until)
    return Put(kept, UserEmail.user_id == user_id)


def free(email: str, user_id: int) -> Delete:
    """Return the change that leaves the account's address, or one kept for it, to anybody."""
    return Delete(UserEmail(email=email), UserEmail.user_id == user_id)
