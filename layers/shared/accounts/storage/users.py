"""Accounts: finding them, and what changes them."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from accounts import clock
from accounts.storage import places
from accounts.storage.dynamodb import find_all_of
from accounts.storage.tables import EmailChange, User, UserEmail

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


def owner_of_token(user_id: int | None, epoch: int | None) -> User | None:
    """Return the active account that a token is of, unless its credentials have changed since.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    user = User.find(user_id)
    is_good = user is not None and is_active(user) and user.credentials_epoch == epoch
    return user if is_good else None


def find_many(ids: Sequence[int]) -> Sequence[User]:
    """Return those of up to a hundred accounts that are there, in this order, read consistently.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    keys = [User(id=user_id) for user_id in dict.fromkeys(ids)]
    found = {user.id: user for user in find_all_of(keys)}
    return [found[user_id] for user_id in ids if user_id in found]


def last_log_in(user: User) -> datetime | None:
    """Return when somebody last logged in to the account, as far as that was noted."""
    # PynamoDB has no type for an attribute that may be missing
    place: str | None = user.last_log_in
    return places.moment(place) if place else None


# the tokens that are out are of another epoch from now on
VOID_TOKENS: Sequence[Action] = (User.credentials_epoch.add(1),)

# the address counts as its owner's
CONFIRMED: Sequence[Action] = (User.email_unconfirmed.remove(),)

WITHOUT_PASSWORD: Sequence[Action] = (
    User.password_hash.remove(),
    User.password_changed_at.remove(),
)


def new_password(password_hash: str) -> Sequence[Action]:
    """Return what a new password does to an account; no reset token survives it."""
    return [
        User.password_hash.set(password_hash),
        User.password_changed_at.set(clock.now()),
        *VOID_TOKENS,
        User.updated_at.set(clock.now()),
    ]


def is_in_epoch(user: User) -> Condition:
    """Return the condition that nothing has voided the account's tokens since it was read."""
    epoch = User.credentials_epoch == user.credentials_epoch
    if not user.credentials_epoch:
        # accounts from before there were epochs are in the first
        epoch |= User.credentials_epoch.does_not_exist()
    in_epoch: Condition = User.id.exists() & epoch
    return in_epoch


def has_confirmed_email(user: User) -> bool:
    """Say whether the address counts: confirmed by its owner, or vouched for by a back-end."""
    return not user.email_unconfirmed


def pending_email(user: User) -> str | None:
    """Return the address that the account will have once it is confirmed, if there is one."""
    # PynamoDB has no type for an attribute that may be missing
    change: EmailChange | None = user.pending_email_change
    if change is None or change.epoch != user.credentials_epoch or change.until <= clock.now():
        return None
    return change.email


def undoable_changes(user: User) -> Sequence[EmailChange]:
    """Return the changes of address that may still be taken back, oldest first."""
    return [change for change in user.email_changes or [] if change.until > clock.now()]


def is_active(user: User | None) -> bool:
    """Say whether there is such an account and it is not disabled."""
    return user is not None and user.status == ACTIVE
