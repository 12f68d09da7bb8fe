"""Sessions ("seances"): the devices an account is signed in on.

An account's own item lists the ids of its sessions, so that a change to the account can end
them all, by key, in its own transaction.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pynamodb.expressions.update import Action

from accounts import clock, settings
from accounts.access import rotations
from accounts.credentials import opaque, tokens
from accounts.credentials.opaque import RefreshToken
from accounts.credentials.tokens import Kind
from accounts.errors import SessionEndedError, TooManyServiceTokensError
from accounts.storage import audit, users
from accounts.storage.tables import User, UserSession
from accounts.storage.transactions import (
    Change,
    Delete,
    Put,
    Update,
    write,
)

SESSION_ID_BYTES = 16
CURSOR_KEY_BYTES = 16
USER_AGENT_BYTES = 256


class Client(NamedTuple):
    """Where a request came from."""

    ip_address: str
    user_agent: str


def is_live(session: UserSession) -> bool:
    """Say whether the session has time left; DynamoDB keeps expired items for days."""
    return bool(session.expires_at > clock.now())


def new_session(
    user: User, client: Client, amr: Sequence[str] = ("pwd",)
) -> tuple[UserSession, RefreshToken]:
    """Return a person's session, not yet stored, and its refresh token.

    ``amr`` is how they have proved who they are (RFC 8176).
    """
    session = _session(user, client, Kind.USER)
    session.amr = " ".join(amr)
    token = RefreshToken(
        user.id, session.session_id, family=opaque.new_secret(), secret=opaque.new_secret()
    )
    rotations.begin(session, token)
    session.expires_at = expiry(session, session.created_at)
    return session, token


def new_service_session(user: User, client: Client) -> UserSession:
    """Return a back-end's session, not yet stored; nothing prolongs it."""
    session = _session(user, client, Kind.SERVICE)
    seconds = settings.current().service_token_seconds
    session.expires_at = session.created_at + timedelta(seconds=seconds)
    return session


def expiry(session: UserSession, refreshed_at: datetime) -> datetime:
    """Return when a person's session ends if it is refreshed then: idle or absolute limit."""
    limits = settings.current()
    idle = refreshed_at + timedelta(seconds=limits.refresh_idle_seconds)
    absolute = session.created_at + timedelta(seconds=limits.session_seconds)
    return min(idle, absolute)


def begin(user: User, session: UserSession, actions: Sequence[Action] = (), *also: Change) -> None:
    """Store the session, together with ``actions`` on the user and what is to be done ``also``.

    Stands on the user being as read: the version is a condition and moves on, so of a log-in and
    a change to the account only one can be first. More sessions than allowed end the oldest of a
    person's; a back-end has to end one itself.

    Raises:
        TooManyServiceTokensError: a back-end has as many live sessions as it may.
        ConditionFailedError: the user is no longer as read.
        UnavailableError: DynamoDB did not answer.
    """
    kept, surplus = _make_room(user)
    listed = User.session_ids.set([*kept, session.session_id])
    write(
        Update(user, User.version == user.version, [*moved_on(user), listed, *actions]),
        Put(session, UserSession.session_id.does_not_exist()),
        *(Delete(old) for old in surplus),
        audit.event(
            user.id, "session_begun", session_id=session.session_id, surplus_ended=len(surplus)
        ),
        *also,
    )


def of_refresh_token(token: RefreshToken) -> UserSession:
    """Return the live session that the token, or one it replaced, was given out for.

    Raises:
        SessionEndedError: there is none.
        UnavailableError: DynamoDB did not answer.
    """
    return require_of(token, UserSession.find(token.user_id, token.session_id))


def require_of(token: RefreshToken, session: UserSession | None) -> UserSession:
    """Return the session, as read by who holds the token, if it is live and the token's.

    Raises:
        SessionEndedError: it is not.
    """
    if session is None or not is_live(session) or not rotations.is_of(session, token):
        raise SessionEndedError
    return session


def live(user_id: int) -> list[UserSession]:
    """Return the user's live sessions, newest first.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    sessions = [session for session in UserSession.find_all(user_id) if is_live(session)]
    return sorted(sessions, key=lambda session: session.created_at, reverse=True)


def moved_on(user: User) -> Sequence[Action]:
    """Return what a change to the account, or a log-in, does to its version."""
    return (User.version.set(user.version + 1),)


def proved(session: UserSession, amr: Sequence[str]) -> Action:
    """Return what one more proof, of this sort (RFC 8176), does to a session."""
    before = tokens.proofs(session) or ()
    return UserSession.amr.set(" ".join(dict.fromkeys((*before, *amr))))


def _session(user: User, client: Client, kind: Kind) -> UserSession:
    now = clock.now()
    return UserSession(
        user_id=user.id,
        session_id=secrets.token_urlsafe(SESSION_ID_BYTES),
        kind=kind,
        role=user.role,
        email=user.email,
        email_unconfirmed=user.email_unconfirmed,
        name=user.name,
        language=user.language,
        user_created_at=user.created_at,
        ip_address=client.ip_address,
        user_agent=_cut(client.user_agent),
        created_at=now,
        last_activity=now,
        cursor_key=secrets.token_urlsafe(CURSOR_KEY_BYTES),
    )


def _cut(user_agent: str) -> str:
    return user_agent.encode(errors="ignore")[:USER_AGENT_BYTES].decode(errors="ignore")


def _make_room(user: User) -> tuple[Sequence[str], Sequence[UserSession]]:
    # the list may name sessions that are long over: only when it is full is that looked into
    most = settings.current().sessions_per_user
    ids = user.session_ids or []
    if len(ids) < most:
        return ids, ()
    by_worth = sorted(
        UserSession.find_all(user.id),
        key=lambda session: (is_live(session), session.created_at),
        reverse=True,
    )
    kept, surplus = by_worth[: most - 1], by_worth[most - 1 :]
    # a person notices that a device was signed out; a back-end would only stop working
    if user.kind == users.SERVICE and surplus and is_live(surplus[0]):
        raise TooManyServiceTokensError
    return [session.session_id for session in kept], surplus
