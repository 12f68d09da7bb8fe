"""The links in mails. Their tokens are made when the mail is: nothing secret waits on the queue."""

from dataclasses import dataclass

from accounts import settings
from accounts.credentials import one_time_tokens, reset_tokens
from accounts.credentials.one_time_tokens import Kind, NewToken
from accounts.mail.messages import Occasion
from accounts.storage.tables import User
from accounts.storage.transactions import write


@dataclass(frozen=True)
class Link:
    """A link that does something once, for so many seconds."""

    url: str
    seconds: int


NO_LINK = Link("", 0)


def set_password(user: User, seconds: int) -> Link:
    """Return a link that sets the account's password.

    Raises:
        ConditionFailedError: the account is not as it was read, or gone.
        UnavailableError: DynamoDB did not answer.
    """
    return _to("reset_token", reset_tokens.issue(user, seconds, mailed=True).reset_token, seconds)


def sign_up(email: str) -> Link:
    """Return a link that confirms whichever sign-up at the address its reader knows.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    seconds = settings.current().email_token_seconds
    token = one_time_tokens.new(Kind.SIGN_UP, None, seconds, email=email)
    return _kept("email_token", token, seconds)


def confirm_email(occasion: Occasion, email: str) -> Link:
    """Return a link that confirms the address, unless the password is another by then.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    seconds = settings.current().email_token_seconds
    token = one_time_tokens.new(
        Kind.EMAIL_CONFIRMATION, occasion.user_id, seconds, epoch=occasion.epoch, email=email
    )
    return _kept("email_token", token, seconds)


def confirm_present_email(occasion: Occasion, email: str) -> Link:
    """Return a link that confirms the address that the account has, as long as it has it.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    seconds = settings.current().email_token_seconds
    token = one_time_tokens.new(Kind.EMAIL_CONFIRMATION, occasion.user_id, seconds, email=email)
    return _kept("email_token", token, seconds)


def undo_email_change(occasion: Occasion) -> Link:
    """Return a link that undoes the change of address which was begun in the occasion's epoch.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    seconds = settings.current().undo_token_seconds
    token = one_time_tokens.new(Kind.EMAIL_UNDO, occasion.user_id, seconds, epoch=occasion.epoch)
    return _kept("undo_token", token, seconds)


def log_in(challenge: str, code: str, seconds: int) -> Link:
    """Return a link to log in by: the page sends both on, in the body, when it is told to."""
    return _to("challenge", f"{challenge}&code={code}", seconds)


def _kept(name: str, token: NewToken, seconds: int) -> Link:
    write(token.kept)
    return _to(name, token.text, seconds)


def _to(name: str, text: str, seconds: int) -> Link:
    # behind the #, so that no server's log and no Referer header gets to see it
    return Link(f"{settings.mail().reset_page_url}#{name}={text}", seconds)
