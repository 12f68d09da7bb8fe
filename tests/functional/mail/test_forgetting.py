"""POST /api/v1/public/users/passw/forget_passw: one answer for all, and nobody is looked up."""

import json
from collections.abc import Callable

import pytest

from accounts.storage.tables import User
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.faults import refusal, silence
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import FORGET_PASSWORD

UNKNOWN = "nobody@example.com"
Forget = Callable[[str], Answer]


@pytest.fixture
def forget(api: Api) -> Forget:
    return lambda email: api.call(
        FORGET_PASSWORD.method, FORGET_PASSWORD.path, json={"email": email}
    )


def test_known_unknown_and_disabled_are_answered_alike(
    forget: Forget, post: PostOffice, alice: Person, bob: Person
) -> None:
    bob.account.update([User.status.set("disabled")])

    answers = [forget(email).but_for_its_id for email in (alice.email, bob.email, UNKNOWN)]

    assert answers[0][0] == 202
    assert answers == [answers[0]] * 3


def test_nobody_is_looked_up(
    forget: Forget, post: PostOffice, aws_calls: AwsCalls, alice: Person
) -> None:
    for email in (alice.email, UNKNOWN):
        aws_calls.forget()
        forget(email)

        assert aws_calls.operations == ["UpdateItem", "SendMessage"]
        (counted, _) = aws_calls.made
        assert counted.arguments["TableName"].endswith("LoginAttemptsTable")


def test_what_is_queued_is_the_order_and_no_more(
    forget: Forget, post: PostOffice, alice: Person
) -> None:
    answer = forget("Alice@EXAMPLE.com")

    (message,) = post.waiting()
    order = json.loads(message["Body"])
    assert order.pop("ordered_at")
    assert order.pop("id")
    assert order == {
        "kind": "reset",
        "email": alice.email,
        "request_id": answer.headers["x-request-id"],
    }


@pytest.mark.parametrize(
    "fault",
    [
        refusal("RequestThrottled"),
        refusal("AWS.SimpleQueueService.NonExistentQueue"),
        silence(),
    ],
    ids=["throttled", "gone", "silent"],
)
def test_a_queue_that_does_not_answer_is_told(
    forget: Forget, post: PostOffice, aws_calls: AwsCalls, alice: Person, fault: Exception
) -> None:
    aws_calls.fail(2, fault)

    answer = forget(alice.email)

    assert (answer.status, answer.headers["retry-after"]) == (503, "1")


def test_an_order_that_cannot_be_counted_is_not_queued(
    forget: Forget, post: PostOffice, aws_calls: AwsCalls, alice: Person
) -> None:
    aws_calls.fail(1, refusal())

    assert forget(alice.email).status == 503
    assert post.waiting() == []
