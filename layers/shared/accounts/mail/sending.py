"""Sending the mail that was ordered: whom it goes to, whether it is due, and what is in it."""

from datetime import timedelta

from accounts import aws, clock, invocation, logs, settings
from accounts.credentials import reset_tokens
from accounts.mail import letters
from accounts.mail.letters import Letter
from accounts.mail.orders import Message
from accounts.storage import users
from accounts.storage.tables import LoginAttempt, User

# links to set a password that an account is sent because anybody asked for it
MOST_LINKS = 3
# with what it takes to give up
LONGEST_CALL_SECONDS = 15


def send(message: Message, message_id: str) -> None:
    """Send what the message orders, or log why there is nothing to send.

    ``message_id`` is that of the queue: what is tried again for it is not held back by what was
    tried before.

    Raises:
        UnavailableError: DynamoDB did not answer.
        ClientError, BotoCoreError: the mail service did not take it.
    """
    user = users.find_by_email(message.email)
    if user is None or user.kind != users.PERSON or not _is_due(message, user):
        logs.mail("nobody", kind=message.kind)
    elif message.kind == "reset":
        _send_link(message, user, message_id)
    else:
        # due only to a change, which limits it
        _send(user.email, _letter(message, user))
        logs.mail("sent", kind=message.kind)


def _is_due(message: Message, user: User) -> bool:
    if not users.is_active(user):
        return False
    # what was announced may not have come to pass
    if message.kind == "invitation":
        return not user.password_hash
    if message.kind == "password_changed":
        # somebody who was invited may not have got as far as to have one
        return bool(user.password_hash) and user.password_changed_at >= message.ordered_at
    return True


def _send_link(message: Message, user: User, message_id: str) -> None:
    place = _take_place(user, message_id)
    if place is None:
        # there is a link in the mailbox that works
        logs.mail("limited", kind=message.kind)
        return
    try:
        _send(user.email, _letter(message, user))
    except Exception:
        # what has not left must keep nothing back
        own = LoginAttempt.message_id == message_id
        place.try_update([LoginAttempt.blocked_until.remove()], own)
        raise
    logs.mail("sent", kind=message.kind)


def _take_place(user: User, message_id: str) -> LoginAttempt | None:
    places = (LoginAttempt(subject=f"mail#{user.id}#{place}") for place in range(MOST_LINKS))
    return next((place for place in places if _is_taken_now(place, user, message_id)), None)


def _is_taken_now(place: LoginAttempt, user: User, message_id: str) -> bool:
    now = clock.now()
    # for as long as the link works: it is made after this, so it does not end before
    free_again = now + timedelta(seconds=settings.current().reset_token_seconds)
    actions = [
        LoginAttempt.blocked_until.set(free_again),
        LoginAttempt.message_id.set(message_id),
        LoginAttempt.epoch.set(user.credentials_epoch),
        LoginAttempt.expires_at.set(free_again),
    ]
    # DynamoDB keeps expired items for days
    free = LoginAttempt.blocked_until.does_not_exist() | (LoginAttempt.blocked_until <= now)
    # the link was used, or voided
    free |= LoginAttempt.epoch.does_not_exist() | (LoginAttempt.epoch != user.credentials_epoch)
    # a try before this one took it
    return place.try_update(actions, free | (LoginAttempt.message_id == message_id))


def _letter(message: Message, user: User) -> Letter:
    here = settings.current()
    if message.kind == "password_changed":
        return letters.write(
            message.kind, user.language, name=user.name, service=here.mail_service_name
        )
    seconds = {
        "reset": here.reset_token_seconds,
        "invitation": here.invitation_seconds,
    }[message.kind]
    token = reset_tokens.issue(user, seconds).reset_token
    return letters.write(
        message.kind,
        user.language,
        name=user.name,
        service=here.mail_service_name,
        # behind the #, so that no server's log and no Referer header gets to see it
        link=f"{here.reset_page_url}#reset_token={token}",
        seconds=seconds,
    )


def _send(address: str, letter: Letter) -> None:
    invocation.require_time(LONGEST_CALL_SECONDS)
    aws.client("sesv2").send_email(
        FromEmailAddress=settings.current().mail_from,
        Destination={"ToAddresses": [address]},
        Content={
            "Simple": {
                "Subject": {"Data": letter.subject, "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": letter.text, "Charset": "UTF-8"},
                    "Html": {"Data": letter.html, "Charset": "UTF-8"},
                },
                # by which whoever got it can be told why, from the log
                "Headers": [{"Name": "X-Request-Id", "Value": invocation.origin().request_id}],
            }
        },
    )
