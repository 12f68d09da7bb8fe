"""Proving once more who one is, on a session that began some time ago."""

from accounts import clock
from accounts.access import present_password
from accounts.access.authentication import Principal
from accounts.errors import SessionEndedError
from accounts.storage import audit
from accounts.storage.tables import UserSession
from accounts.storage.transactions import ConditionFailedError, Update, write


def confirm(caller: Principal, password: str) -> None:
    """Have the caller's session count as recently proved from now on, by their password.

    Wrong guesses are slowed down, by session, so that a stolen access token is no way around the
    limits of log-ins.

    Raises:
        ValidationFailedError: this is not the password.
        TooManyRequestsError: too many wrong passwords.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    present_password.admit(caller)
    user = present_password.verified(caller, password, field="passw")
    session = caller.session
    actions = [UserSession.proved_at.set(clock.now())]
    proved = Update(session, UserSession.session_id.exists(), actions)
    event = audit.event(user.id, "identity_confirmed", session_id=session.session_id)
    try:
        write(proved, *present_password.clear_failures(caller), event)
    except ConditionFailedError as error:
        raise SessionEndedError from error
