"""Sessions ("seances"): the devices an account is signed in on.

An account's own item lists the ids of its sessions, so that a change to the account can end
them all, by key, in its own transaction.
"""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from accounts import audit, clock, opaque, settings
from accounts.errors import SessionEndedError, UnavailableError
from accounts.opaque import RefreshToken
from accounts.tables import User, UserSession
from accounts.tokens import Kind
from accounts.transactions import (
    ATTEMPTS,
    Change,
    Check,
    ConditionFailedError,
    Delete,
    Put,
    Update,
    back_off,
    write,
)

SESSION_ID_BYTES = 16
SESSION_ID = re.compile(r"[A-Za-z0-9_-]{22}")
USER_AGENT_LENGTH = 256


@dataclass(frozen=True)
class Client:
    """Where a request came from."""

    ip_address: str
    user_agent: str


def is_live(session: UserSession) -> bool:
    """Say whether the session has time left; DynamoDB keeps expired items for days."""
    return bool(session.expires_at > clock.now())


def new_session(user: User, client: Client) -> tuple[UserSession, RefreshToken]:
    """Return a person's session, not yet stored, and its refresh token."""
    session = _session(user, client, Kind.USER)
    token = RefreshToken(
        user.id, session.session_id, family=opaque.new_secret(), secret=opaque.new_secret()
    )
    session.refresh_family_hash = opaque.digest(token.family)
    session.refresh_token_hash = opaque.digest(token.secret)
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
    a change to the account only one can be first. More sessions than allowed end the oldest.

    Raises:
        ConditionFailedError: the user is no longer as read.
        UnavailableError: DynamoDB did not answer.
    """
    kept, surplus = _make_room(user)
    listed = User.session_ids.set([*kept, session.session_id])
    write(
        Update(user, User.version == user.version, [*_moved_on(user), listed, *actions]),
        Put(session, UserSession.session_id.does_not_exist()),
        *(Delete(old) for old in surplus),
        audit.recorded(
            user.id, "session_begun", session_id=session.session_id, surplus_ended=len(surplus)
        ),
        *also,
    )


def live(user_id: int) -> list[UserSession]:
    """Return the user's live sessions, newest first.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    sessions = [session for session in UserSession.find_all(user_id) if is_live(session)]
    return sorted(sessions, key=lambda session: session.created_at, reverse=True)


def end(user_id: int, session_id: str, why: str) -> None:
    """End the user's session; one that is over or not theirs does not exist here.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    if not SESSION_ID.fullmatch(session_id):
        return
    try:
        write(*ending(UserSession(user_id=user_id, session_id=session_id), why))
    except ConditionFailedError:
        # it had ended already, which is what was wanted
        return


def ending(session: UserSession, why: str) -> Sequence[Change]:
    """Return the changes that end a session that still exists, for the caller's transaction."""
    return [
        Delete(session, UserSession.session_id.exists()),
        audit.recorded(session.user_id, "session_ended", session_id=session.session_id, why=why),
    ]


def end_live(user_id: int, why: str) -> int:
    """End all of the user's live sessions, and return how many those were.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    return _end_at_once(lambda: live(user_id), why)


def end_others(current: UserSession) -> int:
    """End all of the user's live sessions but this one, and return how many those were.

    Raises:
        SessionEndedError: this one has ended meanwhile, and may end no other any more.
        UnavailableError: DynamoDB did not answer.
    """
    try:
        return _end_at_once(
            lambda: [s for s in live(current.user_id) if s.session_id != current.session_id],
            "ended_by_user",
            still_there(current),
        )
    except ConditionFailedError as error:
        raise SessionEndedError from error


def still_there(session: UserSession) -> Check:
    """Return the condition that the session has not ended, for the caller's transaction.

    For what a person does to their own account: a request that was on its way when its session
    was ended must have no effect after that was answered.
    """
    return Check(session, UserSession.session_id.exists())


def _end_at_once(find: Callable[[], Sequence[UserSession]], why: str, *conditions: Check) -> int:
    for attempt in range(1, ATTEMPTS + 1):
        if not (sessions := find()):
            return 0
        event = audit.recorded(sessions[0].user_id, "sessions_ended", count=len(sessions), why=why)
        ends = [Delete(session, UserSession.session_id.exists()) for session in sessions]
        try:
            write(*conditions, *ends, event)
        except ConditionFailedError as error:
            if set(conditions) & set(error.failed):
                raise
            # somebody else ended one, and that is on record
            back_off(attempt)
        else:
            return len(sessions)
    raise UnavailableError


def ending_all(
    user: User,
    actions: Sequence[Action],
    condition: Condition | None = None,
    *,
    spare: str | None = None,
) -> Sequence[Change]:
    """Return the changes that do ``actions`` to the user and end every session but ``spare``.

    They stand on the user being as read, and on ``condition``: a log-in moves the version, so
    none can slip between. The user's own list of session ids names every session there is.
    """
    as_read = User.version == user.version
    if condition is not None:
        as_read &= condition
    listed = User.session_ids.set([spare] if spare else [])
    return [
        Update(user, as_read, [*_moved_on(user), listed, *actions]),
        *deleting_all(user, spare=spare),
    ]


def deleting_all(user: User, *, spare: str | None = None) -> Sequence[Change]:
    """Return the changes that delete the sessions that the user, as read, has."""
    ids = [session_id for session_id in user.session_ids or [] if session_id != spare]
    return [Delete(UserSession(user_id=user.id, session_id=session_id)) for session_id in ids]


def _moved_on(user: User) -> Sequence[Action]:
    return (User.version.set(user.version + 1),)


def _session(user: User, client: Client, kind: Kind) -> UserSession:
    now = clock.now()
    return UserSession(
        user_id=user.id,
        session_id=secrets.token_urlsafe(SESSION_ID_BYTES),
        kind=kind,
        role=user.role,
        email=user.email,
        name=user.name,
        user_created_at=user.created_at,
        ip_address=client.ip_address,
        user_agent=client.user_agent[:USER_AGENT_LENGTH],
        created_at=now,
        last_activity=now,
        cursor_key=opaque.new_secret(),
    )


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
    return [session.session_id for session in kept], surplus
