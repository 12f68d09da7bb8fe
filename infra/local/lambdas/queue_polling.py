"""Poll queues as Lambda does: receive messages, invoke a function, delete what is done."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3

from infra.local.invoke import FunctionError, Invoke
from infra.local.lambdas.pollers import running
from infra.local.lambdas.queue_events import MalformedReportError, event_from, failed_ids
from infra.local.template.declarations import Function, QueueSource

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

MAX_MESSAGES = 10
# how long a poll, and so the end of the polling, may wait for a message
WAIT_SECONDS = 1
# on AWS a failed message stays away for the queue's visibility timeout, which has to outlast the
# function; nobody wants to wait minutes in front of a terminal for the second attempt
RETRY_SECONDS = 2
# whoever is in front of a terminal looks for the mail after that
LATE_SECONDS = 2

log = logging.getLogger(__name__)


@contextmanager
def polling(
    functions: Iterable[Function], invoke: Invoke, settle: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Bring the functions the messages of their queues for as long as the context lasts.

    ``settle`` returns when whoever may have sent a message that was just received has ended.
    """
    pollers = [
        Poller(function.logical_id, source, invoke, settle)
        for function in functions
        for source in function.queues
    ]
    with running(pollers):
        yield


class Poller:
    """Brings one function the messages of one queue, batch after batch."""

    def __init__(
        self,
        function_id: str,
        source: QueueSource,
        invoke: Invoke,
        settle: Callable[[], None] = lambda: None,
    ) -> None:
        self._function_id = function_id
        self._source = source
        self._invoke = invoke
        self._settle = settle
        self._sqs = boto3.client("sqs")
        name = source.queue_arn.rpartition(":")[2]
        # what comes from such a queue has happened, and its function says when it is to come again
        self._keeps_order = name.endswith(".fifo")
        self._queue_url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        self._dead_letters, self._attempts = self._redrive_policy()

    def __str__(self) -> str:
        return f"Polling of {self._queue_url} for {self._function_id}"

    def run(self, stop: threading.Event) -> None:
        """Poll until ``stop`` is set, whatever happens."""
        while not stop.is_set():
            try:
                self.poll()
            except Exception:
                log.exception("%s failed; trying again", self)
                stop.wait(RETRY_SECONDS)

    def poll(self) -> None:
        """Receive a batch, if there is one within a second, and see it through."""
        messages = self._sqs.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=min(self._source.batch_size, MAX_MESSAGES),
            WaitTimeSeconds=WAIT_SECONDS,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if not messages:
            return
        # a message may tell of what its sender is about to do
        if not self._keeps_order:
            self._settle()
        failed = self._failed(messages)
        for message in messages:
            if message["MessageId"] in failed:
                if not self._keeps_order:
                    self._give_back(message)
            else:
                self._sqs.delete_message(
                    QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
                self._complain_if_late(message)

    def _failed(self, messages: Sequence["MessageTypeDef"]) -> frozenset[str]:
        """Invoke the function with these messages and return the ids of those that failed."""
        ids = frozenset(message["MessageId"] for message in messages)
        try:
            result = self._invoke(self._function_id, event_from(messages, self._source.queue_arn))
            return failed_ids(result, ids) if self._source.reports_failures else frozenset()
        except (FunctionError, MalformedReportError):
            log.exception("%s failed", self._function_id)
            return ids

    def _complain_if_late(self, message: "MessageTypeDef") -> None:
        seconds = time.time() - int(message["Attributes"]["SentTimestamp"]) / 1000
        if seconds > LATE_SECONDS:
            log.warning(
                "%s was done with message %s only %.1f s after it was sent",
                *(self._function_id, message["MessageId"], seconds),
            )

    def _give_back(self, message: "MessageTypeDef") -> None:
        """Have a message that failed received again soon; where it then goes is up to the queue."""
        self._sqs.change_message_visibility(
            QueueUrl=self._queue_url,
            ReceiptHandle=message["ReceiptHandle"],
            VisibilityTimeout=RETRY_SECONDS,
        )
        attempt = int(message["Attributes"]["ApproximateReceiveCount"])
        if self._attempts and attempt >= self._attempts:
            log.error(
                "%s failed %s time(s) with message %s, which goes to %s",
                *(self._function_id, attempt, message["MessageId"], self._dead_letters),
            )
        else:
            log.warning(
                "%s failed %s time(s) with message %s, which comes again",
                *(self._function_id, attempt, message["MessageId"]),
            )

    def _redrive_policy(self) -> tuple[str, int]:
        """Return the queue that takes what failed too often, and how often that is; 0 is never."""
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=self._queue_url, AttributeNames=["RedrivePolicy"]
        ).get("Attributes", {})
        policy = json.loads(attributes.get("RedrivePolicy", "{}"))
        name = policy.get("deadLetterTargetArn", "").rpartition(":")[2]
        return name, int(policy.get("maxReceiveCount", 0))
