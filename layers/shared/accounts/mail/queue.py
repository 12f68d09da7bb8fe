"""The consumer of the mail queue.

SQS delivers at least once, and in batches, and an order whose receipt was lost is put on the queue
again: what was sent for an order is not sent again, and one that fails does not bring the others
back.
"""

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.idempotency import (
    IdempotencyConfig,
    idempotent_function,
)

from accounts import invocation, logs, metrics
from accounts.invocation import Origin
from accounts.mail import sending
from accounts.mail.messages import Message
from accounts.storage import idempotency_store

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from aws_lambda_powertools.utilities.typing import LambdaContext

# longer than the queue keeps a message
REMEMBERED_SECONDS = 5 * 24 * 3600


def handler(event: dict[str, Any], context: "LambdaContext") -> "PartialItemFailureResponse":
    """Send the batch's mails, and return those messages that have to come again."""
    config = IdempotencyConfig(
        event_key_jmespath="id",
        raise_on_no_idempotency_key=True,
        expires_after_seconds=REMEMBERED_SECONDS,
        lambda_context=context,
    )

    @idempotent_function(  # type: ignore[untyped-decorator] # Powertools has no type here
        data_keyword_argument="job",
        persistence_store=idempotency_store.store("mail"),
        config=config,
    )
    def send_once(*, job: dict[str, str]) -> None:
        sending.send(Message.read(job["body"]), job["id"])

    def receive(record: "SQSRecord") -> None:
        invocation.begin(context)
        metrics.begin()
        try:
            ordered = Message.read(record.body)
            # what an operator does is no request
            invocation.set_origin(Origin(ordered.request_id or context.aws_request_id))
            send_once(job={"id": ordered.id or record.message_id, "body": record.body})
        except Exception as error:
            logs.crash(error)
            logs.mail("failed")
            raise

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, receive, processor, context)
