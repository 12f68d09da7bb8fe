"""A new address for one's account: confirmed by who reads its mail, taken back by who did before.

Whoever took an account over, by its password or as an administrator, can move its address. So
the one before decides: for a week its owner can undo that, whatever was done since, and is the
only one who can get in afterwards.
"""

from pynamodb.expressions.update import Action

from accounts import clock, settings
from accounts.access import account_changes, email_changes
from accounts.access.authentication import Principal
from accounts.access.email_changes import NoSuchChangeError
from accounts.access.sessions import Client
from accounts.credentials import budgets, one_time_tokens
from accounts.credentials.one_time_tokens import Kind, OpenToken, TokenInvalidError
from accounts.credentials.reset_tokens import ResetToken
from accounts.errors import (
    EmailTokenInvalidError,
    OwnChangesOffError,
    UndoTokenInvalidError,
)
from accounts.mail import limits, orders
from accounts.storage import audit
from accounts.storage.tables import User, UserEmail
from accounts.storage.transactions import ConditionFailedError, retried, write


def begin(email: str, caller: Principal) -> None:
    """Have the caller's account wait for this address to be confirmed, and tell both addresses.

    Whose the address is, is not looked up: that is for who reads its mail to know. The present
    one calls off what was begun, and nobody is told.

    Raises:
        OwnChangesOffError: people do not change their address themselves here.
        TooManyRequestsError: the caller has asked for too many of late.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB or the queue did not answer.
    """
    if not settings.current().own_email:
        raise OwnChangesOffError
    if email != caller.session.email:
        limits.spend_person(caller.user_id)
    retried(lambda: _begin(email, caller))


def confirm(user: User, token: OpenToken) -> None:
    """Give the account its new address, which the token confirms, and end all its sessions.

    Raises:
        EmailTokenInvalidError: there is no such change, or the address is somebody else's by now.
        ConditionFailedError: the account or the token is not as read.
        UnavailableError: DynamoDB or the queue did not answer.
    """
    try:
        move = email_changes.confirmed(user, token)
    except NoSuchChangeError as error:
        raise EmailTokenInvalidError from error
    event = audit.event(user.id, "email_changed")
    orders.email_changed(user, move.email, event)
    try:
        write(*move.changes, event)
    except ConditionFailedError as error:
        failed = {type(change.item) for change in error.failed}
        # of an account that is as it was read, so the address is somebody else's
        if UserEmail in failed and User not in failed:
            raise EmailTokenInvalidError from error
        raise


def undo(text: str, client: Client) -> ResetToken:
    """Give the account back the address before the change that the undo token is for.

    A change that is not confirmed yet is called off. Either way every session ends, and every
    other token and the password are void; the reset token that is returned is good for a new one.

    Raises:
        UndoTokenInvalidError: the token is unknown, used, void or expired.
        TooManyRequestsError: that, too often from this source address.
        UnavailableError: DynamoDB or the queue did not answer.
    """
    try:
        return retried(lambda: _undo(text))
    except UndoTokenInvalidError:
        budgets.spend("undo", client.ip_address)
        raise


def _begin(email: str, caller: Principal) -> None:
    user = account_changes.callers_account(caller)
    is_present = email == user.email
    outcome = "called off" if is_present else "to be confirmed"
    event = audit.event(user.id, "user_updated", email=outcome)
    actions: list[Action] = [User.updated_at.set(clock.now())]
    if is_present:
        actions.append(User.pending_email_change.remove())
    else:
        actions.append(User.pending_email_change.set(email_changes.begun(user, email)))
        orders.email_changing(user, event)
        orders.confirm_email(user, email, event)
    begun = account_changes.in_place(user, actions)
    account_changes.commit([begun, event, *caller.session_conditions()])


def _undo(text: str) -> ResetToken:
    try:
        token = one_time_tokens.read(Kind.EMAIL_UNDO, text)
        user = _owner(token)
        move = email_changes.taken_back(user, token)
    except (TokenInvalidError, NoSuchChangeError) as error:
        raise UndoTokenInvalidError from error
    event = audit.event(user.id, "email_change_undone")
    orders.email_restored(user, move.email, event)
    # of the epoch that the undoing begins
    epoch, seconds = user.credentials_epoch + 1, settings.current().reset_token_seconds
    reset = one_time_tokens.new(Kind.RESET, user.id, seconds, epoch=epoch)
    issued = audit.event(user.id, "reset_token_issued")
    write(*move.changes, reset.kept, event, issued)
    return ResetToken(reset.text, reset.expires_at)


def _owner(token: OpenToken) -> User:
    if (user := User.find(token.user_id)) is None:
        raise NoSuchChangeError
    return user
