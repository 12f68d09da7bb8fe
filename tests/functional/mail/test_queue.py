"""The consumer: each message on its own, none twice, none lost."""

import json

import boto3
import pytest

from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment
from tests.support.faults import refusal, silence
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.post_office import CONSUMER, DEAD_LETTERS, Mail, PostOffice
from tests.support.register import FORGET_PASSWORD, RESET_PASSWORD
from tests.support.scene import Scene

ORDER = {
    "kind": "reset",
    "email": "alice@example.com",
    "ordered_at": "2026-01-01T00:00:00Z",
    "request_id": "r",
}
POISON = {
    "no JSON": "poison",
    "empty": "{}",
    "a list": "[]",
    "unknown kind": json.dumps({**ORDER, "kind": "advertisement"}),
    "address that is no text": json.dumps({**ORDER, "email": 1}),
    "request that is no text": json.dumps({**ORDER, "request_id": None}),
    "no time": json.dumps({**ORDER, "ordered_at": "yesterday"}),
    "time as a number": json.dumps({**ORDER, "ordered_at": 1_767_225_600}),
    "time of no zone": json.dumps({**ORDER, "ordered_at": "2026-01-01T00:00:00"}),
}
FAULTS = {
    "refused": refusal("MessageRejected"),
    "throttled": refusal("TooManyRequestsException"),
    "silent": silence(),
}


def _order(scene: Scene, person: Person) -> str:
    answer = FORGET_PASSWORD.call(scene, json={"email": person.email})
    assert answer.status == 202
    return answer.headers["x-request-id"]


@pytest.mark.parametrize("body", POISON.values(), ids=POISON)
def test_a_message_that_is_no_order_fails_alone(
    scene: Scene, post: PostOffice, alice: Person, bob: Person, body: str
) -> None:
    _order(scene, alice)
    poison = post.put(body)
    _order(scene, bob)

    mails = post.deliver()

    assert [mail.to for mail in mails] == [[alice.email], [bob.email]]
    assert [message["MessageId"] for message in post.waiting()] == [poison]


def test_what_keeps_failing_ends_among_the_dead_letters(post: PostOffice) -> None:
    poison = post.put("poison")
    for _ in range(6):
        post.deliver()

    assert post.waiting() == []
    assert [message["MessageId"] for message in post.waiting(DEAD_LETTERS)] == [poison]


def test_a_batch_of_failures_does_not_fail_the_function(post: PostOffice) -> None:
    ids = {post.put("poison") for _ in range(3)}

    assert set(post.consume(post.waiting())) == ids


def test_a_message_delivered_twice_sends_one_mail(
    scene: Scene, post: PostOffice, alice: Person
) -> None:
    _order(scene, alice)
    messages = post.waiting()

    assert post.consume(messages) == []
    assert post.consume(messages) == []
    assert post.consume(messages * 2) == []

    assert len(post.mails) == 1


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_mail_that_was_not_taken_is_sent_when_the_message_comes_again(
    scene: Scene, post: PostOffice, alice: Person, fault: Exception
) -> None:
    _order(scene, alice)
    post.faults = [fault]

    assert post.deliver() == []
    assert len(post.waiting()) == 1

    assert post.deliver_one().to == [alice.email]
    assert post.waiting() == []


def test_a_failed_mail_does_not_hold_the_others_up(
    scene: Scene, post: PostOffice, alice: Person, bob: Person
) -> None:
    _order(scene, alice)
    _order(scene, bob)
    post.faults = [FAULTS["refused"], None]

    assert [mail.to for mail in post.deliver()] == [[bob.email]]
    assert [mail.to for mail in post.deliver()] == [[alice.email]]


def test_a_mail_that_there_is_no_time_for_is_left_for_the_next_time(
    scene: Scene, post: PostOffice, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    _order(scene, alice)
    with monkeypatch.context() as patch:
        # more than the function has
        patch.setattr("accounts.mail.sending.LONGEST_CALL_SECONDS", 61)
        assert post.deliver() == []

    assert post.deliver_one().to == [alice.email]


# find the message new, the e-mail, the account; count; keep the token
@pytest.mark.parametrize("number", range(1, 6))
def test_whatever_fails_before_the_mail_is_sent_it_is_sent_once_in_the_end(
    scene: Scene, post: PostOffice, aws_calls: AwsCalls, alice: Person, number: int
) -> None:
    _order(scene, alice)
    aws_calls.forget()
    aws_calls.fail(number, refusal())

    assert post.deliver() == []
    mail = post.deliver_one()

    assert post.waiting() == []
    assert RESET_PASSWORD.call(scene, json=_new_password(mail)).status == 200


def test_a_mail_that_cannot_be_noted_as_sent_is_sent_again_later(
    scene: Scene, stack: Deployment, post: PostOffice, aws_calls: AwsCalls, alice: Person
) -> None:
    _order(scene, alice)
    aws_calls.forget()
    aws_calls.fail(6, refusal())
    assert len(post.deliver()) == 1

    # for all the queue knows, that invocation still runs
    assert post.deliver() == []
    assert len(post.waiting()) == 1

    _let_invocations_run_out(stack)
    mail = post.deliver_one()
    assert post.waiting() == []
    assert RESET_PASSWORD.call(scene, json=_new_password(mail)).status == 200


def test_lines_about_a_mail_carry_the_id_of_the_request_that_ordered_it(
    scene: Scene, post: PostOffice, alice: Person, bob: Person, log: Log
) -> None:
    ids = [_order(scene, alice), _order(scene, bob)]
    post.faults = [FAULTS["refused"]]

    post.deliver()

    failed, sent = log.named("mail")
    (crash,) = log.named("crash")
    assert (sent["request_id"], sent["kind"], sent["outcome"]) == (ids[1], "reset", "sent")
    assert (failed["request_id"], failed["outcome"]) == (ids[0], "failed")
    assert (crash["request_id"], crash["causes"][0]["code"]) == (ids[0], "MessageRejected")


def test_lines_about_poison_carry_the_id_of_the_invocation(
    scene: Scene, post: PostOffice, alice: Person, log: Log
) -> None:
    request_id = _order(scene, alice)
    post.put("poison")

    post.deliver()

    (crash,) = log.named("crash")
    assert crash["request_id"] not in ("", request_id)
    assert crash["causes"][0]["type"] == "JSONDecodeError"


def test_the_consumer_may_send_as_the_service_and_only_so(stack: Deployment) -> None:
    policies = stack.template.document["Resources"][CONSUMER]["Properties"]["Policies"]
    statements = [statement for policy in policies for statement in policy["Statement"]]

    (sending,) = [
        # some stand under a condition
        statement
        for statement in statements
        if "ses:SendEmail" in statement.get("Action", ())
    ]
    assert sending["Action"] == ["ses:SendEmail"]
    assert sending["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}


def _new_password(mail: Mail) -> dict[str, str]:
    return {"reset_token": mail.token, "passw": "another_string"}


def _let_invocations_run_out(stack: Deployment) -> None:
    table = stack.resources["IdempotencyTable"]["Ref"]
    dynamodb = boto3.client("dynamodb")
    for item in stack.stored()[table]:
        dynamodb.update_item(
            TableName=table,
            Key={"id": item["id"]},
            UpdateExpression="SET in_progress_expiration = :past",
            ExpressionAttributeValues={":past": {"N": "1"}},
        )
