"""Addresses that are not confirmed: those of accounts, and those of sign-ups that wait."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from accounts import clock
from accounts.access import confirmed_emails, new_accounts, roles
from accounts.access.waiting_sign_ups import Waiting
from accounts.errors import UserExistsError
from accounts.mail import orders
from accounts.storage import addresses, audit, users
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import User, WaitingSignUps
from accounts.storage.transactions import retried, write
from infra.manage import user_accounts
from infra.manage.operating import account, canonical, find
from infra.manage.problems import RefusedError
from infra.manage.user_accounts import Link


@dataclass(frozen=True)
class Unconfirmed:
    """An address that is not confirmed: an account's, since then, or a sign-up's, until then."""

    email: str
    name: str
    user_id: int | None
    since: datetime | None
    until: datetime | None


def unconfirmed() -> Iterator[Unconfirmed]:
    """Yield all that there are, having read every account.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    with unavailable_on_failure():
        for user in User.scan(User.email_unconfirmed == True):  # noqa: E712 - what DynamoDB compares
            yield Unconfirmed(user.email, user.name, user.id, user.created_at, None)
        for record in WaitingSignUps.scan(WaitingSignUps.token.startswith(WaitingSignUps.PREFIX)):
            email = record.token.removeprefix(WaitingSignUps.PREFIX)
            # answered like all others, but waiting for nothing
            if addresses.is_taken(email):
                continue
            for person in record.people:
                # DynamoDB keeps expired items for days
                if person.until > clock.now():
                    yield Unconfirmed(email, person.name, None, None, person.until)


def confirm(whom: str) -> Link | None:
    """Have the address count, and return a link that sets a password if it is of a sign-up.

    The account that it becomes has no password: nobody has shown who chose the one that waits.

    Raises:
        RefusedError: there is no such account or sign-up, or its address is confirmed.
        UnavailableError: DynamoDB did not answer.
    """
    user = find(whom)
    if user is None:
        return _let_in(canonical(whom))
    _require_unconfirmed(user)
    retried(lambda: write(*confirmed_emails.changes(account(str(user.id)))))
    return None


def resend(whom: str) -> str:
    """Order the mail with the link again, and return the address that it goes to.

    Raises:
        RefusedError: there is no such account or sign-up, or its address is confirmed.
        UnavailableError: DynamoDB or the queue did not answer.
    """
    user = find(whom)
    if user is None:
        waiting = _waiting(canonical(whom))
        orders.sign_up(waiting.email, waiting.people[-1].language)
        return waiting.email
    _require_unconfirmed(user)
    event = audit.event(user.id, "confirmation_resent")
    orders.account_created(user, event)
    write(event)
    return user.email


def _let_in(email: str) -> Link:
    waiting = _waiting(email)
    latest = waiting.people[-1]
    user = new_accounts.new_user(email, latest.name, roles.DEFAULT, None)
    user.language = latest.language
    try:
        retried(lambda: new_accounts.create(user, _waiting(email).ended()))
    except UserExistsError as error:
        raise RefusedError(f"{email} has an account by now.") from error
    return user_accounts.invitation_link(email)


def _waiting(email: str) -> Waiting:
    waiting = Waiting.at(email)
    if not waiting.people:
        raise RefusedError(f"There is no account {email}, and nobody waits to confirm it.")
    return waiting


def _require_unconfirmed(user: User) -> None:
    if users.has_confirmed_email(user):
        raise RefusedError(f"The address of {user.email} is confirmed.")
