"""What Lambda does for events: brings the stream's records, and the messages of the queue."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import boto3
from moto.backends import get_backend

from accounts.events.outbound import Order
from accounts.events.payloads import Event
from accounts.storage.tables import AuditEvent
from infra.local.invoke import FunctionError, Invoke
from infra.local.lambdas.queue_events import event_from, failed_ids
from infra.local.lambdas.stream_polling import StreamPoller
from infra.local.template.declarations import Function
from infra.local.template.pseudo_parameters import ACCOUNT_ID, REGION
from tests.support.clocks import Clock

CONSUMER = "PublishEvents"
DELIVERER = "DeliverWebhooks"
QUEUES = ("WebhookQueue", "WebhookDeadLetters")


class Deployed(Protocol):
    """A stack, whatever its DynamoDB is."""

    @property
    def functions(self) -> tuple[Function, ...]:
        """Return its functions."""

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        """Return what became of each resource."""


@dataclass
class Wire:
    """The path from the trail to receivers, step by step, in the time of the service's clock.

    It begins behind what is ``done`` of the stream.
    """

    stack: Deployed
    invoke: Invoke
    clock: Clock
    done: Mapping[str, str] = field(default_factory=dict)
    # by message, when it comes again
    due: dict[str, datetime] = field(default_factory=dict)
    results: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with nothing read that is not done."""
        self._sqs = boto3.client("sqs")
        functions = {function.logical_id: function for function in self.stack.functions}
        (self._stream,) = functions[CONSUMER].streams
        self._poller = StreamPoller(CONSUMER, self._stream, self.invoke, self.done)
        (self._source,) = functions[DELIVERER].queues

    def publish(self) -> None:
        """Bring the consumer all that is new in the stream, until it is done or fails."""
        while self._poller.poll():
            if self._poller.is_failing:
                return

    @property
    def is_failing(self) -> bool:
        """Say whether a record has to come again."""
        return self._poller.is_failing

    def replay(self) -> None:
        """Bring the consumer the whole stream again, as after a lost checkpoint."""
        self._poller = StreamPoller(CONSUMER, self._stream, self.invoke, self.done)
        self.publish()

    def deliver(self) -> None:
        """Bring the deliverer each message that is due, until nothing is."""
        while messages := self._receive():
            (message,) = messages
            event = event_from(messages, self._source.queue_arn)
            try:
                result = self.invoke(DELIVERER, event)
                self.results.append(result)
                failed = failed_ids(result, {message["MessageId"]})
            except FunctionError:
                failed = frozenset({message["MessageId"]})
            if failed:
                self.due[message["MessageId"]] = self.clock.time + self._hidden(message)
            else:
                self._sqs.delete_message(
                    QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"]
                )

    def tell(self) -> None:
        """Bring everything that has happened to the receivers, as far as they take it."""
        self.publish()
        self.deliver()

    def pass_time(self, seconds: float) -> None:
        """Let time pass, so that what waited for it comes again, and bring that."""
        self.clock.advance(seconds=seconds)
        for message in self._moto_queue._messages:  # noqa: SLF001 - nothing public lets time pass
            if message.id in self.due and self.due[message.id] <= self.clock.time:
                del self.due[message.id]
                message.visible_at = 0
        self.deliver()

    def waiting(self) -> int:
        """Return how many messages are on the queue."""
        return len(self._moto_queue._messages)  # noqa: SLF001 - as above

    def begin_anew(self) -> None:
        """Be where it was at first, with empty queues."""
        self._poller = StreamPoller(CONSUMER, self._stream, self.invoke, self.done)
        self.due.clear()
        for name in QUEUES:
            queue = self._queue_called(name)
            queue._messages = []  # noqa: SLF001 - as above
            queue.pending_messages.clear()

    def unread(self) -> Collection[str]:
        """Return the ids of the events that the consumer has yet to do."""
        found: list[str] = []

        def note(_: str, event: dict[str, Any]) -> None:
            for record in event["Records"]:
                item = AuditEvent.from_raw_data(record["dynamodb"]["NewImage"])
                if told := Event.of(item):
                    found.append(told.id)

        poller = StreamPoller(CONSUMER, self._stream, note, self._poller.done)
        while poller.poll():
            pass
        return found

    def under_way(self) -> Collection[Order]:
        """Return what is on the queues, that of dead letters included."""
        return [
            Order(**json.loads(message.body))
            for name in QUEUES
            for message in self._queue_called(name)._messages  # noqa: SLF001 - as above
        ]

    @property
    def _queue(self) -> str:
        return str(self.stack.resources["WebhookQueue"]["Ref"])

    @property
    def _moto_queue(self) -> Any:  # noqa: ANN401 - moto types its backends loosely
        return self._queue_called("WebhookQueue")

    def _queue_called(self, name: str) -> Any:  # noqa: ANN401 - as above
        name = str(self.stack.resources[name]["Ref"]).rpartition("/")[2]
        return get_backend("sqs")[ACCOUNT_ID][REGION].queues[name]

    def _receive(self) -> list[Any]:
        answer = self._sqs.receive_message(
            QueueUrl=self._queue,
            MaxNumberOfMessages=1,
            MessageSystemAttributeNames=["All"],
            WaitTimeSeconds=0,
        )
        return list(answer.get("Messages", []))

    def _hidden(self, message: Mapping[str, Any]) -> timedelta:
        (there,) = (
            it
            for it in self._moto_queue._messages  # noqa: SLF001 - as above
            if it.id == message["MessageId"]
        )
        sent = datetime.now().timestamp() * 1000  # noqa: DTZ005 - moto's own time, of the machine
        return timedelta(seconds=round((there.visible_at - sent) / 1000))
