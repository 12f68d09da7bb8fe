"""Getting back in: reset tokens and what they are good for (OWASP Forgot Password Cheat Sheet)."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from pynamodb.expressions.update import Action

from accounts import settings
from accounts.access import grants, recent_proof, session_ends
from accounts.access.authentication import Principal
from accounts.access.sessions import Client
from accounts.credentials import budgets, device_tokens, passwords, policy, reset_tokens, throttle
from accounts.credentials.reset_tokens import HeldToken, ResetToken
from accounts.errors import ResetTokenInvalidError, UserNotFoundError
from accounts.mail import orders
from accounts.storage import audit, users
from accounts.storage.tables import User
from accounts.storage.transactions import ConditionFailedError, retried, write

_Done = TypeVar("_Done")


def issue_reset_token(email: str, caller: Principal) -> ResetToken:
    """Return a new reset token for the account with this canonical e-mail; others stay good.

    Raises:
        UserNotFoundError: there is no such account, or it is disabled.
        PermissionMissingError: the account may do something that the caller may not.
        ReauthenticationRequiredError: the caller's last proof is too long ago.
        UserTokenRequiredError: a back-end is calling, and the account governs.
        UnavailableError: DynamoDB did not answer.
    """
    return retried(lambda: _issue(email, caller))


def _issue(email: str, caller: Principal) -> ResetToken:
    user = users.find_by_email(email)
    if user is None or user.kind != users.PERSON or not users.is_active(user):
        raise UserNotFoundError
    grants.require_may_take_over(user, caller)
    recent_proof.require_for(user.role, caller)
    return reset_tokens.issue(user, settings.current().reset_token_seconds)


def reset_password(token: str, password: str, client: Client) -> User:
    """Set the password for a back-end, spend the token and end every session, in one transaction.

    Raises:
        ResetTokenInvalidError: the token is unknown, used, void or expired.
        TooManyRequestsError: that, too often from this source address.
        ValidationFailedError: the password is refused; the token stays good.
        UnavailableError: DynamoDB, KMS or the queue did not answer.
    """
    return _reset(token, password, client, "reset", _set_password)


def set_new_password(token: str, password: str, client: Client) -> str:
    """Do as reset_password, for whoever has the token, and out of a budget of its own.

    Returned is a device token for where they are: whoever reads the account's mail is no stranger,
    and has to get in with the new password while strangers are guessing at it.

    Raises:
        ResetTokenInvalidError, TooManyRequestsError, ValidationFailedError, UnavailableError: as
            there.
    """
    return _reset(token, password, client, "set", _set_password_and_know_the_device)


def _reset(
    token: str,
    password: str,
    client: Client,
    budget: str,
    spend: Callable[[HeldToken, str], _Done],
) -> _Done:
    try:
        held = reset_tokens.held(token)
    except ResetTokenInvalidError:
        budgets.spend(budget, client.ip_address)
        raise
    policy.require_strong(password, (held.user.email, held.user.name))
    password_hash = passwords.hashed(password)
    try:
        return spend(held, password_hash)
    except ConditionFailedError:
        return retried(lambda: spend(reset_tokens.held(token), password_hash))


def _set_password(held: HeldToken, password_hash: str, actions: Sequence[Action] = ()) -> User:
    user = held.user
    new = [*users.new_password(password_hash), *actions]
    if held.was_mailed:
        new += users.CONFIRMED
    event = audit.event(user.id, "password_reset")
    orders.password_reset(user, event)
    changes = session_ends.end_all_changes(user, new)
    write(held.spent, *changes, throttle.clear_failures(user.email), event)
    return user


def _set_password_and_know_the_device(held: HeldToken, password_hash: str) -> str:
    device_token, devices = device_tokens.welcome(held.user, None)
    _set_password(held, password_hash, devices)
    return device_token
