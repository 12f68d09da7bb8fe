"""People's accounts: making administrators, links to set a password, disabling and enabling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts import settings
from accounts.access import new_accounts, roles
from accounts.access import second_factors as factors
from accounts.administration import accounts, deletion, second_factors
from accounts.administration.accounts import Changes
from accounts.credentials import reset_tokens
from accounts.errors import UserExistsError
from accounts.storage import users
from accounts.storage.tables import User
from accounts.storage.transactions import retried
from infra.manage.operating import OPERATOR, account, canonical, find, readable
from infra.manage.problems import RefusedError


@dataclass(frozen=True)
class Link:
    """A link that sets a password, once, until it expires."""

    url: str
    expires_at: datetime


def create_administrator(email: str, name: str) -> Link:
    """Create an administrator without a password and return the link that sets one.

    Raises:
        RefusedError: the e-mail or the name cannot be used, or the e-mail has an account.
        UnavailableError: DynamoDB did not answer.
    """
    email = canonical(email)
    user = new_accounts.new_user(email, readable(name), roles.ADMINISTRATOR, None)
    try:
        new_accounts.create(user)
    except UserExistsError as error:
        raise RefusedError(
            f"{email} has an account already."
            f" To let its owner set a new password, run: reset-link {email}"
        ) from error
    return invitation_link(email)


def invitation_link(email: str) -> Link:
    """Return a link that sets the password of a new account, good as long as an invitation.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    return retried(lambda: _link(account(email), settings.current().invitation_seconds))


def reset_link(email: str) -> Link:
    """Return a link that sets a new password; earlier ones stay good.

    Raises:
        RefusedError: there is no such account, or it is one that has no password to set.
        UnavailableError: DynamoDB did not answer.
    """
    return retried(lambda: _reset_link(canonical(email)))


def _reset_link(email: str) -> Link:
    user = account(email)
    if user.kind != users.PERSON:
        raise RefusedError(f"{user.email} is a back-end. For a token, run: issue-service-token")
    if not users.is_active(user):
        raise RefusedError(f"{user.email} is disabled. To change that, run: enable {user.id}")
    return _link(user, settings.current().reset_token_seconds)


def set_status(whom: str, status: str) -> tuple[User, bool]:
    """Give the account the status; return it, and whether it had another before.

    Raises:
        RefusedError: there is no such account.
        LastAdministratorError: nobody would be left to administer.
        UnavailableError: DynamoDB did not answer.
    """
    user = account(whom)
    if user.status == status:
        return user, False
    return accounts.update(user.id, Changes(status=status), OPERATOR), True


def set_role(whom: str, role: str) -> tuple[User, bool]:
    """Give the account the role; return it, and whether it had another before.

    Raises:
        RefusedError: there is no such account.
        ValidationFailedError: there is no such role, or it is not for accounts of this kind.
        LastAdministratorError: nobody would be left to administer.
        UnavailableError: DynamoDB did not answer.
    """
    user = account(whom)
    if user.role == role:
        return user, False
    return accounts.update(user.id, Changes(role=role), OPERATOR), True


def delete(whom: str) -> User | None:
    """Delete the account and return what it was; None where there is none.

    Raises:
        RefusedError: it is neither an e-mail nor an id.
        LastAdministratorError: nobody would be left to administer.
        UnavailableError: DynamoDB or the queue of mails did not answer.
    """
    if (user := find(whom)) is not None:
        deletion.delete(user.id, OPERATOR)
    return user


def reset_second_factors(whom: str) -> tuple[User, Sequence[str]]:
    """Remove every second factor of the account; return it, and which ones it had.

    Raises:
        RefusedError: there is no such account.
        UnavailableError: DynamoDB or the queue of mails did not answer.
    """
    user = account(whom)
    names = factors.names(user)
    return user, names if second_factors.reset(user.id, OPERATOR) else ()


def _link(user: User, seconds: int) -> Link:
    token = reset_tokens.issue(user, seconds)
    # behind the #, as in our mails: no server's log gets to see it
    page = settings.mail().reset_page_url
    return Link(f"{page}#reset_token={token.reset_token}", token.expires_at)
