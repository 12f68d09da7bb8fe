"""Whoever's password was changed, or account deleted, is told, if it was: as they were then."""

import json
from collections.abc import Callable

import pytest

from accounts.storage.tables import User, UserEmail
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.endpoint import Endpoint
from tests.support.faults import refusal
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import (
    CHANGE_PASSWORD,
    DELETE_USER,
    FORGET_PASSWORD,
    ISSUE_SERVICE_TOKEN,
    LOG_IN,
    RESET_PASSWORD,
    UPDATE_USER,
)
from tests.support.scene import Scene

NEW = "another_string"
ELSEWHERE = "elsewhere@example.com"
# what is told, and where the sessions ended
TOLD = pytest.mark.parametrize(
    ("endpoint", "subject", "words"),
    [
        (RESET_PASSWORD, "Your password for Users was changed", "signed out everywhere."),
        (CHANGE_PASSWORD, "Your password for Users was changed", "Everywhere else you were"),
        (DELETE_USER, "Your account at Users was deleted", "was just deleted"),
    ],
    ids=["reset", "change", "deletion"],
)


def _move(person: Person) -> None:
    # as a change of address does, at once
    UserEmail(email=person.email).delete()
    UserEmail(email=ELSEWHERE, user_id=person.id).save()
    person.account.update([User.email.set(ELSEWHERE), User.version.add(1)])


@TOLD
def test_what_was_done_to_an_account_is_told_to_its_owner(
    scene: Scene, post: PostOffice, alice: Person, endpoint: Endpoint, subject: str, words: str
) -> None:
    assert endpoint.call(scene).status == 200

    assert post.delays() == [20]
    mail = post.deliver_one()
    assert mail.to == [alice.email]
    assert mail.subject == subject
    assert words in mail.text
    assert mail.links == []
    assert NEW not in mail.text + mail.html


@TOLD
def test_it_is_told_in_the_owners_language(
    scene: Scene, post: PostOffice, alice: Person, endpoint: Endpoint, subject: str, words: str
) -> None:
    alice.account.update([User.language.set("ru")])
    assert endpoint.call(scene).status == 200

    mail = post.deliver_one()

    assert mail.text.startswith("Здравствуйте, Alice!")
    assert '<html lang="ru">' in mail.html


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda scene: _move(scene.alice),
        lambda scene: UPDATE_USER.call(scene, json={"status": "disabled"}),
        lambda scene: UPDATE_USER.call(scene, json={"name": "Mallory"}),
        DELETE_USER.call,
    ],
    ids=["moved", "disabled", "renamed", "deleted"],
)
def test_nothing_that_comes_after_keeps_the_notice_back_or_leads_it_elsewhere(
    scene: Scene, post: PostOffice, alice: Person, meanwhile: Callable[[Scene], object]
) -> None:
    assert RESET_PASSWORD.call(scene).status == 200
    meanwhile(scene)

    mail = post.deliver()[0]

    assert (mail.to, mail.subject) == ([alice.email], "Your password for Users was changed")
    assert "Hello Alice," in mail.text


def test_who_has_the_address_when_the_password_changes_is_told(
    scene: Scene, post: PostOffice, alice: Person, aws_calls: AwsCalls
) -> None:
    CHANGE_PASSWORD.call(scene)
    write = aws_calls.operations.index("TransactWriteItems") + 1
    post.deliver()
    aws_calls.forget()
    aws_calls.before(write, lambda: _move(alice))

    body = {"current_passw": NEW, "passw": "yet another string"}
    assert CHANGE_PASSWORD.call(scene, json=body).status == 200

    # ordered for either, in two tries of which one came to pass
    assert len(post.waiting()) == 2
    assert post.deliver_one().to == [ELSEWHERE]
    assert post.waiting() == []


def test_no_deletion_is_told_to_a_back_end(scene: Scene, post: PostOffice) -> None:
    user_id = ISSUE_SERVICE_TOKEN.call(scene).json["user_id"]

    method, path = DELETE_USER.at(user_id=user_id)
    assert scene.api.call(method, path, token=scene.admin.token).status == 200

    assert post.waiting() == []


def test_a_deletion_that_was_refused_is_not_told(scene: Scene, post: PostOffice) -> None:
    method, path = DELETE_USER.at(user_id=scene.admin.id)
    answer = scene.api.call(method, path, token=scene.admin.token)
    assert answer.code == "last_administrator"

    assert post.deliver() == []
    assert post.waiting() == []


def test_no_notice_is_sent_of_what_did_not_come_to_pass(
    scene: Scene, post: PostOffice, clock: Clock, aws_calls: AwsCalls
) -> None:
    # a change before this one is another matter
    CHANGE_PASSWORD.call(scene)
    write = aws_calls.operations.index("TransactWriteItems") + 1
    post.deliver()
    clock.advance(seconds=1)
    aws_calls.forget()
    aws_calls.fail(write, refusal())

    body = {"current_passw": NEW, "passw": "yet another string"}
    assert CHANGE_PASSWORD.call(scene, json=body).status == 503

    assert len(post.waiting()) == 1
    assert post.deliver() == []
    assert post.waiting() == []


def test_three_mails_on_request_do_not_hold_back_the_notice(scene: Scene, post: PostOffice) -> None:
    for _ in range(3):
        FORGET_PASSWORD.call(scene)
    assert len(post.deliver()) == 3
    assert CHANGE_PASSWORD.call(scene).status == 200

    assert post.deliver_one().subject == "Your password for Users was changed"


def test_a_notice_that_the_version_before_this_one_ordered_is_sent(
    scene: Scene, post: PostOffice, alice: Person, clock: Clock
) -> None:
    order = {"kind": "password_changed", "email": alice.email, "request_id": "before"}
    post.put(json.dumps({**order, "ordered_at": clock.time.isoformat()}))
    assert post.deliver_one().to == [alice.email]

    clock.advance(seconds=1)
    post.put(json.dumps({**order, "ordered_at": clock.time.isoformat()}))
    assert post.deliver() == []
    assert post.waiting() == []


def test_a_refused_change_is_not_told(scene: Scene, post: PostOffice, alice: Person) -> None:
    for body in (
        {"current_passw": "not the password", "passw": NEW},
        {"current_passw": alice.passw, "passw": alice.email},
        {"current_passw": alice.passw, "passw": "short"},
    ):
        assert CHANGE_PASSWORD.call(scene, json=body).status == 422

    assert post.waiting() == []


def test_a_change_that_cannot_be_told_is_not_made(
    scene: Scene, post: PostOffice, alice: Person, aws_calls: AwsCalls
) -> None:
    CHANGE_PASSWORD.call(scene)
    queueing = aws_calls.operations.index("SendMessage") + 1
    aws_calls.forget()
    aws_calls.fail(queueing, refusal("RequestThrottled"))

    body = {"current_passw": NEW, "passw": "yet another string"}
    assert CHANGE_PASSWORD.call(scene, json=body).status == 503

    assert LOG_IN.call(scene, json={"email": alice.email, "passw": NEW}).status == 200
