"""Accounts: finding them, and what changes them."""

from collections.abc import Sequence

from pynamodb.expressions.update import Action

from accounts import clock
from accounts.storage.tables import User, UserEmail

ACTIVE = "active"
DISABLED = "disabled"
PERSON = "person"
SERVICE = "service"
# what an account's id looks like in text, wherever one is read
ID_PATTERN = "[1-9][0-9]{0,15}"
# ids begin at 1, so this one belongs to nobody
_NOBODY = 0


def find_by_email(email: str) -> User | None:
    """Return the account with this canonical e-mail, or None, after the same two reads.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    return find(UserEmail.find(email))


def find(owner: UserEmail | None) -> User | None:
    """Return the account that owns an e-mail; where none does, None after the same read.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    user = User.find(owner.user_id if owner else _NOBODY)
    # its address may have changed between the two reads
    return user if owner and user and user.email == owner.email else None


VOID_RESET_TOKEN: Sequence[Action] = (
    User.reset_token_hash.remove(),
    User.reset_token_expires_at.remove(),
)


def new_password(password_hash: str) -> Sequence[Action]:
    """Return what a new password does to an account; a reset token does not survive it."""
    return [
        User.password_hash.set(password_hash),
        User.password_changed_at.set(clock.now()),
        *VOID_RESET_TOKEN,
        User.updated_at.set(clock.now()),
    ]


def is_active(user: User | None) -> bool:
    """Say whether there is such an account and it is not disabled."""
    return user is not None and user.status == ACTIVE
