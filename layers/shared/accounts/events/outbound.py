"""The queue of deliveries: first in, first out for each webhook and account.

A message says which event goes to which webhook, and nothing about it. One that is not done keeps
back the others of its webhook and account, and no more than those.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from botocore.exceptions import BotoCoreError, ClientError

from accounts import aws, invocation, settings
from accounts.errors import UnavailableError
from accounts.events import payloads

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# a limit of SQS's
_BATCH = 10
_IN_FLIGHT: Final = "ApproximateNumberOfMessagesNotVisible"


class Order(NamedTuple):
    """One event to send to one webhook; ``round`` tells what somebody asked for again apart."""

    webhook: str
    event_id: str
    round: str = ""

    @property
    def group(self) -> str:
        """Return what keeps its order: the account that the event concerns, for this webhook."""
        if payloads.is_test(self.event_id):
            # each by itself
            return f"{self.webhook}#{self.event_id}"
        return f"{self.webhook}#{payloads.account_of(self.event_id)}"

    @property
    def digest(self) -> str:
        """Return by what the queue knows the same order, which it takes once in five minutes."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    def text(self) -> str:
        """Return it as it stands in a message."""
        return json.dumps(self._asdict(), separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the order that a message holds."""
        return cls(**json.loads(text))


def send(orders: Iterable[Order]) -> None:
    """Put the orders on the queue; none is there before another of its group that comes earlier.

    Raises:
        UnavailableError: the queue did not take all of them; to send them again is no harm.
    """
    url = settings.events().webhook_queue_url
    for wave in _waves(orders):
        invocation.require_time()
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {
                "Id": str(number),
                "MessageBody": order.text(),
                "MessageGroupId": order.group,
                "MessageDeduplicationId": order.digest,
            }
            for number, order in enumerate(wave)
        ]
        try:
            answer = aws.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("SQS", aws.reason(error)) from error
        if failed := answer.get("Failed"):
            raise UnavailableError("SQS", failed[0]["Code"])


def put_off(receipt: str, seconds: float) -> None:
    """Have a message that was received come again after that time, at most twelve hours.

    Raises:
        BotoCoreError, ClientError: the queue did not answer; then it comes when its time is over.
    """
    aws.client("sqs").change_message_visibility(
        QueueUrl=settings.events().webhook_queue_url,
        ReceiptHandle=receipt,
        VisibilityTimeout=round(seconds),
    )


def waiting() -> int:
    """Return about how many messages wait to come again.

    Raises:
        BotoCoreError, ClientError: the queue did not answer.
    """
    answer = aws.client("sqs").get_queue_attributes(
        QueueUrl=settings.events().webhook_queue_url, AttributeNames=[_IN_FLIGHT]
    )
    return int(answer["Attributes"][_IN_FLIGHT])


def _waves(orders: Iterable[Order]) -> Iterator[Sequence[Order]]:
    """Yield what may be sent together: of a group one, since each may be refused alone."""
    wave: dict[str, Order] = {}
    for order in orders:
        if order.group in wave or len(wave) == _BATCH:
            yield list(wave.values())
            wave = {}
        wave[order.group] = order
    if wave:
        yield list(wave.values())
