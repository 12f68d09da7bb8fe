"""Which mail goes to whom, in which words, and how many."""

from collections.abc import Callable

import pytest

from accounts.credentials import reset_tokens
from accounts.errors import ResetTokenInvalidError
from accounts.storage.tables import OneTimeToken, User
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.faults import refusal
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.post_office import DEAD_LETTERS, RESET_PAGE, PostOffice
from tests.support.register import (
    CHANGE_PASSWORD,
    CONFIRM_EMAIL,
    FORGET_PASSWORD,
    LOG_IN,
    RESET_PASSWORD,
)
from tests.support.scene import Scene

NEW = "another_string"
# the message, the e-mail, the account and the count come before it
KEEPS_TOKEN = 5


def _works(token: str) -> bool:
    try:
        reset_tokens.held(token)
    except ResetTokenInvalidError:
        return False
    return True


def _spend(scene: Scene, token: str, passw: str = NEW) -> int:
    return RESET_PASSWORD.call(scene, json={"reset_token": token, "passw": passw}).status


def test_the_token_in_the_mail_sets_a_password_once(
    scene: Scene, post: PostOffice, alice: Person
) -> None:
    FORGET_PASSWORD.call(scene)
    mail = post.deliver_one()

    assert mail.to == [alice.email]
    assert mail.sender == "no-reply@example.com"
    assert _spend(scene, mail.token) == 200
    assert _spend(scene, mail.token) == 410
    assert LOG_IN.call(scene, json={"email": alice.email, "passw": NEW}).status == 200


def test_a_newer_mail_leaves_the_token_of_the_older_good(scene: Scene, post: PostOffice) -> None:
    FORGET_PASSWORD.call(scene)
    FORGET_PASSWORD.call(scene)
    older, newer = post.deliver()

    assert _spend(scene, older.token) == 200
    assert _spend(scene, newer.token) == 410


def test_the_token_lives_as_long_as_the_mail_says(
    scene: Scene, post: PostOffice, clock: Clock
) -> None:
    FORGET_PASSWORD.call(scene)
    mail = post.deliver_one()

    assert "for 60 minutes" in mail.text
    clock.advance(seconds=60 * 60)
    assert _spend(scene, mail.token) == 410


def test_nothing_is_sent_to_nobody_and_to_the_disabled(
    scene: Scene, post: PostOffice, alice: Person, log: Log
) -> None:
    alice.account.update([User.status.set("disabled")])
    for email in (alice.email, "nobody@example.com"):
        FORGET_PASSWORD.call(scene, json={"email": email})

    assert post.deliver() == []
    assert post.waiting() == []
    assert [line["outcome"] for line in log.named("mail")] == ["nobody", "nobody"]


def test_no_reset_token_is_sent_to_an_address_that_was_given_up_meanwhile(
    scene: Scene, post: PostOffice, aws_calls: AwsCalls, alice: Person
) -> None:
    confirmation = {"email_token": scene.email_token()}
    post.deliver()
    FORGET_PASSWORD.call(scene)
    aws_calls.forget()
    aws_calls.before(KEEPS_TOKEN, lambda: CONFIRM_EMAIL.call(scene, json=confirmation))

    assert post.deliver() == []
    post.deliver()

    assert alice.account.email != alice.email
    assert post.waiting() == []
    assert not any("#reset_token=" in mail.text for mail in post.mails)
    assert not any(item.token.startswith("pr#") for item in OneTimeToken.scan())


def test_three_mails_in_any_hour_are_all_that_an_account_gets(
    scene: Scene, post: PostOffice, bob: Person, clock: Clock
) -> None:
    sent = []
    for _ in range(12):
        FORGET_PASSWORD.call(scene)
        FORGET_PASSWORD.call(scene)
        sent.append(len(post.deliver()))
        clock.advance(seconds=600)
    FORGET_PASSWORD.call(scene, json={"email": bob.email})

    # every ten minutes two are asked for; the first comes again when its hour is over
    assert sent == [2, 1, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0]
    assert [mail.to for mail in post.deliver()] == [[bob.email]]
    assert post.waiting() == []


def test_an_hour_is_not_a_second_shorter(scene: Scene, post: PostOffice, clock: Clock) -> None:
    for _ in range(3):
        FORGET_PASSWORD.call(scene)
    assert len(post.deliver()) == 3

    clock.advance(seconds=3599)
    FORGET_PASSWORD.call(scene)
    assert post.deliver() == []

    clock.advance(seconds=1)
    FORGET_PASSWORD.call(scene)
    assert len(post.deliver()) == 1


@pytest.mark.parametrize("life_seconds", [900, 3600])
def test_while_a_mail_is_withheld_a_link_that_works_is_in_the_mailbox(
    scene: Scene,
    post: PostOffice,
    clock: Clock,
    setting: Callable[..., None],
    life_seconds: int,
) -> None:
    setting(RESET_TOKEN_SECONDS=str(life_seconds))
    tokens: list[str] = []
    # somebody asks all the time
    for _ in range(40):
        FORGET_PASSWORD.call(scene)
        mails = post.deliver()
        tokens += [mail.token for mail in mails]
        if not mails:
            assert _works(tokens[-1])
        clock.advance(seconds=111)

    assert len(tokens) < 40


@pytest.mark.parametrize("of_the_three", [0, 1, 2])
def test_any_of_the_three_links_lets_the_owner_in(
    scene: Scene, post: PostOffice, of_the_three: int
) -> None:
    for _ in range(4):
        FORGET_PASSWORD.call(scene)
    mails = post.deliver()

    assert len(mails) == 3
    assert _spend(scene, mails[of_the_three].token) == 200


def test_once_a_link_was_used_the_others_keep_no_mail_back(scene: Scene, post: PostOffice) -> None:
    for _ in range(3):
        FORGET_PASSWORD.call(scene)
    mails = post.deliver()
    assert _spend(scene, mails[0].token) == 200
    post.deliver()

    FORGET_PASSWORD.call(scene)

    assert _spend(scene, post.deliver_one().token, "yet another string") == 200


def test_links_that_a_change_of_password_voided_keep_no_mail_back(
    scene: Scene, post: PostOffice
) -> None:
    for _ in range(3):
        FORGET_PASSWORD.call(scene)
    assert len(post.deliver()) == 3
    assert CHANGE_PASSWORD.call(scene).status == 200
    post.deliver()

    FORGET_PASSWORD.call(scene)

    assert _spend(scene, post.deliver_one().token, "yet another string") == 200


def test_a_mail_that_never_left_keeps_no_mail_back(scene: Scene, post: PostOffice) -> None:
    for _ in range(3):
        FORGET_PASSWORD.call(scene)
    post.faults = [refusal("MessageRejected")] * 15
    for _ in range(6):
        assert post.deliver() == []
    assert len(post.waiting(DEAD_LETTERS)) == 3

    FORGET_PASSWORD.call(scene)

    assert _spend(scene, post.deliver_one().token) == 200


def test_tries_of_one_mail_count_once(scene: Scene, post: PostOffice) -> None:
    for _ in range(2):
        FORGET_PASSWORD.call(scene)
    assert len(post.deliver()) == 2

    FORGET_PASSWORD.call(scene)
    post.faults = [refusal("MessageRejected")] * 3
    for _ in range(3):
        assert post.deliver() == []
    assert len(post.deliver()) == 1

    FORGET_PASSWORD.call(scene)
    assert post.deliver() == []
    assert post.waiting() == []


@pytest.mark.parametrize(
    "header",
    [
        ("Host", "evil.example.net"),
        ("X-Forwarded-Host", "evil.example.net"),
        ("Forwarded", "host=evil.example.net"),
        ("Origin", "https://evil.example.net"),
        ("Referer", "https://evil.example.net/"),
    ],
    ids=lambda header: header[0],
)
def test_the_link_leads_where_the_configuration_says(
    scene: Scene, post: PostOffice, header: tuple[str, str]
) -> None:
    FORGET_PASSWORD.call(scene, headers=dict([header]))
    mail = post.deliver_one()

    assert mail.link.startswith(f"{RESET_PAGE}#reset_token=pr.")
    assert f'href="{mail.link}"' in mail.html
    assert "evil" not in mail.text + mail.html + mail.subject


def test_another_page_is_a_setting(
    scene: Scene, post: PostOffice, setting: Callable[..., None]
) -> None:
    setting(RESET_PAGE_URL="https://app.example.org/new?from=mail&x=1")
    FORGET_PASSWORD.call(scene)

    mail = post.deliver_one()

    assert mail.link.startswith("https://app.example.org/new?from=mail&x=1#reset_token=pr.")
    assert "from=mail&amp;x=1#reset_token=pr." in mail.html


def test_the_mail_is_in_the_persons_language(
    scene: Scene, post: PostOffice, alice: Person, bob: Person
) -> None:
    alice.account.update([User.language.set("ru")])
    FORGET_PASSWORD.call(scene)
    FORGET_PASSWORD.call(scene, json={"email": bob.email})

    russian, english = post.deliver()

    assert russian.subject == "Новый пароль для Users"
    assert russian.text.startswith("Здравствуйте, Alice!")
    assert '<html lang="ru">' in russian.html
    assert english.subject == "Set a new password for Users"
    assert english.text.startswith("Hello Bob,")
    assert '<html lang="en">' in english.html
