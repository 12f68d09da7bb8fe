"""The consumer of the trail's stream: each new event goes to the bus, and to webhooks' queue.

The stream has what was written, in the order of each account, and brings it again until it is
done: at least once. What fails is reported by the first record that is not done, at which Lambda
goes on; one that never succeeds is set apart, and ends among the dead letters.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from accounts import aws, invocation, logs, metrics, settings
from accounts.errors import UnavailableError
from accounts.events import outbound
from accounts.events.outbound import Order
from accounts.events.payloads import Event
from accounts.storage.tables import AuditEvent
from accounts.storage.webhooks import Webhook

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "users"
INSERT = "INSERT"
# of a call to the bus
BATCH = 10


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Publish the batch's events, and return the record at which to go on, if one failed."""
    invocation.begin(context)
    metrics.begin()
    records = iter(event["Records"])
    webhooks = None
    while batch := list(islice(records, BATCH)):
        try:
            events = list(_readable(batch))
            if webhooks is None:
                webhooks = Webhook.all()
            publish(events, webhooks)
        except Exception as error:  # noqa: BLE001 - the outermost frame: it has to come again
            logs.crash(error)
            return _going_on_at(batch[0])
        if len(events) < len(batch):
            return _going_on_at(batch[len(events)])
    return {"batchItemFailures": []}


def publish(events: Sequence[Event | None], webhooks: Sequence[Webhook]) -> None:
    """Tell the bus and the webhooks of events; None is one that is not for others.

    Raises:
        UnavailableError: EventBridge or SQS did not take all of them.
    """
    told = [event for event in events if event]
    if not told:
        return
    _put_on_bus(told)
    outbound.send(
        Order(webhook.id, event.id)
        for event in told
        for webhook in webhooks
        if webhook.wants(event.type)
    )
    logs.published(len(told))


def _readable(batch: Sequence[dict[str, Any]]) -> Iterator[Event | None]:
    """Yield the events of records up to one that cannot be read, which is logged."""
    for record in batch:
        try:
            yield _event(record)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it: others go on
            logs.crash(error)
            return


def _event(record: dict[str, Any]) -> Event | None:
    if record["eventName"] != INSERT:
        return None
    item = AuditEvent.from_raw_data(record["dynamodb"]["NewImage"])
    event = Event.of(item)
    if event is None and item.user_id >= 0:
        logs.degraded("event_without_a_name", reason=item.what)
    return event


def _put_on_bus(events: Sequence[Event]) -> None:
    entries: list[PutEventsRequestEntryTypeDef] = [
        {
            "EventBusName": settings.events().event_bus,
            "Source": SOURCE,
            "DetailType": event.type,
            "Time": event.happened_at,
            "Detail": event.text(),
        }
        for event in events
    ]
    invocation.require_time()
    try:
        answer = aws.client("events").put_events(Entries=entries)
    except (BotoCoreError, ClientError) as error:
        raise UnavailableError("EventBridge", aws.reason(error)) from error
    if answer["FailedEntryCount"]:
        failed = next(entry for entry in answer["Entries"] if "ErrorCode" in entry)
        raise UnavailableError("EventBridge", failed["ErrorCode"])


def _going_on_at(record: dict[str, Any]) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
