"""Finding accounts."""

from accounts.tables import User, UserEmail

ACTIVE = "active"
# ids begin at 1, so this one belongs to nobody
_NOBODY = 0


def find_by_email(email: str) -> User | None:
    """Return the account with this canonical e-mail, or None, after the same two reads.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    owner = UserEmail.find(email)
    return User.find(owner.user_id if owner else _NOBODY)


def is_active(user: User | None) -> bool:
    """Say whether there is such an account and it is not disabled."""
    return user is not None and user.status == ACTIVE
