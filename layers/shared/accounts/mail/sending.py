"""Sending the mail that was ordered: whom it goes to, whether it is due, and what is in it."""

from accounts import aws, invocation, logs, settings
from accounts.credentials import opaque
from accounts.mail import letters, limits, links
from accounts.mail.letters import Letter
from accounts.mail.links import NO_LINK, Link
from accounts.mail.messages import Message, Occasion
from accounts.storage import addresses, trails, users
from accounts.storage.tables import AuditEvent, User

# with what it takes to give up
LONGEST_CALL_SECONDS = 15
# the links of one hour work for the sign-ups of the next ones, too
SIGN_UP_MAIL_SECONDS = 3600


def send(message: Message, order_id: str) -> None:
    """Send what the message orders, or log why there is nothing to send.

    What is tried again for an order is not held back by what was tried before.

    Raises:
        UnavailableError: DynamoDB did not answer.
        ClientError, BotoCoreError: the mail service did not take it.
    """
    if message.occasion is not None:
        outcome = _notify(message, message.occasion, order_id)
    elif message.kind == "sign_up":
        outcome = _answer_sign_up(message, order_id)
    else:
        user = users.find_by_email(message.email)
        if user is None or user.kind != users.PERSON or not users.is_active(user):
            outcome = "nobody"
        elif message.kind == "invitation":
            outcome = _invite(user)
        elif message.kind == "reset":
            outcome = _help_back_in(user, "reset", order_id)
        elif message.kind == "log_in_code":
            outcome = _send_code(user, message.challenge or "", order_id)
        else:
            outcome = _tell_late(message, user)
    logs.mail(outcome, kind=message.kind)


def _notify(message: Message, occasion: Occasion, order_id: str) -> str:
    event = AuditEvent.find(occasion.user_id, occasion.event_id)
    if event is None:
        # what was announced did not come to pass
        return "void"
    if event.what == trails.DELETED:
        # who deleted their own account can ask for no second step
        trails.forget_addresses_of(event.user_id)
    link = NO_LINK
    if message.kind == "account_created":
        link = links.confirm_present_email(occasion, message.email)
    elif message.kind == "confirm_email":
        return _ask_to_confirm(message, occasion, order_id)
    elif message.kind in ("email_changing", "email_changed_from"):
        link = links.undo_email_change(occasion)
    letter = letters.write(
        message.kind,
        occasion.language,
        name=occasion.name,
        service=settings.current().mail_service_name,
        link=link.url,
        seconds=link.seconds,
        device=occasion.device,
        ip_address=occasion.ip_address,
        codes_left=occasion.codes_left,
    )
    _send(message.email, letter)
    return "sent"


def _ask_to_confirm(message: Message, occasion: Occasion, order_id: str) -> str:
    seconds, epoch = settings.current().email_token_seconds, occasion.epoch
    places = limits.take_places(
        message.email, occasion.user_id, order_id, seconds=seconds, epoch=epoch
    )
    if not places:
        return "limited"
    with limits.free_on_failure(order_id, *places):
        if addresses.is_taken(message.email, by_other_than=occasion.user_id):
            return _tell_that_it_is_taken(message.email)
        link = links.confirm_email(occasion, message.email)
        _send(message.email, _letter(message.kind, occasion.language, occasion.name, link))
    return "sent"


def _tell_that_it_is_taken(email: str) -> str:
    # by their own name: whoever asked could have chosen theirs to say anything
    owner = users.find_by_email(email)
    if owner is None or owner.kind != users.PERSON or not users.is_active(owner):
        return "nobody"
    _send(owner.email, _letter_to(owner, "email_taken", NO_LINK))
    return "sent"


def _invite(user: User) -> str:
    if user.password_hash:
        return "nobody"
    link = links.set_password(user, settings.current().invitation_seconds)
    _send(user.email, _letter_to(user, "invitation", link))
    return "sent"


def _answer_sign_up(message: Message, order_id: str) -> str:
    owner = users.find_by_email(message.email)
    if owner is not None and owner.kind != users.PERSON:
        return "nobody"
    if owner is not None and users.is_active(owner):
        return _help_back_in(owner, "sign_up_taken", order_id)
    taken = owner is not None or addresses.is_taken(message.email)
    # addresses that nobody here has must not pile up readable
    pool = f"sign-up-mail#{opaque.digest(message.email)}"
    place = limits.take_place(pool, order_id, seconds=SIGN_UP_MAIL_SECONDS, epoch=0)
    if place is None:
        return "limited"
    with limits.free_on_failure(order_id, place):
        link = NO_LINK if taken else links.sign_up(message.email)
        # without the name, which whoever signed up has chosen, and perhaps somebody else reads
        kind = "sign_up_refused" if taken else "sign_up"
        _send(message.email, _letter(kind, message.language, "", link))
    return "sent"


def _help_back_in(user: User, kind: str, order_id: str) -> str:
    seconds = settings.current().reset_token_seconds
    place = limits.take_place(
        f"mail#{user.id}", order_id, seconds=seconds, epoch=user.credentials_epoch
    )
    if place is None:
        # a link that works is in the mailbox
        return "limited"
    with limits.free_on_failure(order_id, place):
        link = links.set_password(user, seconds)
        _send(user.email, _letter_to(user, kind, link))
    return "sent"


def _send_code(user: User, challenge: str, order_id: str) -> str:
    # imported here, because it is off in most deployments
    from accounts.credentials import log_in_codes  # noqa: PLC0415 - see above

    place = limits.take_place(
        f"code-mail#{user.id}",
        order_id,
        seconds=log_in_codes.LIFE_SECONDS,
        epoch=user.credentials_epoch,
    )
    if place is None:
        # a code that works is in the mailbox, and so is a link
        return "limited"
    try:
        with limits.free_on_failure(order_id, place):
            mailed = log_in_codes.mail_to(user, challenge, place)
            link = links.log_in(mailed.link_challenge, mailed.code, log_in_codes.LIFE_SECONDS)
            _send(user.email, _letter_to(user, "log_in_code", link, mailed.code))
    except log_in_codes.ChallengeOverError:
        # the order was too long on its way
        return "void"
    return "sent"


def _tell_late(message: Message, user: User) -> str:
    """Send a notice that the version before this one ordered, which named no occasion."""
    if not user.password_hash or user.password_changed_at < message.ordered_at:
        return "void"
    _send(user.email, _letter_to(user, message.kind, NO_LINK))
    return "sent"


def _letter_to(user: User, kind: str, link: Link, code: str = "") -> Letter:
    return _letter(kind, user.language, user.name, link, code)


def _letter(kind: str, language: str, name: str, link: Link, code: str = "") -> Letter:
    return letters.write(
        kind,
        language,
        name=name,
        service=settings.current().mail_service_name,
        link=link.url,
        seconds=link.seconds,
        code=code,
    )


def _send(address: str, letter: Letter) -> None:
    invocation.require_time(LONGEST_CALL_SECONDS)
    aws.client("sesv2").send_email(
        FromEmailAddress=settings.mail().mail_from,
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
