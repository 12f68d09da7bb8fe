"""Confirming an address, by a token that was mailed there."""

from accounts.access import confirmed_emails
from accounts.access.sessions import Client
from accounts.credentials import budgets, one_time_tokens
from accounts.credentials.one_time_tokens import Kind, OpenToken, TokenInvalidError
from accounts.errors import EmailTokenInvalidError
from accounts.own_account import email_change
from accounts.storage import users
from accounts.storage.tables import User
from accounts.storage.transactions import retried, write


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
    write(token.spent, *confirmed_emails.changes(user))
