"""Putting mail on the queue.

A function that answers a request sends none itself: it would be frozen before the mail is out,
and the time it takes would tell whether there is an account.

A notice tells of a change, and is ordered before it is made: then nothing happens untold. It
names the audit event that the change is on record by, and is sent only if that is there: then
nothing is told that did not happen. Whom it goes to is decided here, when it happens; a change of
address, or the end of the account, comes too late to keep it back.
"""

import secrets

from botocore.exceptions import BotoCoreError, ClientError

from accounts import aws, clock, invocation, settings
from accounts.errors import UnavailableError
from accounts.mail.messages import Kind, Message, Occasion
from accounts.storage.tables import User
from accounts.storage.transactions import Change

# longer than a function may run: by then what the mail tells of has happened, or never will
AFTER_THE_FACT_SECONDS = 20
ID_BYTES = 16


def reset(email: str) -> None:
    """Order a mail with a reset token for whoever has this canonical e-mail.

    Raises:
        UnavailableError: the queue did not answer.
    """
    _order("reset", email)


def invitation(email: str) -> None:
    """Order a mail that invites a person about to be signed up to set a password.

    Raises:
        UnavailableError: the queue did not answer.
    """
    _order("invitation", email, delay_seconds=AFTER_THE_FACT_SECONDS)


def sign_up(email: str, language: str) -> None:
    """Order the mail that tells how to go on after a sign-up, or that the address has an account.

    Raises:
        UnavailableError: the queue did not answer.
    """
    _order("sign_up", email, language=language)


def account_created(user: User, event: Change) -> None:
    """Order the mail whose link confirms the address of an account that was made for somebody."""
    _order_notice("account_created", user, event)


def log_in_code(email: str, challenge: str) -> None:
    """Order a mail with a code to log in with, for whoever has this canonical e-mail.

    ``challenge`` is by what the one that was asked for is found.

    Raises:
        UnavailableError: the queue did not answer.
    """
    _order("log_in_code", email, challenge=challenge)


def password_changed(user: User, event: Change) -> None:
    """Order the notice that the person, about to change their password, has changed it.

    As with all notices, ``event`` is the audit event in the transaction that makes the change,
    and ``user`` the account as that transaction stands on it. A transaction that is tried again
    has an event of its own, and so a notice.

    Raises:
        UnavailableError: the queue did not answer.
    """
    _order_notice("password_changed", user, event)


def password_reset(user: User, event: Change) -> None:
    """Order the notice that the password was set with a reset token; see password_changed."""
    _order_notice("password_reset", user, event)


def confirm_email(user: User, new_email: str, event: Change) -> None:
    """Order the mail whose link confirms the new address; it is void with the next password."""
    _order_notice("confirm_email", user, event, to=new_email)


def email_changing(user: User, event: Change) -> None:
    """Order the notice that another address waits to be confirmed, with a link that keeps this."""
    _order_notice("email_changing", user, event)


def email_changed(user: User, new_email: str, event: Change) -> None:
    """Order the notices that the address was changed: to the old one, with a way back, and the new.

    ``user`` is the account as it was.
    """
    _order_notice("email_changed_from", user, event)
    _order_notice("email_changed_to", user, event, to=new_email)


def email_restored(user: User, old_email: str, event: Change) -> None:
    """Order the notices, to both addresses, that a change of address was undone."""
    for email in {user.email, old_email}:
        _order_notice("email_restored", user, event, to=email)


def new_device(user: User, event: Change, *, device: str, ip_address: str) -> None:
    """Order the notice that somebody signed in on a device that was not known."""
    _order_notice("new_device", user, event, device=device, ip_address=ip_address)


def session_theft(user: User, event: Change) -> None:
    """Order the notice that a session was ended because somebody else had its refresh token."""
    _order_notice("session_theft", user, event)


def second_factors_reset(user: User, event: Change) -> None:
    """Order the notice that an administrator removed all second factors of the account."""
    _order_notice("second_factors_reset", user, event)


def totp_enabled(user: User, event: Change) -> None:
    """Order the notice that codes of an authenticator app are asked for from now on."""
    _order_notice("totp_enabled", user, event)


def totp_disabled(user: User, event: Change) -> None:
    """Order the notice that no codes of an authenticator app are asked for any more."""
    _order_notice("totp_disabled", user, event)


def recovery_codes_renewed(user: User, event: Change) -> None:
    """Order the notice that there are new recovery codes, and the others are void."""
    _order_notice("recovery_codes_renewed", user, event)


def recovery_code_used(user: User, event: Change, *, left: int) -> None:
    """Order the notice that a recovery code was used, and how many are left."""
    _order_notice("recovery_code_used", user, event, codes_left=left)


def second_factor_guessed(user: User, event: Change) -> None:
    """Order the notice that somebody who has the password keeps failing at the second factor."""
    _order_notice("second_factor_guessed", user, event)


def passkey_added(user: User, event: Change) -> None:
    """Order the notice that the account may be signed in to with one more passkey."""
    _order_notice("passkey_added", user, event)


def passkey_removed(user: User, event: Change) -> None:
    """Order the notice that a passkey opens the account no more."""
    _order_notice("passkey_removed", user, event)


def passkey_refused(user: User, event: Change) -> None:
    """Order the notice that a passkey was refused because somebody may have copied it."""
    _order_notice("passkey_refused", user, event)


def account_deleted(user: User, event: Change) -> None:
    """Order the notice that the account was deleted."""
    _order_notice("account_deleted", user, event)


def _order_notice(  # noqa: PLR0913 - what a notice may tell
    kind: Kind,
    user: User,
    event: Change,
    *,
    to: str | None = None,
    device: str = "",
    ip_address: str = "",
    codes_left: int = 0,
) -> None:
    user_id, event_id = event.item.key()
    occasion = Occasion(
        user_id=user_id,
        event_id=event_id,
        name=user.name,
        language=user.language,
        epoch=user.credentials_epoch,
        device=device,
        ip_address=ip_address,
        codes_left=codes_left,
    )
    _order(kind, to or user.email, occasion, delay_seconds=AFTER_THE_FACT_SECONDS)


def _order(
    kind: Kind,
    email: str,
    occasion: Occasion | None = None,
    *,
    language: str = "",
    challenge: str | None = None,
    delay_seconds: int = 0,
) -> None:
    message = Message(
        kind=kind,
        email=email,
        ordered_at=clock.now(),
        request_id=invocation.origin().request_id,
        id=secrets.token_urlsafe(ID_BYTES),
        language=language,
        challenge=challenge,
        occasion=occasion,
    )
    invocation.require_time()
    try:
        aws.client("sqs").send_message(
            QueueUrl=settings.current().mail_queue_url,
            MessageBody=message.to_json(),
            DelaySeconds=delay_seconds,
        )
    except (BotoCoreError, ClientError) as error:
        raise UnavailableError("SQS", aws.reason(error)) from error
