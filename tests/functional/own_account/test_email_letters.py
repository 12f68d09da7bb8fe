"""Both addresses are written to, and what their letters hold is enough to confirm and to undo."""

from collections.abc import Callable

import pytest

from tests.support.clocks import Clock
from tests.support.desk import BeforeWrite, Desk, log_in
from tests.support.people import Person
from tests.support.post_office import Mail, PostOffice
from tests.support.register import CHANGE_PASSWORD, CONFIRM_IDENTITY, FORGET_PASSWORD

NEW = "new@example.org"
OWN = "my own again"


def _by_address(mails: list[Mail]) -> dict[str, Mail]:
    """Return the mails by whom they went to; nobody got two."""
    by_address = {address: mail for mail in mails for address in mail.to}
    assert len(by_address) == len(mails)
    return by_address


def test_letters_lead_there_and_back(desk: Desk, alice: Person, post: PostOffice) -> None:
    desk.update(alice.id, email=NEW)
    asked = _by_address(post.deliver())
    assert set(asked) == {alice.email, NEW}

    assert desk.confirm_email(asked[NEW].secret("email_token")).status == 200
    told = _by_address(post.deliver())
    assert set(told) == {alice.email, NEW}
    assert told[NEW].links == []

    restored = desk.undo_email_change(told[alice.email].secret("undo_token"))
    assert restored.status == 200
    assert set(_by_address(post.deliver())) == {alice.email, NEW}
    assert desk.set_password(restored.json["reset_token"], OWN).status == 200
    assert log_in(alice, passw=OWN).status == 200


def test_first_letter_to_the_old_address_undoes_the_change_before_and_after_it_counts(
    desk: Desk, alice: Person, bob: Person, post: PostOffice
) -> None:
    letters = {}
    for person in (alice, bob):
        desk.update(person.id, email=f"{person.name}@example.org")
        letters[person.id] = _by_address(post.deliver())[person.email].secret("undo_token")
    desk.confirm_email(desk.email_token(bob.id))

    for person in (alice, bob):
        assert desk.undo_email_change(letters[person.id]).status == 200
        assert person.account.email == person.email


def test_letters_of_a_change_beside_a_new_role_are_good(
    desk: Desk, alice: Person, post: PostOffice
) -> None:
    desk.update(alice.id, role="methodist", email=NEW)
    letters = _by_address(post.deliver())

    assert desk.confirm_email(letters[NEW].secret("email_token")).status == 200
    assert desk.undo_email_change(letters[alice.email].secret("undo_token")).status == 200


@pytest.mark.parametrize("language", ["en", "ru"])
def test_letters_are_in_the_language_of_the_account(
    desk: Desk, post: PostOffice, language: str
) -> None:
    user_id = desk.sign_up("nina@example.com", language=language).json["id"]

    desk.update(user_id, email=NEW)

    letters = _by_address(post.deliver())
    for mail in letters.values():
        assert ("Здравствуйте" in mail.text) == (language == "ru")
        assert mail.html.count(mail.link) == 2
    assert NEW not in letters["nina@example.com"].text


def test_asking_again_sends_the_letters_again(desk: Desk, alice: Person, post: PostOffice) -> None:
    desk.update(alice.id, email=NEW)
    first = _by_address(post.deliver())[NEW].secret("email_token")

    desk.update(alice.id, email=NEW)
    second = _by_address(post.deliver())[NEW].secret("email_token")

    assert first != second
    # none voids what is in the mailbox already
    assert desk.confirm_email(first).status == 200


def test_refused_change_is_told_nobody(
    desk: Desk, alice: Person, bob: Person, post: PostOffice
) -> None:
    desk.update(alice.id, email=bob.email)

    assert post.deliver() == []


def test_change_that_loses_to_a_deletion_is_told_nobody(
    desk: Desk, alice: Person, post: PostOffice, before_write: BeforeWrite
) -> None:
    desk.update(alice.id, email=NEW)
    token = desk.email_token(alice.id)
    post.deliver()
    before_write(lambda: desk.delete(alice.id))

    assert desk.confirm_email(token).status == 410

    assert [mail.links for mail in post.deliver()] == [[]]


# an administrator's account is taken over


def test_administrators_access_token_is_not_enough_to_take_the_account(
    desk: Desk, admin: Person, post: PostOffice, clock: Clock, setting: Callable[..., None]
) -> None:
    setting(ACTIVITY_SECONDS="1000000")
    clock.advance(seconds=600)

    answers = [
        desk.update(admin.id, email="thief@example.org"),
        desk.sign_up("thief@example.org", role="administrator"),
        desk.reset_token(admin.email),
        desk.service_token(),
        desk.api.call(*CONFIRM_IDENTITY.at(), token=admin.token, json={"passw": "a guess"}),
    ]

    assert [(answer.status, answer.code) for answer in answers] == [
        *[(403, "reauthentication_required")] * 4,
        (422, "validation_failed"),
    ]
    assert post.deliver() == []


def test_thief_with_the_password_moves_the_account_and_the_owner_has_it_back(
    desk: Desk, admin: Person, other_admin: Person, post: PostOffice
) -> None:
    # with a log-in of their own, which is a proof; and in a hurry, so that no notice finds them
    thief = desk.by(admin.sign_in().token)
    thief.update(admin.id, email="thief@example.org")
    thief.confirm_email(thief.email_token(admin.id))
    signed_in = log_in(admin, email="thief@example.org").json["access_token"]
    body = {"current_passw": admin.passw, "passw": "the thief's own"}
    desk.api.call(*CHANGE_PASSWORD.at(), token=signed_in, json=body)
    thief.by(signed_in).move(admin.id, "thief2@example.org")
    desk.api.call(*FORGET_PASSWORD.at(), json={"email": "thief2@example.org"})

    to_owner = [mail for mail in post.deliver() if admin.email in mail.to]
    assert len(to_owner) == 2
    restored = desk.undo_email_change(to_owner[-1].secret("undo_token"))

    assert restored.status == 200
    thiefs = [mail for mail in (*post.mails, *post.deliver()) if admin.email not in mail.to]
    for mail in thiefs:
        for name, use in (
            ("undo_token", desk.undo_email_change),
            ("email_token", desk.confirm_email),
            ("reset_token", desk.by(other_admin.token).set_password),
        ):
            if f"#{name}=" in mail.text:
                assert use(mail.secret(name)).status == 410
    assert admin.account.email == admin.email
    assert admin.sessions == []
    assert desk.by(other_admin.token).set_password(restored.json["reset_token"], OWN).status == 200
    assert log_in(admin, passw=OWN).status == 200


def test_who_has_the_new_mailbox_alone_gets_the_address_confirmed_and_nothing_else(
    desk: Desk, alice: Person, post: PostOffice
) -> None:
    desk.update(alice.id, email=NEW)
    desk.api.call(*FORGET_PASSWORD.at(), json={"email": NEW})

    (letter,) = [mail for mail in post.deliver() if NEW in mail.to]

    # an address that is not confirmed opens nothing
    assert desk.set_password(letter.secret("email_token").replace("ec.", "pr.")).status == 410
    assert desk.reset_token(NEW).status == 404
    assert log_in(alice, email=NEW).code == "invalid_credentials"
    # and the owner, who was told, closes it with a new password
    desk.set_password(desk.reset_token(alice.email).json["reset_token"], OWN)
    assert desk.confirm_email(letter.secret("email_token")).status == 410
