"""Whoever's password was changed is told, if it was."""

import pytest

from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.endpoint import Endpoint
from tests.support.faults import refusal
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import CHANGE_PASSWORD, FORGET_PASSWORD, LOG_IN, RESET_PASSWORD
from tests.support.scene import Scene

NEW = "another_string"


@pytest.mark.parametrize("endpoint", [RESET_PASSWORD, CHANGE_PASSWORD], ids=["reset", "change"])
def test_a_new_password_is_told_to_its_owner(
    scene: Scene, post: PostOffice, alice: Person, endpoint: Endpoint
) -> None:
    assert endpoint.call(scene).status == 200

    assert post.delays() == [20]
    mail = post.deliver_one()
    assert mail.to == [alice.email]
    assert mail.subject == "Your password for Users was changed"
    assert mail.links == []
    assert NEW not in mail.text + mail.html


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
