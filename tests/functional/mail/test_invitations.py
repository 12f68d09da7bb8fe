"""Signing people up without choosing their password for them."""

from typing import Any

import pytest

from accounts.storage.tables import User
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.faults import refusal
from tests.support.logged import Log
from tests.support.post_office import PostOffice
from tests.support.register import (
    FORGET_PASSWORD,
    ISSUE_RESET_TOKEN,
    LOG_IN,
    RESET_PASSWORD,
    SIGN_UP,
)
from tests.support.scene import Scene

EMAIL = "ivy@example.com"
INVITATION = {"email": EMAIL, "name": "Ivy", "invite": True}
PASSW = "a password of her own"
DAY_SECONDS = 24 * 3600


def _invite(scene: Scene, **other: object) -> Answer:
    return SIGN_UP.call(scene, json={**INVITATION, **other})


def _log_in(scene: Scene, passw: str = PASSW) -> Answer:
    return LOG_IN.call(scene, json={"email": EMAIL, "passw": passw})


def _set(scene: Scene, token: str) -> Answer:
    return RESET_PASSWORD.call(scene, json={"reset_token": token, "passw": PASSW})


def test_an_invited_person_sets_a_password_and_logs_in(scene: Scene, post: PostOffice) -> None:
    assert _invite(scene).status == 201
    assert _log_in(scene).status == 401

    assert post.delays() == [20]
    mail = post.deliver_one()
    assert mail.to == [EMAIL]
    assert mail.subject == "Your account at Users"
    assert "for 24 hours" in mail.text

    assert _set(scene, mail.token).status == 200
    assert _log_in(scene).json["user"]["name"] == "Ivy"


def test_who_failed_to_set_a_first_password_is_not_told_of_a_new_one(
    scene: Scene, post: PostOffice, aws_calls: AwsCalls
) -> None:
    reset_token = scene.reset_token()
    aws_calls.forget()
    _set(scene, reset_token)
    write = aws_calls.operations.index("TransactWriteItems") + 1
    post.deliver()
    _invite(scene)
    token = post.deliver_one().token
    aws_calls.forget()
    aws_calls.fail(write, refusal())

    assert _set(scene, token).status == 503

    assert len(post.waiting()) == 1
    assert post.deliver() == []
    assert post.waiting() == []


def test_the_invitation_lives_a_day(scene: Scene, post: PostOffice, clock: Clock) -> None:
    _invite(scene)
    mail = post.deliver_one()

    clock.advance(seconds=DAY_SECONDS - 1)
    assert _set(scene, mail.token[:-1] + "?").status == 410
    assert _set(scene, mail.token).status == 200


def test_the_invitation_is_over_after_a_day(scene: Scene, post: PostOffice, clock: Clock) -> None:
    _invite(scene)
    mail = post.deliver_one()

    clock.advance(seconds=DAY_SECONDS)
    assert _set(scene, mail.token).status == 410

    # but who was invited may still ask for a mail
    FORGET_PASSWORD.call(scene, json={"email": EMAIL})
    assert _set(scene, post.deliver_one().token).status == 200


def test_mails_that_anybody_asked_for_do_not_hold_back_the_invitation(
    scene: Scene, post: PostOffice
) -> None:
    _invite(scene)
    for _ in range(3):
        FORGET_PASSWORD.call(scene, json={"email": EMAIL})

    subjects = [mail.subject for mail in post.deliver()]

    assert sorted(subjects) == ["Set a new password for Users"] * 3 + ["Your account at Users"]


def test_nobodys_request_voids_the_invitation(scene: Scene, post: PostOffice) -> None:
    _invite(scene)
    invitation = post.deliver_one()
    FORGET_PASSWORD.call(scene, json={"email": EMAIL})
    post.deliver()

    assert _set(scene, invitation.token).status == 200


def test_an_invitation_in_russian(scene: Scene, post: PostOffice) -> None:
    assert _invite(scene, language="ru", name="Ирина").status == 201

    mail = post.deliver_one()

    assert mail.subject == "Ваша учётная запись в Users"
    assert mail.text.startswith("Здравствуйте, Ирина!")
    assert "в часах: 24" in mail.text


@pytest.mark.parametrize("passw", ["", "a", "invited", "null"])
def test_no_password_opens_an_account_that_has_none(scene: Scene, passw: str) -> None:
    _invite(scene)

    assert _log_in(scene, passw).status in (401, 422)


@pytest.mark.parametrize(
    "other",
    [
        {"passw": PASSW},
        {"invite": False},
        {"invite": False, "passw": None},
        {"invite": None},
        {"invite": "true"},
        {"invite": 1},
    ],
    ids=str,
)
def test_it_is_either_a_password_or_an_invitation(
    scene: Scene, stack: Deployment, post: PostOffice, other: dict[str, Any]
) -> None:
    with stack.unchanged():
        assert _invite(scene, **other).status == 422

    assert post.waiting() == []


def test_an_invitation_may_say_that_there_is_no_password(scene: Scene, post: PostOffice) -> None:
    assert _invite(scene, passw=None).status == 201


def test_a_password_may_come_with_the_word_that_it_is_no_invitation(
    scene: Scene, post: PostOffice
) -> None:
    assert _invite(scene, invite=False, passw=PASSW).status == 201

    assert post.waiting() == []
    assert _log_in(scene).status == 200


def test_no_invitation_goes_to_who_has_a_password(scene: Scene, post: PostOffice, log: Log) -> None:
    _invite(scene)
    token = ISSUE_RESET_TOKEN.call(scene, json={"email": EMAIL}).json["reset_token"]
    assert _set(scene, token).status == 200

    mails = post.deliver()

    # it is told of the change, but not invited
    assert [mail.subject for mail in mails] == ["Your password for Users was changed"]


def test_signing_up_an_existing_person_mails_them_nothing(scene: Scene, post: PostOffice) -> None:
    assert _invite(scene, email=scene.alice.email).status == 409

    assert post.deliver() == []


def test_an_invitation_that_cannot_be_queued_creates_nobody(
    scene: Scene, stack: Deployment, post: PostOffice, aws_calls: AwsCalls
) -> None:
    _invite(scene)
    queueing = aws_calls.operations.index("SendMessage") + 1
    aws_calls.forget()
    aws_calls.fail(queueing, refusal())

    with stack.unchanged():
        assert _invite(scene, email="other@example.com").status == 503


def test_an_account_that_was_not_created_is_not_invited(
    scene: Scene, stack: Deployment, post: PostOffice, aws_calls: AwsCalls
) -> None:
    _invite(scene)
    post.deliver()
    write = aws_calls.operations.index("TransactWriteItems") + 1
    aws_calls.forget()
    aws_calls.fail(write, refusal())

    assert _invite(scene, email="other@example.com").status == 503

    assert post.deliver() == []
    assert post.waiting() == []


def test_a_disabled_person_is_not_invited(scene: Scene, post: PostOffice) -> None:
    user = User.find(_invite(scene).json["id"])
    assert user is not None
    user.update([User.status.set("disabled")])

    assert post.deliver() == []
