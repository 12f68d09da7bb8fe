"""Signing oneself up: asked for by anybody, done by who reads the address's mail.

Nothing here finds out whether an address has an account, so that the answers and their time are
the same; the mail's sender does, and its reader is told.
"""

from dataclasses import dataclass

from accounts import settings
from accounts.access import new_accounts, roles, waiting_sign_ups
from accounts.access.sessions import Client
from accounts.access.waiting_sign_ups import Waiting
from accounts.credentials import bot_check, one_time_tokens, passwords, policy
from accounts.credentials.one_time_tokens import Kind, OpenToken, TokenInvalidError
from accounts.credentials.passwords import WrongPasswordError
from accounts.errors import (
    EmailTokenInvalidError,
    SignUpClosedError,
    UserExistsError,
    ValidationFailedError,
)
from accounts.mail import limits, orders
from accounts.storage.tables import WaitingSignUp
from accounts.storage.transactions import retried, write

MOST_TRIES = 5
_FIELD = "passw"


@dataclass(frozen=True)
class Newcomer:
    """Who wants an account. ``email`` is canonical."""

    email: str
    name: str
    password: str
    language: str | None = None


def begin(person: Newcomer, client: Client, bot_token: str | None = None) -> None:
    """Have the person wait for the mail by which they confirm their address, and order it.

    ``bot_token`` is what their page's bot check gave, where there is one.

    Raises:
        SignUpClosedError: nobody may sign themselves up here.
        TooManyRequestsError: too many mails were ordered from this source address.
        ValidationFailedError: the password is refused, or a bot check is missing.
        BotCheckFailedError: the bot check was not passed.
        UnavailableError: DynamoDB, KMS, the queue, SSM or the bot check did not answer.
    """
    _require_open()
    limits.spend_source(client.ip_address)
    policy.require_strong(person.password, (person.email, person.name))
    # it is good once, so it is not asked in vain
    bot_check.require_passed(bot_token, client.ip_address)
    language = person.language or settings.current().default_language
    password_hash = passwords.hashed(person.password)
    newcomer = waiting_sign_ups.new(person.name, language, password_hash, client.ip_address)
    retried(lambda: write(Waiting.at(person.email).joined(newcomer)))
    orders.sign_up(person.email, language)


def confirm(text: str, password: str | None) -> None:
    """Make the account of who has signed up with this password at the address of the token.

    The token alone is not enough: whoever follows the link in a mail that a stranger has ordered
    would have an account whose password the stranger knows.

    Raises:
        SignUpClosedError: nobody may sign themselves up here.
        EmailTokenInvalidError: the token is unknown, used, expired or was tried too often, nobody
            waits any more, or the address is somebody's by now.
        ValidationFailedError: there is no password, or nobody signed up with it.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    _require_open()
    token = _read(text)
    waiting = Waiting.at(token.email or "")
    if not waiting.people:
        raise EmailTokenInvalidError
    if password is None:
        raise ValidationFailedError.lacks(_FIELD)
    try:
        # before it is compared, so that a burst gains nothing
        one_time_tokens.count_try(token, MOST_TRIES)
        person = waiting.with_password(password)
    except TokenInvalidError as error:
        raise EmailTokenInvalidError from error
    except WrongPasswordError as error:
        message = "This is not the password of the sign-up"
        raise ValidationFailedError.of(_FIELD, message) from error
    retried(lambda: _create(text, person))


def _require_open() -> None:
    if not settings.current().self_sign_up:
        raise SignUpClosedError


def _create(text: str, person: WaitingSignUp) -> None:
    token = _read(text)
    waiting = Waiting.at(token.email or "")
    if not waiting.is_still(person):
        raise EmailTokenInvalidError
    user = new_accounts.new_user(waiting.email, person.name, roles.DEFAULT, person.password_hash)
    user.language = person.language
    try:
        new_accounts.create(user, token.spent, waiting.ended())
    except UserExistsError as error:
        raise EmailTokenInvalidError from error


def _read(text: str) -> OpenToken:
    try:
        return one_time_tokens.read(Kind.SIGN_UP, text)
    except TokenInvalidError as error:
        raise EmailTokenInvalidError from error
