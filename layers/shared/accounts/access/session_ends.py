"""Ending sessions: one, some, or all that an account has."""

import re
from collections.abc import Sequence

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from accounts.access.sessions import live, moved_on, of_refresh_token
from accounts.credentials.opaque import NotATokenError, RefreshToken
from accounts.errors import SessionEndedError
from accounts.storage import audit
from accounts.storage.tables import User, UserSession
from accounts.storage.transactions import (
    Change,
    Check,
    ConditionFailedError,
    Delete,
    Update,
    retried,
    write,
)

SESSION_ID = re.compile(r"[A-Za-z0-9_-]{22}")


def end(user_id: int, session_id: str, why: str) -> None:
    """End the user's session; one that is over or not theirs does not exist here.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    if not SESSION_ID.fullmatch(session_id):
        return
    try:
        write(*end_changes(UserSession(user_id=user_id, session_id=session_id), why))
    except ConditionFailedError:
        # it had ended already, which is what was wanted
        return


def end_replaced(refresh_token: str) -> None:
    """End the session that a browser had before it began another, if it is one and is live.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    try:
        session = of_refresh_token(RefreshToken.read(refresh_token))
    except (NotATokenError, SessionEndedError):
        return
    end(session.user_id, session.session_id, "replaced")


def end_changes(session: UserSession, why: str) -> Sequence[Change]:
    """Return the changes that end a session that still exists, for the caller's transaction."""
    return [
        Delete(session, UserSession.session_id.exists()),
        audit.event(session.user_id, "session_ended", session_id=session.session_id, why=why),
    ]


def end_live(user_id: int, why: str) -> int:
    """End all of the user's live sessions, and return how many those were.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    return retried(lambda: _end_at_once(live(user_id), why))


def end_others(current: UserSession) -> int:
    """End all of the user's live sessions but this one, and return how many those were.

    Raises:
        SessionEndedError: this one has ended meanwhile, and may end no other any more.
        UnavailableError: DynamoDB did not answer.
    """
    condition = session_exists(current)

    def end_them() -> int:
        others = [s for s in live(current.user_id) if s.session_id != current.session_id]
        try:
            return _end_at_once(others, "ended_by_user", condition)
        except ConditionFailedError as error:
            if condition in error.failed:
                raise SessionEndedError from error
            raise

    return retried(end_them)


def session_exists(session: UserSession) -> Check:
    """Return the condition that the session has not ended, for the caller's transaction.

    For what a person does to their own account: a request that was on its way when its session
    was ended must have no effect after that was answered.
    """
    return Check(session, UserSession.session_id.exists())


def _end_at_once(sessions: Sequence[UserSession], why: str, *conditions: Check) -> int:
    if not sessions:
        return 0
    event = audit.event(sessions[0].user_id, "sessions_ended", count=len(sessions), why=why)
    # if somebody else ends one first, that is on record, and it does not count here
    ends = [Delete(session, UserSession.session_id.exists()) for session in sessions]
    write(*conditions, *ends, event)
    return len(sessions)


def end_all_changes(
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
        Update(user, as_read, [*moved_on(user), listed, *actions]),
        *delete_all_changes(user, spare=spare),
    ]


def delete_all_changes(user: User, *, spare: str | None = None) -> Sequence[Change]:
    """Return the changes that delete the sessions that the user, as read, has."""
    ids = [session_id for session_id in user.session_ids or [] if session_id != spare]
    return [Delete(UserSession(user_id=user.id, session_id=session_id)) for session_id in ids]
