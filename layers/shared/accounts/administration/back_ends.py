"""Accounts of back-ends: no password, a role for services, tokens that live for months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts import clock
from accounts.access import grants, new_accounts, roles, sessions
from accounts.access.authentication import Principal
from accounts.access.sessions import Client
from accounts.credentials import signing
from accounts.errors import UserExistsError
from accounts.storage import audit, users
from accounts.storage.tables import User
from accounts.storage.transactions import retried


@dataclass(frozen=True)
class BackEnd:
    """A back-end that needs a token. ``email``, canonical, tells back-ends apart."""

    email: str
    name: str
    role: str
    seconds: int


@dataclass(frozen=True)
class ServiceToken:
    """A service token as given out, once; its session can be listed and ended like any other."""

    user_id: int
    session_id: str
    access_token: str
    expires_at: datetime


def issue_token(back_end: BackEnd, caller: Principal, client: Client) -> ServiceToken:
    """Return a new token for the back-end, whose account is made if there is none.

    Raises:
        PermissionMissingError: the role permits what the caller may not.
        ValidationFailedError: the role is not one for services.
        TooManyServiceTokensError: the back-end has as many as it may.
        UserExistsError: the e-mail belongs to a person, or to a back-end with another role.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    grants.require_may_give(back_end.role, users.SERVICE, caller)
    roles.require_for_back_ends(back_end.role)
    permissions = roles.permissions_of(back_end.role)
    return retried(lambda: _issue(back_end, permissions, client))


def _issue(back_end: BackEnd, permissions: Sequence[str], client: Client) -> ServiceToken:
    user = _account(back_end)
    session = sessions.new_service_session(user, client)
    session.expires_at = clock.now() + timedelta(seconds=back_end.seconds)
    token = signing.access_token(session, permissions, back_end.seconds)
    sessions.begin(user, session, (), audit.event(user.id, "service_token_issued"))
    return ServiceToken(user.id, session.session_id, token, session.expires_at)


def _account(back_end: BackEnd) -> User:
    user = users.find_by_email(back_end.email)
    if user is None:
        user = new_accounts.new_user(
            back_end.email, back_end.name, back_end.role, None, kind=users.SERVICE
        )
        try:
            new_accounts.create(user)
        except UserExistsError:
            # perhaps by a request for the same back-end, at the same moment
            user = users.find_by_email(back_end.email)
            if user is None:
                # the address is kept for an account that may come back to it
                raise
    if (user.kind, user.role) != (users.SERVICE, back_end.role) or not users.is_active(user):
        raise UserExistsError
    return user
