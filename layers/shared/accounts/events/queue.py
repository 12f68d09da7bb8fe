"""The consumer of the queue of deliveries.

It is given one message at a time, so that a slow receiver keeps back nobody else. A message that
is to come again is put off for as long as that takes, and reported as failed, which leaves it on
the queue; one whose function died comes again when its time is over.
"""

from typing import TYPE_CHECKING, Any

from accounts import invocation, logs, metrics
from accounts.events import delivery, outbound
from accounts.events.outbound import Order

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Deliver the batch's events, and return those messages that have to come again."""
    records = event["Records"]
    for number, record in enumerate(records):
        invocation.begin(context)
        metrics.begin()
        if not _is_done(record):
            # nothing may overtake it
            return {"batchItemFailures": [_failure(later) for later in records[number:]]}
    return {"batchItemFailures": []}


def _is_done(record: dict[str, Any]) -> bool:
    try:
        wait = delivery.deliver(Order.read(record["body"]))
        if wait is not None:
            outbound.put_off(record["receiptHandle"], wait)
    except Exception as error:  # noqa: BLE001 - the outermost frame: it has to come again
        logs.crash(error)
        return False
    return wait is None


def _failure(record: dict[str, Any]) -> dict[str, str]:
    return {"itemIdentifier": record["messageId"]}
