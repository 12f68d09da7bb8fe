"""From a verified token to who is calling.

A session that exists, has not expired and carries the role that a token claims *is* the
permission to act, so ending one takes effect on the next request.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from accounts import clock, settings
from accounts.access import roles, sessions
from accounts.access.session_ends import session_exists
from accounts.access.sessions import is_live
from accounts.credentials.opaque import NotATokenError, RefreshToken
from accounts.credentials.tokens import Claims, Kind
from accounts.errors import SessionEndedError, TokenInvalidError
from accounts.storage.tables import UserSession
from accounts.storage.transactions import (
    Change,
    Check,
    ConditionFailedError,
    Update,
    write,
    write_alone,
)


class Principal(NamedTuple):
    """Who is calling, and what they may do."""

    session: UserSession
    permissions: tuple[str, ...]

    @property
    def user_id(self) -> int:
        """Return the caller's account."""
        return self.session.user_id

    @property
    def is_service(self) -> bool:
        """Say whether a back-end is calling rather than a person."""
        return self.session.kind == Kind.SERVICE

    @property
    def is_operator(self) -> bool:
        """Say whether an operator is calling, who has no account and no session."""
        return not self.session.session_id

    def session_conditions(self, *, within: Sequence[str] | None = None) -> Sequence[Check]:
        """Return the conditions that abort a transaction if the caller's session has ended.

        Else who is being stopped could undo it by a request that is on its way. ``within`` are
        the sessions of an account that the transaction changes as read, if it is their own: they
        tell as much, and DynamoDB takes only one part an item.

        Raises:
            SessionEndedError: it has ended already.
        """
        if self.is_operator:
            return ()
        if within is None:
            return [session_exists(self.session)]
        if self.session.session_id not in within:
            raise SessionEndedError
        return ()


def raise_if_session_ended(error: ConditionFailedError) -> None:
    """Return if a transaction failed for another reason than the caller's ended session.

    Raises:
        SessionEndedError: the caller's session has ended meanwhile.
    """
    if any(isinstance(change, Check) for change in error.failed):
        raise SessionEndedError from error


def write_as(caller: Principal, *changes: Change) -> None:
    """Do all changes as the caller, whose session must not have ended, or none of them.

    Raises:
        ConditionFailedError: something is not as it was read.
        SessionEndedError: the caller's session has ended meanwhile.
        UnavailableError: DynamoDB did not answer.
    """
    try:
        write(*changes, *caller.session_conditions())
    except ConditionFailedError as error:
        raise_if_session_ended(error)
        raise


def authenticate(kind: Kind, claims: Claims, *, governing: bool = False) -> Principal:
    """Return the caller whose verified token this is: one strongly consistent read.

    A caller who is ``governing``, and any back-end, may do what their role permits now, which is
    a second read: else a token that is older than a change could undo it. A back-end may never
    do more than the built-in role for back-ends does: where it has another, a third read.

    Raises:
        SessionEndedError: the session is gone, has expired or is of another role by now.
        UnavailableError: DynamoDB did not answer.
    """
    session = UserSession.find(claims.user_id, claims.sid)
    if session is None or not is_live(session):
        raise SessionEndedError
    if (session.kind, session.role) != (kind, claims.role):
        raise SessionEndedError
    _note_activity(session)
    if governing or kind == Kind.SERVICE:
        return Principal(session, _permitted_now(session))
    return Principal(session, claims.permissions)


def by_refresh_token(text: str) -> Principal:
    """Return whose session this refresh token belongs to; they may do nothing but end it.

    It need not be the newest one: a replay would end the session just as well.

    Raises:
        TokenInvalidError: the text is no refresh token.
        SessionEndedError: the session is over.
        UnavailableError: DynamoDB did not answer.
    """
    try:
        token = RefreshToken.read(text)
    except NotATokenError as error:
        raise TokenInvalidError from error
    return Principal(sessions.of_refresh_token(token), ())


def _permitted_now(session: UserSession) -> tuple[str, ...]:
    role = roles.find(session.role)
    if session.kind != Kind.SERVICE:
        # a person who was given a role of back-ends before these were kept apart
        return () if role.back_end else tuple(role.permissions)
    permissions = tuple(role.permissions)
    if session.role == roles.SERVICE:
        return permissions
    # the role was a narrow one when the back-end got it, which either may have changed since
    return roles.shared(permissions, roles.permissions_of(roles.SERVICE))


def _note_activity(session: UserSession) -> None:
    now = clock.now()
    if now < session.last_activity + timedelta(seconds=settings.current().activity_seconds):
        return
    noted = Update(session, UserSession.session_id.exists(), [UserSession.last_activity.set(now)])
    try:
        # which may come twice
        write_alone(noted)
    except ConditionFailedError as error:
        # it ended while this request was on its way
        raise SessionEndedError from error
