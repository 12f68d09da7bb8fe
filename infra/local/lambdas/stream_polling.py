"""Poll tables' streams as Lambda does: read records, invoke a function, go on behind them."""

import json
import logging
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from infra.local.invoke import FunctionError, Invoke
from infra.local.lambdas.pollers import running
from infra.local.lambdas.queue_events import MalformedReportError, failed_ids
from infra.local.template.declarations import Function, StreamSource

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams.type_defs import RecordTypeDef

# as often as Lambda does
POLL_SECONDS = 0.25
RETRY_SECONDS = 2

log = logging.getLogger(__name__)


@contextmanager
def stream_polling(functions: Iterable[Function], invoke: Invoke) -> Iterator[None]:
    """Bring the functions the records of their streams for as long as the context lasts."""
    pollers = [
        StreamPoller(function.logical_id, source, invoke)
        for function in functions
        for source in function.streams
    ]
    with running(pollers):
        yield


class StreamPoller:
    """Brings one function the new items of one table, in their order, batch after batch.

    It begins behind the records that are ``done``, by shard.
    """

    def __init__(
        self,
        function_id: str,
        source: StreamSource,
        invoke: Invoke,
        done: Mapping[str, str] | None = None,
    ) -> None:
        self._function_id = function_id
        self.source = source
        self._invoke = invoke
        # the streams are where the tables are; moto does not know them by an account's own name
        self._streams = boto3.client(
            "dynamodbstreams",
            endpoint_url=os.environ.get("AWS_ENDPOINT_URL_DYNAMODB"),
            config=Config(account_id_endpoint_mode="disabled"),
        )
        self._sqs = boto3.client("sqs")
        self._done = dict(done or {})
        self._failures = 0

    def __str__(self) -> str:
        return f"Polling of {self.source.stream_arn} for {self._function_id}"

    @property
    def done(self) -> Mapping[str, str]:
        """Return the last record of each shard that is done."""
        return dict(self._done)

    @property
    def is_failing(self) -> bool:
        """Say whether a record has to come again."""
        return self._failures > 0

    def run(self, stop: threading.Event) -> None:
        """Poll until ``stop`` is set, whatever happens."""
        while not stop.is_set():
            try:
                wait = 0 if self.poll() else POLL_SECONDS
            except Exception:
                log.exception("%s failed; trying again", self)
                wait = RETRY_SECONDS
            stop.wait(RETRY_SECONDS if self.is_failing else wait)

    def poll(self) -> bool:
        """See a batch of each shard through, and say whether there was any."""
        shards = self._streams.describe_stream(StreamArn=self.source.stream_arn)
        found = False
        for shard in shards["StreamDescription"].get("Shards", []):
            records = self._records(shard["ShardId"])
            if records:
                found = True
                self._bring(shard["ShardId"], records)
        return found

    def _records(self, shard_id: str) -> Sequence["RecordTypeDef"]:
        after = self._done.get(shard_id)
        # asked for anew each time, since moto's iterators do not survive a transaction undone
        start: dict[str, Any] = (
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after}
            if after
            else {"ShardIteratorType": "TRIM_HORIZON"}
        )
        iterator = self._streams.get_shard_iterator(
            StreamArn=self.source.stream_arn, ShardId=shard_id, **start
        )["ShardIterator"]
        return self._streams.get_records(ShardIterator=iterator, Limit=self.source.batch_size)[
            "Records"
        ]

    def _bring(self, shard_id: str, records: Sequence["RecordTypeDef"]) -> None:
        """Invoke the function with what is new, and go on behind what it has done."""
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        new = [_as_sent(record) for record in records if record["eventName"] == "INSERT"]
        failed = self._first_failed([*new]) if new else None
        if failed is None:
            self._failures = 0
            self._done[shard_id] = numbers[-1]
            return
        at = numbers.index(failed)
        if at > 0:
            self._failures = 0
            self._done[shard_id] = numbers[at - 1]
        self._failures += 1
        log.warning("%s failed at record %s, which comes again", self._function_id, failed)
        if self._failures > self.source.retries:
            self._set_apart(shard_id, failed)

    def _first_failed(self, records: Sequence[dict[str, Any]]) -> str | None:
        """Invoke the function and return the record that it could not do, if there is one."""
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        try:
            result = self._invoke(self._function_id, {"Records": records})
            failed = failed_ids(result, numbers)
        except (FunctionError, MalformedReportError):
            log.exception("%s failed", self._function_id)
            return str(numbers[0])
        return min(failed, key=numbers.index) if failed else None

    def _set_apart(self, shard_id: str, number: str) -> None:
        name = self.source.dead_letters_arn.rpartition(":")[2]
        told = {"streamArn": self.source.stream_arn, "shardId": shard_id}
        self._sqs.send_message(
            QueueUrl=self._sqs.get_queue_url(QueueName=name)["QueueUrl"],
            MessageBody=json.dumps({"DDBStreamBatchInfo": {**told, "startSequenceNumber": number}}),
        )
        log.error("%s cannot do record %s, which goes to %s", self._function_id, number, name)
        self._done[shard_id], self._failures = number, 0


def _as_sent(record: "RecordTypeDef") -> dict[str, Any]:
    """Return a record as functions get it: JSON, with times as numbers."""
    told: dict[str, Any] = json.loads(json.dumps(record, default=lambda moment: moment.timestamp()))
    return {**told, "eventSourceARN": record.get("eventSourceARN", "")}
