"""Logging in with a code by mail, without a password: who reads an account's mail is its owner."""

from accounts import logs, metrics, settings
from accounts.access import confirmed_emails, second_factors
from accounts.access.sessions import Client
from accounts.credentials import budgets, log_in_codes, throttle
from accounts.credentials.log_in_codes import (
    ChallengeOverError,
    NewChallenge,
    OpenCode,
    WrongCodeError,
)
from accounts.errors import ChallengeInvalidError, EmailCodesOffError, InvalidCodeError
from accounts.mail import limits, orders
from accounts.sign_in import success
from accounts.sign_in.success import Challenged, LoggedIn
from accounts.storage import users
from accounts.storage.tables import User
from accounts.storage.transactions import Change, ConditionFailedError, retried, write


def send(email: str, client: Client) -> NewChallenge:
    """Order a mail with a code, and return the challenge; nobody is looked up.

    Raises:
        EmailCodesOffError: that is not how one logs in here.
        TooManyRequestsError: too many mails were ordered from this source address.
        UnavailableError: DynamoDB or the queue did not answer.
    """
    _require_on()
    logs.about(email)
    limits.spend_source(client.ip_address)
    challenge = log_in_codes.new_challenge()
    write(challenge.kept)
    orders.log_in_code(email, challenge.key)
    return challenge


def log_in(
    challenge: str, code: str, client: Client, device_token: str | None
) -> LoggedIn | Challenged:
    """Begin a session for the person who was mailed the code, and spend it, in one transaction.

    An account with a second factor asks for that next, in place of the session.

    Raises:
        EmailCodesOffError: that is not how one logs in here.
        ChallengeInvalidError: the challenge is unknown, used, void, expired or has no tries left.
        InvalidCodeError: the code is wrong, or there is no account that could have a right one.
        TooManyRequestsError: either of these, too often from this source address; or the account
            logs in more often than people do.
        UnavailableError: DynamoDB, KMS or the queue did not answer.
    """
    _require_on()
    metrics.count("LogIns")
    try:
        opened = log_in_codes.check(challenge, code)
        return retried(lambda: _begin(opened, client, device_token))
    except ChallengeOverError as error:
        budgets.spend("code", client.ip_address)
        raise ChallengeInvalidError from error
    except WrongCodeError as error:
        budgets.spend("code", client.ip_address)
        raise InvalidCodeError from error


def _begin(opened: OpenCode, client: Client, device_token: str | None) -> LoggedIn | Challenged:
    user = users.owner_of_token(opened.user_id, opened.epoch)
    if user is None:
        raise ChallengeOverError
    logs.about(user.email)
    if not users.has_confirmed_email(user):
        # by itself, since the code shows it whatever becomes of the log-in
        write(*confirmed_emails.changes(user))
        return _begin(opened, client, device_token)
    # as a log-in on a known device: a password that strangers have switched off is on again
    forgiven = throttle.forgive(throttle.account(user.email))
    try:
        if second_factors.has_any(user):
            return _challenge(user, device_token, forgiven, *opened.spent)
        return success.begin(user, client, device_token, ("otp",), (), forgiven, *opened.spent)
    except ConditionFailedError as error:
        if any(change in opened.spent for change in error.failed):
            raise ChallengeOverError from error
        raise


def _challenge(user: User, device_token: str | None, *changes: Change) -> Challenged:
    # imported here, because most accounts have no second factor
    from accounts.sign_in import second_factor  # noqa: PLC0415 - see above

    return second_factor.challenge(user, ("otp",), device_token, *changes)


def _require_on() -> None:
    if not settings.current().email_codes:
        raise EmailCodesOffError
