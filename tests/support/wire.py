"""What Lambda does for events: brings the stream's records, and the messages of the queue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import boto3
from moto.backends import get_backend

from infra.local.invoke import FunctionError, Invoke
from infra.local.lambdas.queue_events import event_from, failed_ids
from infra.local.lambdas.stream_polling import StreamPoller
from infra.local.template.pseudo_parameters import ACCOUNT_ID, REGION
from tests.support.clocks import Clock
from tests.support.deployment import Deployment

CONSUMER = "PublishEvents"
DELIVERER = "DeliverWebhooks"


@dataclass
class Wire:
    """The path from the trail to receivers, step by step, in the time of the service's clock."""

    stack: Deployment
    invoke: Invoke
    clock: Clock
    # by message, when it comes again
    due: dict[str, datetime] = field(default_factory=dict)
    results: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with nothing read."""
        self._sqs = boto3.client("sqs")
        functions = {function.logical_id: function for function in self.stack.functions}
        self._poller = StreamPoller(CONSUMER, functions[CONSUMER].streams[0], self.invoke)
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
        self._poller = StreamPoller(CONSUMER, self._poller.source, self.invoke)
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

    @property
    def _queue(self) -> str:
        return str(self.stack.resources["WebhookQueue"]["Ref"])

    @property
    def _moto_queue(self) -> Any:  # noqa: ANN401 - moto types its backends loosely
        name = self._queue.rpartition("/")[2]
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
