"""Send a webhook events again that it has not taken."""

from accounts.administration import deliveries, webhooks
from accounts.errors import DeliveryNotFoundError, WebhookNotFoundError
from accounts.events import outbound, switch
from accounts.events.outbound import Order
from infra.manage.problems import RefusedError


def redeliver(name: str, delivery_id: str | None) -> int:
    """Begin the delivery of an event anew, or of all that failed; return how many those are.

    Raises:
        RefusedError: there is no such webhook, or no such delivery.
        WebhooksOffError: nobody is told of events here.
        UnavailableError: DynamoDB or SQS did not answer; to run it again is no harm.
    """
    switch.require_on()
    try:
        if delivery_id is not None:
            deliveries.send_again(name, delivery_id)
            return 1
        webhook = webhooks.find(name)
    except WebhookNotFoundError as error:
        raise RefusedError(f"There is no webhook {name}.") from error
    except DeliveryNotFoundError as error:
        raise RefusedError(f"Nothing is known of a delivery {delivery_id} to {name}.") from error
    round_ = deliveries.new_round()
    # in the order of the events, which the queue keeps for each account
    failed = deliveries.failed(webhook.id)
    outbound.send(Order(webhook.id, event_id, round_) for event_id in failed)
    return len(failed)
