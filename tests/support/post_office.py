"""The way of a mail: from the queue through its consumer to the mailbox."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from botocore.client import BaseClient
from moto.backends import get_backend

from infra.local.template.pseudo_parameters import ACCOUNT_ID, REGION
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

CONSUMER = "SendMail"
QUEUE = "MailQueue"
DEAD_LETTERS = "MailDeadLetters"
RESET_PAGE = "https://example.com/reset"
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Mail:
    """A mail as the mail service got it."""

    sender: str
    to: Sequence[str]
    subject: str
    text: str
    html: str
    request_id: str

    @property
    def links(self) -> list[str]:
        """Return the links in the text."""
        return _LINK.findall(self.text)

    @property
    def link(self) -> str:
        """Return the one link in the text."""
        (link,) = self.links
        return link

    def secret(self, name: str) -> str:
        """Return the token of this name in the link."""
        page, _, token = self.link.partition(f"#{name}=")
        assert page == RESET_PAGE
        return token

    @property
    def token(self) -> str:
        """Return the reset token in the link."""
        return self.secret("reset_token")


@dataclass
class PostOffice:
    """The queue, the consumer's poller and the mail service."""

    stack: Deployment
    aws_calls: AwsCalls
    sqs: "SQSClient"
    mails: list[Mail] = field(default_factory=list)
    # what the mail service raises, in order; None lets a mail pass
    faults: list[Exception | None] = field(default_factory=list)

    def put(self, body: str) -> str:
        """Put a message on the queue and return its id."""
        return self.sqs.send_message(QueueUrl=self._url(QUEUE), MessageBody=body)["MessageId"]

    def waiting(self, queue: str = QUEUE) -> list[Mapping[str, Any]]:
        """Return what is on the queue, as SQS hands it out; nothing is delayed any more."""
        for message in self._queue(queue)._messages:  # noqa: SLF001 - moto has no clock to turn
            message.delayed_until = message.visible_at = 0
        answer = self.sqs.receive_message(
            QueueUrl=self._url(queue),
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            AttributeNames=["All"],
        )
        return [dict(message) for message in answer.get("Messages", [])]

    def lose(self) -> None:
        """Take off the queue what is there, unsent; it can be purged once a minute only."""
        for message in self.waiting():
            self.sqs.delete_message(
                QueueUrl=self._url(QUEUE), ReceiptHandle=message["ReceiptHandle"]
            )

    def delays(self) -> list[int]:
        """Return how many seconds each message on the queue was to wait."""
        messages = self._queue(QUEUE)._messages  # noqa: SLF001 - as above
        return [
            round(max(0, message.delayed_until - message.sent_timestamp) / 1000)
            for message in messages
        ]

    def consume(self, messages: Sequence[Mapping[str, Any]]) -> list[str]:
        """Hand these messages to the consumer and return the ids of those it could not do."""
        records = [_record(message) for message in messages]
        self.aws_calls.function = CONSUMER
        try:
            result: Any = self.stack.invoke(CONSUMER, {"Records": records})
        finally:
            self.aws_calls.function = ""
        return [failure["itemIdentifier"] for failure in result["batchItemFailures"]]

    def deliver(self) -> list[Mail]:
        """Do as Lambda's poller does, once, and return the mails that were sent by it."""
        before = len(self.mails)
        messages = self.waiting()
        if messages:
            failed = self.consume(messages)
            for message in messages:
                if message["MessageId"] not in failed:
                    self.sqs.delete_message(
                        QueueUrl=self._url(QUEUE), ReceiptHandle=message["ReceiptHandle"]
                    )
        return self.mails[before:]

    def deliver_one(self) -> Mail:
        """Do the same, and return the one mail that was sent."""
        (mail,) = self.deliver()
        return mail

    def _url(self, queue: str) -> str:
        return str(self.stack.resources[queue]["Ref"])

    def _queue(self, queue: str) -> Any:  # noqa: ANN401 - moto's
        name = self.stack.resources[queue]["QueueName"]
        return get_backend("sqs")[ACCOUNT_ID][REGION].queues[name]


@contextmanager
def opened(
    stack: Deployment, aws_calls: AwsCalls, sqs: "SQSClient", patch: pytest.MonkeyPatch
) -> Iterator[PostOffice]:
    """Let mails be seen on their way into the mail service, for as long as the context lasts."""
    office = PostOffice(stack, aws_calls, sqs)
    send = BaseClient._make_api_call  # type: ignore[attr-defined] # noqa: SLF001 - as AwsCalls

    def watched(client: BaseClient, operation: str, arguments: dict[str, Any]) -> object:
        if operation != "SendEmail":
            return send(client, operation, arguments)
        if office.faults and (fault := office.faults.pop(0)):
            raise fault
        # the identity that may send is no resource of the stack: policies have a test of their own
        function, aws_calls.function = aws_calls.function, ""
        try:
            answer = send(client, operation, arguments)
        finally:
            aws_calls.function = function
        office.mails.append(_mail(arguments))
        return answer

    patch.setattr(BaseClient, "_make_api_call", watched)
    yield office


def _mail(arguments: Mapping[str, Any]) -> Mail:
    assert set(arguments) == {"FromEmailAddress", "Destination", "Content"}
    simple = arguments["Content"]["Simple"]
    parts = {"subject": simple["Subject"], "text": simple["Body"]["Text"]}
    parts["html"] = simple["Body"]["Html"]
    assert {part["Charset"] for part in parts.values()} == {"UTF-8"}
    assert set(arguments["Destination"]) == {"ToAddresses"}
    (header,) = simple["Headers"]
    assert header["Name"] == "X-Request-Id"
    return Mail(
        request_id=header["Value"],
        sender=arguments["FromEmailAddress"],
        to=arguments["Destination"]["ToAddresses"],
        **{name: part["Data"] for name, part in parts.items()},
    )


def _record(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the message as Lambda's poller hands it over."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{QUEUE}",
        "awsRegion": REGION,
    }
