"""Leaving: deleting one's own account."""

from accounts import settings
from accounts.access import account_changes
from accounts.access.authentication import Principal
from accounts.access.deletion import deletion_changes
from accounts.errors import OwnChangesOffError, SessionEndedError
from accounts.mail import orders
from accounts.storage import audit, trails
from accounts.storage.tables import User, UserSession
from accounts.storage.transactions import ConditionFailedError, Delete, retried


def delete(caller: Principal) -> None:
    """Delete the caller's account with every personal datum but the trail of what was done.

    All at once, for who has no account any more cannot ask again for the rest: where they were is
    taken out of the trail by the sender of the mail that tells of it.

    Raises:
        OwnChangesOffError: people do not delete their accounts themselves here.
        LastAdministratorError: nobody would be left to administer.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB or the queue did not answer.
    """
    if not settings.current().own_deletion:
        raise OwnChangesOffError
    retried(lambda: _delete(caller))


def _delete(caller: Principal) -> None:
    user = User.find(caller.user_id)
    if user is None:
        raise SessionEndedError
    session = caller.session
    caller.session_conditions(within=user.session_ids or [])
    event = audit.event(user.id, trails.DELETED)
    orders.account_deleted(user, event)
    # signed out while this request was on its way, a device must have no effect
    own = Delete(session, UserSession.session_id.exists())
    others = deletion_changes(user, spare=session.session_id)
    try:
        account_changes.commit([own, *others, event])
    except ConditionFailedError as error:
        if own in error.failed:
            raise SessionEndedError from error
        raise
