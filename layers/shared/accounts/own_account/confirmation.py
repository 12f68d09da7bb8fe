"""Confirming an address, by a token that was mailed there."""

from collections.abc import Sequence

from accounts import clock
from accounts.access import sessions
from accounts.access.sessions import Client
from accounts.credentials import budgets, one_time_tokens
from accounts.credentials.one_time_tokens import Kind, OpenToken, TokenInvalidError
from accounts.errors import EmailTokenInvalidError
from accounts.own_account import email_change
from accounts.storage import audit, users
from accounts.storage.tables import User, UserSession
from accounts.storage.transactions import Change, Update, retried, write


def confirm(text: str, password: str | None, client: Client) -> None:
    """Have the address count that the e-mail token was mailed to.

    It is the one that the account has; or the one that it is to have: then the account moves
    there and is signed out; or that of a sign-up, which takes its password: then there is an
    account from now on.

    Raises:
        SignUpClosedError: it is for a sign-up, and nobody may sign themselves up here.
        ValidationFailedError: it is for a sign-up, and there is no password or a wrong one.
        EmailTokenInvalidError: the token is unknown, used, void or expired, or the address is
            somebody else's by now.
        TooManyRequestsError: that, too often from this source address.
        UnavailableError: DynamoDB, KMS or the queue did not answer.
    """
    try:
        if text.startswith(f"{Kind.SIGN_UP}."):
            # imported here, because it is off in most deployments
            from accounts.own_account import sign_up  # noqa: PLC0415 - see above

            sign_up.confirm(text, password)
        else:
            retried(lambda: _confirm(text))
    except EmailTokenInvalidError:
        budgets.spend("email", client.ip_address)
        raise


def changes(user: User) -> Sequence[Change]:
    """Return the changes by which the address of the account, as read, counts."""
    moved_on = [*sessions.moved_on(user), User.updated_at.set(clock.now())]
    told = [UserSession.email_unconfirmed.remove()]
    return [
        Update(user, User.version == user.version, [*moved_on, *users.CONFIRMED]),
        *(
            Update(session, UserSession.session_id.exists(), told)
            for session in sessions.live(user.id)
        ),
        audit.event(user.id, "email_confirmed"),
    ]


def _confirm(text: str) -> None:
    try:
        token = one_time_tokens.read(Kind.EMAIL_CONFIRMATION, text)
    except TokenInvalidError as error:
        raise EmailTokenInvalidError from error
    user = User.find(token.user_id)
    if user is None or not users.is_active(user):
        raise EmailTokenInvalidError
    if token.epoch is None:
        _confirm_present(user, token)
    else:
        email_change.confirm(user, token)


def _confirm_present(user: User, token: OpenToken) -> None:
    if user.email != token.email:
        raise EmailTokenInvalidError
    write(token.spent, *changes(user))
