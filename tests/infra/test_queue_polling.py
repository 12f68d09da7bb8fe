"""Queues lead to functions as Lambda's event source mappings do."""

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto.backends import get_backend

from infra.local.aws.resources import Resources, create_resources, verify_sender
from infra.local.invoke import FunctionError, Ongoing
from infra.local.lambdas import queue_polling
from infra.local.lambdas.queue_polling import Poller, polling
from infra.local.template.declarations import QueueSource
from infra.local.template.pseudo_parameters import ACCOUNT_ID, PSEUDO_PARAMETERS, REGION
from infra.local.template.reader import Template
from tests.support.api import Api
from tests.support.deployment import Deployment
from tests.support.people import Person
from tests.support.register import ISSUE_RESET_TOKEN, RESET_PASSWORD

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Letters:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 360
      RedrivePolicy: {deadLetterTargetArn: {"Fn::GetAtt": [LostLetters, Arn]}, maxReceiveCount: 3}
  LostLetters: {Type: AWS::SQS::Queue}
  Postman:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/
      Handler: postman.handler
      Events:
        Queue:
          Type: SQS
          Properties: {Queue: {"Fn::GetAtt": [Letters, Arn]}}
"""
PATIENCE_SECONDS = 10


class Queue:
    """A queue that a function is to be given, and the one for what failed too often."""

    def __init__(self, sqs: "SQSClient", resources: Resources) -> None:
        self._sqs = sqs
        self.arn: str = resources["Letters"]["Arn"]
        self.url: str = resources["Letters"]["Ref"]
        self.dead_url: str = resources["LostLetters"]["Ref"]

    def send(self, body: str, delay_seconds: int = 0) -> str:
        """Send a message and return its id."""
        return self._sqs.send_message(
            QueueUrl=self.url, MessageBody=body, DelaySeconds=delay_seconds
        )["MessageId"]

    def count(self) -> int:
        """Return how many messages there are, taken or not."""
        answer = self._sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        return sum(
            int(number)
            for name, number in answer["Attributes"].items()
            if name.startswith("ApproximateNumberOfMessages")
        )

    def dead(self) -> list[str]:
        answer = self._sqs.receive_message(QueueUrl=self.dead_url, MaxNumberOfMessages=10)
        return [message["Body"] for message in answer.get("Messages", [])]


class Postman:
    """A function that answers as a test says, and remembers what it was given."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.result: object = None
        self.error: FunctionError | None = None
        self.called = threading.Event()

    def __call__(self, logical_id: str, event: dict[str, Any]) -> object:
        assert logical_id == "Postman"
        self.events.append(event)
        self.called.set()
        if self.error:
            raise self.error
        return self.result

    @property
    def bodies(self) -> list[list[str]]:
        return [[record["body"] for record in event["Records"]] for event in self.events]


@pytest.fixture
def template(tmp_path: Path) -> Template:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE)
    return Template.load(path, PSEUDO_PARAMETERS)


@pytest.fixture
def queue(aws_url: str, template: Template) -> Queue:
    return Queue(boto3.client("sqs"), create_resources(template))


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for."""
    monkeypatch.setattr(queue_polling, "WAIT_SECONDS", 0)
    monkeypatch.setattr(queue_polling, "RETRY_SECONDS", 0)


@pytest.fixture
def poller(queue: Queue, postman: Postman, impatient: None) -> Poller:
    source = QueueSource(queue.arn, batch_size=10, reports_failures=True)
    return Poller("Postman", source, postman)


def test_function_gets_the_event_that_lambda_would_send(
    queue: Queue, poller: Poller, postman: Postman
) -> None:
    boto3.client("sqs").send_message(
        QueueUrl=queue.url,
        MessageBody="hello",
        MessageAttributes={
            "kind": {"DataType": "String", "StringValue": "letter"},
            "seal": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
        },
    )

    poller.poll()

    ((record,),) = [event["Records"] for event in postman.events]
    attributes = record.pop("attributes")
    assert attributes["ApproximateReceiveCount"] == "1"
    assert {"SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"} <= set(attributes)
    assert len(record.pop("messageId")) == 36
    assert len(record.pop("receiptHandle")) > 36
    assert len(record.pop("md5OfMessageAttributes")) == 32
    empty: dict[str, object] = {"stringListValues": [], "binaryListValues": []}
    assert record == {
        "body": "hello",
        "messageAttributes": {
            "kind": {"dataType": "String", "stringValue": "letter", **empty},
            "seal": {"dataType": "Binary", "binaryValue": "AP8=", **empty},
        },
        "md5OfBody": "5d41402abc4b2a76b9719d911017c592",
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.arn,
        "awsRegion": REGION,
    }


@pytest.mark.parametrize("result", [None, {}, {"batchItemFailures": None}])
def test_messages_that_are_done_do_not_come_again(
    queue: Queue, poller: Poller, postman: Postman, result: object
) -> None:
    queue.send("one")
    queue.send("two")
    postman.result = result

    poller.poll()
    poller.poll()

    assert postman.bodies == [["one", "two"]]
    assert queue.count() == 0


def test_only_the_messages_reported_as_failed_come_again(
    queue: Queue, poller: Poller, postman: Postman
) -> None:
    queue.send("good")
    bad = queue.send("bad")
    queue.send("fine")
    postman.result = {"batchItemFailures": [{"itemIdentifier": bad}]}

    poller.poll()
    poller.poll()

    assert postman.bodies == [["good", "bad", "fine"], ["bad"]]
    again = postman.events[1]["Records"][0]
    assert again["attributes"]["ApproximateReceiveCount"] == "2"
    assert queue.count() == 1


@pytest.mark.parametrize(
    "report",
    [
        {"batchItemFailures": [{"itemIdentifier": "of no message"}]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"id": "1"}]},
        {"batchItemFailures": "all"},
        "all well",
    ],
)
def test_batch_with_an_unreadable_report_failed_as_a_whole(
    queue: Queue,
    poller: Poller,
    postman: Postman,
    report: object,
    caplog: pytest.LogCaptureFixture,
) -> None:
    queue.send("one")
    queue.send("two")
    postman.result = report

    poller.poll()
    poller.poll()

    assert postman.bodies == [["one", "two"], ["one", "two"]]
    assert "Postman failed" in caplog.text


def test_batch_of_a_function_that_crashes_comes_again(
    queue: Queue, poller: Poller, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    queue.send("one")
    queue.send("two")
    postman.error = FunctionError("KeyError: 'street'")

    poller.poll()
    poller.poll()

    assert postman.bodies == [["one", "two"], ["one", "two"]]
    assert "KeyError: 'street'" in caplog.text


def test_result_of_a_function_that_reports_nothing_does_not_matter(
    queue: Queue, postman: Postman, impatient: None
) -> None:
    queue.send("one")
    postman.result = {"batchItemFailures": [{"itemIdentifier": "?"}]}
    poller = Poller("Postman", QueueSource(queue.arn, 10, reports_failures=False), postman)

    poller.poll()

    assert queue.count() == 0


def test_batch_is_no_larger_than_declared(queue: Queue, postman: Postman, impatient: None) -> None:
    queue.send("one")
    queue.send("two")
    queue.send("three")
    poller = Poller("Postman", QueueSource(queue.arn, 2, reports_failures=True), postman)

    poller.poll()
    poller.poll()

    assert postman.bodies == [["one", "two"], ["three"]]


def test_message_that_fails_too_often_goes_to_the_dead_letters(
    queue: Queue, poller: Poller, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    postman.result = {"batchItemFailures": [{"itemIdentifier": queue.send("cursed")}]}

    for _ in range(4):
        poller.poll()

    assert postman.bodies == [["cursed"]] * 3
    assert queue.count() == 0
    assert queue.dead() == ["cursed"]
    levels = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert [level for level, _ in levels] == ["WARNING", "WARNING", "ERROR"]
    assert levels[-1][1].endswith("which goes to users-local-LostLetters")


def test_failed_message_waits_less_than_the_queue_would_have_it(
    queue: Queue, postman: Postman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_polling, "WAIT_SECONDS", 0)
    monkeypatch.setattr(queue_polling, "RETRY_SECONDS", 1)
    queue.send("slow")
    postman.result = "no report"
    poller = Poller("Postman", QueueSource(queue.arn, 10, reports_failures=True), postman)

    poller.poll()
    poller.poll()
    at_once = postman.bodies
    monkeypatch.setattr(queue_polling, "WAIT_SECONDS", 3)
    poller.poll()

    assert at_once == [["slow"]]
    assert postman.bodies == [["slow"], ["slow"]]


def test_message_that_aws_would_hold_back_comes_at_once(
    queue: Queue, postman: Postman, template: Template
) -> None:
    functions = template.functions({"Letters": {"Arn": queue.arn}})
    queue.send("an order", delay_seconds=900)
    assert queue.count() == 1

    with polling(functions, postman):
        assert postman.called.wait(PATIENCE_SECONDS)

    assert postman.bodies == [["an order"]]


def test_function_is_given_a_message_once_its_sender_has_ended(
    queue: Queue, postman: Postman, impatient: None
) -> None:
    ended = threading.Event()

    def send_and_do_more(_function: str, _event: dict[str, Any]) -> None:
        queue.send("of what is about to happen")
        sent.set()
        ended.wait(PATIENCE_SECONDS)
        done.append(len(postman.events))

    done: list[int] = []
    sent = threading.Event()
    requests = Ongoing(send_and_do_more)
    source = QueueSource(queue.arn, batch_size=10, reports_failures=True)
    poller = Poller("Postman", source, postman, requests.wait)
    sender = threading.Thread(target=requests, args=("Sender", {}))
    sender.start()
    assert sent.wait(PATIENCE_SECONDS)
    polling_once = threading.Thread(target=poller.poll)

    polling_once.start()
    polling_once.join(0.3)
    waited = polling_once.is_alive()
    ended.set()
    polling_once.join(PATIENCE_SECONDS)
    sender.join()

    assert waited
    assert done == [0]
    assert postman.bodies == [["of what is about to happen"]]


def test_what_failed_and_what_begins_later_is_not_waited_for(postman: Postman) -> None:
    postman.error = FunctionError("it broke")
    requests = Ongoing(postman)
    with pytest.raises(FunctionError):
        requests("Postman", {})

    waiting = threading.Thread(target=requests.wait)
    waiting.start()
    waiting.join(PATIENCE_SECONDS)

    assert not waiting.is_alive()


def test_message_that_was_done_late_is_complained_of(
    queue: Queue,
    poller: Poller,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    queue.send("in time")
    poller.poll()
    in_time = caplog.text
    monkeypatch.setattr(queue_polling, "LATE_SECONDS", 0.1)
    message_id = queue.send("late")
    time.sleep(0.2)

    poller.poll()

    assert "after it was sent" not in in_time
    assert f"Postman was done with message {message_id} only 0." in caplog.text


def test_polling_ends_with_its_context(queue: Queue, postman: Postman, template: Template) -> None:
    functions = template.functions({"Letters": {"Arn": queue.arn}})
    name = f"Polling of {queue.url} for Postman"

    with polling(functions, postman):
        assert name in [thread.name for thread in threading.enumerate()]
    queue.send("too late")

    assert name not in [thread.name for thread in threading.enumerate()]
    assert postman.events == []
    assert queue.count() == 1


def test_trouble_while_polling_is_logged_and_does_not_end_it(
    poller: Poller,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    stop = threading.Event()
    troubles = [ConnectionError("no queue there")]

    def poll() -> None:
        if troubles:
            raise troubles.pop()
        stop.set()

    monkeypatch.setattr(poller, "poll", poll)

    poller.run(stop)

    assert troubles == []
    assert "failed; trying again" in caplog.text
    assert "no queue there" in caplog.text


def test_mail_that_a_request_orders_is_sent(
    api: Api,
    stack: Deployment,
    alice: Person,
    admin: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verify_sender(stack.template)
    # the notice is ordered for later; a test need not wait that long
    monkeypatch.setattr("accounts.mail.orders.AFTER_THE_FACT_SECONDS", 0)
    sent = get_backend("ses")[ACCOUNT_ID][REGION].sent_messages
    sent.clear()
    issued = api.call(
        *ISSUE_RESET_TOKEN.at(),
        token=admin.token,
        json={"email": alice.email},
    )
    changed = {"passw": "another string", "reset_token": issued.json["reset_token"]}
    assert api.call(*RESET_PASSWORD.at(), token=admin.token, json=changed).status == 200
    (sender,) = (function for function in stack.functions if function.logical_id == "SendMail")
    (source,) = sender.queues

    Poller("SendMail", source, stack.invoke).poll()

    assert [mail.destinations["ToAddresses"] for mail in sent] == [[alice.email]]
    assert sent[0].subject == "Your password for Users was changed"
