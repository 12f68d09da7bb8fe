"""Sign an account out: end all its sessions, or one."""

from accounts.access import session_ends, sessions
from accounts.storage.tables import User
from infra.manage.problems import RefusedError

WHY = "ended_by_operator"


def end(user: User, session_id: str | None) -> int:
    """End the account's live sessions, or this one, and return how many those were.

    Raises:
        RefusedError: it has no such session.
        UnavailableError: DynamoDB did not answer.
    """
    if session_id is None:
        return session_ends.end_live(user.id, WHY)
    if session_id not in {session.session_id for session in sessions.live(user.id)}:
        raise RefusedError(
            f"{user.email} has no session {session_id}. To see which there are, run:"
            f" list-sessions {user.id}"
        )
    session_ends.end(user.id, session_id, WHY)
    return 1
