"""All notices: from the queue, once, to whom they concern, and only of what is on record."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

import pytest

from accounts.credentials import one_time_tokens
from accounts.credentials.one_time_tokens import Kind
from accounts.mail import messages, orders
from accounts.storage import audit
from accounts.storage.tables import User
from accounts.storage.transactions import Change, write
from tests.support.clocks import Clock
from tests.support.people import Person
from tests.support.post_office import RESET_PAGE, Mail, PostOffice

OWN = "alice@example.com"
NEW = "alice@example.org"
DAY_SECONDS = 24 * 3600
Order = Callable[[User, Change], None]


@dataclass(frozen=True)
class Notice:
    """How a notice is ordered, to whom it goes, and what the link in each mail is for."""

    order: Order
    to: Sequence[tuple[str, str]]

    @property
    def links(self) -> dict[str, str]:
        """Return by recipient what the link in the mail is for, or nothing."""
        return dict(self.to)


NOTICES = {
    "account": Notice(orders.account_created, [(OWN, "email_token")]),
    "password changed": Notice(orders.password_changed, [(OWN, "")]),
    "password reset": Notice(orders.password_reset, [(OWN, "")]),
    "confirm": Notice(
        lambda user, event: orders.confirm_email(user, NEW, event), [(NEW, "email_token")]
    ),
    "changing": Notice(orders.email_changing, [(OWN, "undo_token")]),
    "changed": Notice(
        lambda user, event: orders.email_changed(user, NEW, event), [(OWN, "undo_token"), (NEW, "")]
    ),
    "restored": Notice(
        lambda user, event: orders.email_restored(user, NEW, event), [(OWN, ""), (NEW, "")]
    ),
    "new device": Notice(
        lambda user, event: orders.new_device(
            user, event, device="Firefox 126 on Linux", ip_address="192.0.2.7"
        ),
        [(OWN, "")],
    ),
    "theft": Notice(orders.session_theft, [(OWN, "")]),
    "reset of factors": Notice(orders.second_factors_reset, [(OWN, "")]),
    "app added": Notice(orders.totp_enabled, [(OWN, "")]),
    "app removed": Notice(orders.totp_disabled, [(OWN, "")]),
    "new recovery codes": Notice(orders.recovery_codes_renewed, [(OWN, "")]),
    "recovery code used": Notice(
        lambda user, event: orders.recovery_code_used(user, event, left=9), [(OWN, "")]
    ),
    "second factor guessed": Notice(orders.second_factor_guessed, [(OWN, "")]),
    "passkey added": Notice(orders.passkey_added, [(OWN, "")]),
    "passkey removed": Notice(orders.passkey_removed, [(OWN, "")]),
    "passkey refused": Notice(orders.passkey_refused, [(OWN, "")]),
    "deletion": Notice(orders.account_deleted, [(OWN, "")]),
}
# ordered before there is anything on record to tell of
WITHOUT_OCCASION = {"reset", "invitation", "sign_up", "log_in_code"}
# never ordered: the sender writes them in place of what was, to whom has the address
IN_PLACE_OF_OTHERS = {"sign_up_taken", "sign_up_refused", "email_taken"}
HELLO = {"en": "Hello Alice,", "ru": "Здравствуйте, Alice!"}
each_notice = pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES)


def _order(person: Person, notice: Notice) -> Change:
    event = audit.event(person.id, "something")
    notice.order(person.account, event)
    return event


def _token(mail: Mail, name: str) -> str:
    page, _, token = mail.link.partition(f"#{name}=")
    assert page == RESET_PAGE
    return token


@each_notice
@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_goes_once_to_whom_it_concerns(
    post: PostOffice, alice: Person, clock: Clock, notice: Notice, language: str
) -> None:
    alice.account.update([User.language.set(language)])
    write(_order(alice, notice))

    assert set(post.delays()) == {20}
    waiting = post.waiting()
    assert post.consume(waiting) == []
    assert post.consume(waiting) == []

    assert {mail.to[0]: mail.links != [] for mail in post.mails} == {
        email: link != "" for email, link in notice.to
    }
    assert len(post.mails) == len(notice.to)
    for mail in post.mails:
        assert mail.text.splitlines()[0] == HELLO[language]
        assert HELLO[language] in mail.html
        assert f'<html lang="{language}">' in mail.html


def test_no_kind_of_notice_is_left_out(post: PostOffice, alice: Person) -> None:
    ordered = set()

    for notice in NOTICES.values():
        _order(alice, notice)
        ordered |= {json.loads(message["Body"])["kind"] for message in post.waiting()}
        post.deliver()

    others = WITHOUT_OCCASION | IN_PLACE_OF_OTHERS
    assert ordered == set(get_args(messages.Kind)) - others


@each_notice
def test_it_is_not_sent_of_what_is_not_on_record(
    post: PostOffice, alice: Person, notice: Notice
) -> None:
    _order(alice, notice)

    assert post.deliver() == []
    assert post.waiting() == []


@each_notice
def test_another_event_is_not_taken_for_it(post: PostOffice, alice: Person, notice: Notice) -> None:
    _order(alice, notice)
    write(audit.event(alice.id, "something"))

    assert post.deliver() == []


@each_notice
def test_an_order_that_is_put_on_the_queue_twice_is_sent_once(
    post: PostOffice, alice: Person, clock: Clock, notice: Notice
) -> None:
    write(_order(alice, notice))
    # as when the answer to the first is lost
    for message in post.waiting():
        post.put(message["Body"])

    assert post.consume(post.waiting()) == []

    assert len(post.mails) == len(notice.to)


@each_notice
def test_nothing_secret_waits_on_the_queue(
    post: PostOffice, alice: Person, clock: Clock, notice: Notice
) -> None:
    write(_order(alice, notice))
    bodies = [message["Body"] for message in post.waiting()]

    for mail in post.deliver():
        if name := notice.links[mail.to[0]]:
            token = _token(mail, name)
            assert not any(token.partition(".")[2] in body for body in bodies)


def test_the_link_to_the_new_address_confirms_it_until_the_password_changes(
    post: PostOffice, alice: Person, clock: Clock
) -> None:
    write(_order(alice, NOTICES["confirm"]))
    epoch = alice.account.credentials_epoch
    # after the order and before the mail
    alice.account.update([User.credentials_epoch.add(1)])

    token = one_time_tokens.read(Kind.EMAIL_CONFIRMATION, _token(post.deliver_one(), "email_token"))

    assert (token.user_id, token.email, token.epoch) == (alice.id, NEW, epoch)


@pytest.mark.parametrize("notice", [NOTICES["changing"], NOTICES["changed"]])
def test_the_link_to_the_old_address_undoes_that_change_for_a_week(
    post: PostOffice, alice: Person, clock: Clock, notice: Notice
) -> None:
    write(_order(alice, notice))
    epoch = alice.account.credentials_epoch
    # whatever changes meanwhile, the password too
    alice.account.update([User.credentials_epoch.add(1)])
    (mail,) = [mail for mail in post.deliver() if mail.to == [OWN]]
    assert "for 7 days" in mail.text
    clock.advance(seconds=7 * DAY_SECONDS - 1)

    token = one_time_tokens.read(Kind.EMAIL_UNDO, _token(mail, "undo_token"))

    assert (token.user_id, token.epoch) == (alice.id, epoch)


def test_a_new_device_is_named(post: PostOffice, alice: Person, clock: Clock) -> None:
    write(_order(alice, NOTICES["new device"]))

    mail = post.deliver_one()

    assert "Device: Firefox 126 on Linux. Network address: 192.0.2.7." in mail.text
