"""POST /api/v1/private/users/email: another address, once who reads its mail confirms it."""

from dataclasses import replace

import pytest
from botocore.exceptions import EndpointConnectionError

from accounts.storage import users
from accounts.storage.tables import User
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import (
    BeforeWrite,
    Desk,
    events,
    is_signed_out,
    log_in,
    refresh,
    who_am_i,
)
from tests.support.people import Person
from tests.support.post_office import Mail, PostOffice
from tests.support.register import CHANGE_OWN_EMAIL, CONFIRM_IDENTITY, LOG_OUT
from tests.support.scene import Scene

NEW = "alice@example.org"
DONE = {
    "success": True,
    "message": "If the address is free, a mail that confirms it is on its way",
}
HOUR_SECONDS = 3600
# what strangers' addresses may be
SHOP = "web-back-end@services.example.com"
KEPT = "kept@example.org"


def _ask(person: Person, email: str = NEW) -> Answer:
    return person.api.call(*CHANGE_OWN_EMAIL.at(), token=person.token, json={"email": email})


def _to(mails: list[Mail], email: str) -> list[Mail]:
    return [mail for mail in mails if mail.to == [email]]


@pytest.fixture
def kept(desk: Desk, methodist: Person) -> str:
    """An address that nobody has, and that is kept for who had it."""
    desk.move(methodist.id, KEPT)
    desk.move(methodist.id, "elsewhere@example.org")
    return KEPT


def test_both_addresses_get_a_letter_and_nothing_else_happens(
    alice: Person, desk: Desk, post: PostOffice
) -> None:
    phone = alice.sign_in()

    answer = _ask(alice)

    assert (answer.status, answer.json) == (202, DONE)
    mails = post.deliver()
    assert {mail.to[0]: mail.subject for mail in mails} == {
        NEW: "Confirm your address for Users",
        alice.email: "Your address for Users is being changed",
    }
    assert who_am_i(phone).json["email"] == alice.email
    assert log_in(alice).status == 200
    assert log_in(alice, email=NEW).code == "invalid_credentials"
    assert desk.show(alice.id).json["pending_email"] == NEW


def test_it_counts_when_the_link_in_the_mail_is_used(
    alice: Person, desk: Desk, post: PostOffice
) -> None:
    _ask(alice)
    (mail,) = _to(post.deliver(), NEW)

    assert desk.confirm_email(mail.secret("email_token")).status == 200

    assert is_signed_out(alice)
    assert log_in(alice, email=NEW).json["user"]["id"] == alice.id
    assert log_in(alice).code == "invalid_credentials"


def test_the_present_address_can_keep_itself(alice: Person, desk: Desk, post: PostOffice) -> None:
    _ask(alice)
    mails = post.deliver()
    (notice,), (letter,) = _to(mails, alice.email), _to(mails, NEW)

    assert desk.undo_email_change(notice.secret("undo_token")).status == 200

    assert desk.confirm_email(letter.secret("email_token")).status == 410
    assert is_signed_out(alice)


def test_of_two_addresses_asked_for_the_last_can_be_confirmed(
    alice: Person, desk: Desk, post: PostOffice
) -> None:
    _ask(alice, "first@example.org")
    _ask(alice, "last@example.org")
    mails = post.deliver()
    tokens = [
        _to(mails, f"{which}@example.org")[0].secret("email_token") for which in ("first", "last")
    ]

    assert [desk.confirm_email(token).status for token in tokens] == [410, 200]


def test_the_present_address_calls_it_off_and_nobody_is_told(
    alice: Person, desk: Desk, post: PostOffice
) -> None:
    _ask(alice)
    (letter,) = _to(post.deliver(), NEW)

    answer = _ask(alice, "Alice@EXAMPLE.com")

    assert (answer.status, answer.json) == (202, DONE)
    assert post.deliver() == []
    assert "pending_email" not in desk.show(alice.id).json
    assert desk.confirm_email(letter.secret("email_token")).status == 410


def test_trail_tells_of_it(alice: Person, clock: Clock) -> None:
    _ask(alice)
    clock.advance(seconds=1)
    _ask(alice, alice.email)

    told = [event for event in events(alice.id) if event.what == "user_updated"]
    assert [event.details for event in told] == [
        {"email": "to be confirmed"},
        {"email": "called off"},
    ]
    assert {event.actor_id for event in told} == {alice.id}


# whose an address is


def test_answer_does_not_tell_whether_an_address_is_taken(
    alice: Person, bob: Person, desk: Desk, admin: Person, kept: str, aws_calls: AwsCalls
) -> None:
    desk.update(bob.id, status="disabled")
    answers, made = [], []
    for email in (NEW, admin.email, bob.email, SHOP, kept):
        aws_calls.forget()
        answers.append(_ask(alice, email).but_for_its_id)
        made.append([(call.operation, len(call.arguments)) for call in aws_calls.made])

    assert answers == [answers[0]] * 5
    assert made == [made[0]] * 5


def test_who_has_it_is_told_by_their_own_name_and_in_their_language(
    alice: Person, bob: Person, desk: Desk, post: PostOffice
) -> None:
    bob.account.update([User.language.set("ru")])
    _ask(alice, bob.email)

    (mail,) = _to(post.deliver(), bob.email)

    assert "этим адресом" in mail.subject
    assert mail.text.startswith("Здравствуйте, Bob!")
    assert mail.links == []
    assert "Alice" not in mail.text + mail.html
    assert desk.show(bob.id).json["email"] == bob.email
    assert who_am_i(bob).status == 200


def test_nobody_is_told_at_an_address_whose_owner_is_not_to_hear(
    alice: Person, bob: Person, desk: Desk, kept: str, post: PostOffice
) -> None:
    desk.update(bob.id, status="disabled")
    post.deliver()

    for email in (bob.email, SHOP, kept):
        _ask(alice, email)

    mails = [*post.deliver(), *post.deliver()]
    assert {mail.to[0] for mail in mails} == {alice.email}


def test_address_that_is_taken_meanwhile_is_told_so_in_the_mail(
    alice: Person, desk: Desk, post: PostOffice
) -> None:
    _ask(alice)
    desk.sign_up(NEW)

    (mail,) = _to(post.deliver(), NEW)

    assert mail.subject == "You have an account at Users with this address"


def test_address_of_another_cannot_be_had(alice: Person, bob: Person, desk: Desk) -> None:
    _ask(alice, bob.email)

    assert desk.confirm_email(desk.email_token(alice.id)).code == "email_token_invalid"

    assert (alice.account.email, bob.account.email) == (alice.email, bob.email)


# who may


def test_stolen_token_begins_nothing(
    scene: Scene, alice: Person, clock: Clock, stack: Deployment, post: PostOffice
) -> None:
    clock.advance(seconds=600)
    who_am_i(alice)

    with stack.unchanged():
        answer = _ask(alice)

    assert (answer.status, answer.code) == (403, "reauthentication_required")
    assert post.deliver() == []
    assert CONFIRM_IDENTITY.call(scene).status == 200
    assert _ask(alice).status == 202


def test_refreshed_session_is_no_recent_proof(alice: Person, clock: Clock) -> None:
    clock.advance(seconds=600)
    token = refresh(alice).json["access_token"]

    assert _ask(replace(alice, token=token)).code == "reauthentication_required"


def test_device_that_is_signed_out_meanwhile_begins_nothing(
    scene: Scene, alice: Person, before_write: BeforeWrite, post: PostOffice
) -> None:
    before_write(lambda: LOG_OUT.call(scene))

    assert _ask(alice).code == "session_ended"

    assert users.pending_email(alice.account) is None
    assert post.deliver() == []


def test_person_who_is_disabled_meanwhile_begins_nothing(
    desk: Desk, alice: Person, before_write: BeforeWrite, post: PostOffice
) -> None:
    before_write(lambda: desk.update(alice.id, status="disabled"))

    assert _ask(alice).code == "session_ended"

    assert users.pending_email(alice.account) is None
    assert _to(post.deliver(), NEW) == []


def test_administrator_who_changes_it_meanwhile_is_not_overruled_unseen(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: desk.update(alice.id, email="other@example.org"))

    assert _ask(alice).status == 202

    # which came last
    assert desk.show(alice.id).json["pending_email"] == NEW
    told = [event.details for event in events(alice.id) if event.what == "user_updated"]
    assert told == [{"email": "to be confirmed"}] * 2


# how much mail


def test_person_has_ten_in_an_hour(alice: Person, clock: Clock, stack: Deployment) -> None:
    clock.advance(seconds=HOUR_SECONDS - clock.time.timestamp() % HOUR_SECONDS)
    phone = alice.sign_in()
    answers = [_ask(phone, f"alice{number}@example.org").status for number in range(10)]

    with stack.unchanged():
        refused = _ask(phone)

    assert answers == [202] * 10
    assert (refused.status, refused.code) == (429, "too_many_requests")
    assert 0 < int(refused.headers["retry-after"]) <= HOUR_SECONDS
    # calling it off mails nothing
    assert _ask(phone, alice.email).status == 202
    clock.advance(seconds=int(refused.headers["retry-after"]))
    assert _ask(alice.sign_in()).status == 202


def test_mailbox_gets_three_from_one_person_while_they_work(
    alice: Person, clock: Clock, post: PostOffice
) -> None:
    for _ in range(4):
        assert _ask(alice).status == 202
    first = _to([*post.deliver(), *post.deliver()], NEW)
    clock.advance(seconds=23 * HOUR_SECONDS)
    device = alice.sign_in()
    _ask(device)
    within_a_day = _to(post.deliver(), NEW)
    clock.advance(seconds=HOUR_SECONDS)
    _ask(device.sign_in())

    assert (len(first), len(within_a_day), len(_to(post.deliver(), NEW))) == (3, 0, 1)


def test_mailbox_gets_three_an_hour_from_all_people_together(
    alice: Person, bob: Person, clock: Clock, post: PostOffice
) -> None:
    for person in (alice, alice, bob, bob):
        _ask(person)
    first = _to([*post.deliver(), *post.deliver()], NEW)
    clock.advance(seconds=HOUR_SECONDS)
    _ask(bob.sign_in())

    # a flood by one keeps another's mail back for an hour at most
    assert (len(first), len(_to(post.deliver(), NEW))) == (3, 1)


def test_mail_that_never_left_keeps_none_back(alice: Person, post: PostOffice) -> None:
    _ask(alice)
    # one of the two letters is that to the new address
    post.faults += [EndpointConnectionError(endpoint_url="https://aws.example.com")] * 2
    assert post.deliver() == []
    # as when it failed too often
    post.lose()
    for _ in range(3):
        _ask(alice)

    assert len(_to([*post.deliver(), *post.deliver()], NEW)) == 3
