"""What became of events for a webhook, and sending them again."""

import secrets
from collections.abc import Sequence

from accounts import clock
from accounts.administration import webhooks
from accounts.administration.pages import Page, newest_first
from accounts.errors import DeliveryNotFoundError
from accounts.events import outbound, payloads
from accounts.events.delivery_states import FAILED
from accounts.events.outbound import Order
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import UserSession
from accounts.storage.webhooks import Delivery

_RANDOM_BYTES = 4


def list_deliveries(name: str, limit: int, cursor: str | None, asking: UserSession) -> Page:
    """Return up to ``limit`` deliveries to a webhook, those of the newest events first.

    Raises:
        ValidationFailedError: the cursor is not one of this list.
        UnavailableError: DynamoDB did not answer.
    """
    owner = Delivery.owner_of(name)
    return newest_first(Delivery, owner, f"deliveries {name}", limit, cursor, asking)


def test(name: str) -> str:
    """Send the webhook an event that says nothing, and return the event's id.

    Raises:
        WebhookNotFoundError: there is none.
        UnavailableError: DynamoDB or SQS did not answer.
    """
    order = Order(webhooks.find(name).id, payloads.new_test_id())
    outbound.send([order])
    return order.event_id


def send_again(name: str, delivery_id: str) -> None:
    """Begin a delivery anew, whatever became of it; the event keeps its id.

    Raises:
        WebhookNotFoundError: there is no such webhook.
        DeliveryNotFoundError: nothing is known of such a delivery.
        UnavailableError: DynamoDB or SQS did not answer.
    """
    webhook = webhooks.find(name)
    known = payloads.is_id(delivery_id) and Delivery.find(Delivery.owner_of(name), delivery_id)
    if not known:
        raise DeliveryNotFoundError
    outbound.send([Order(webhook.id, delivery_id, new_round())])


def failed(name: str) -> Sequence[str]:
    """Return the ids of the events that the webhook has not taken, the oldest first.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    with unavailable_on_failure():
        found = Delivery.query(
            Delivery.owner_of(name),
            filter_condition=Delivery.status == FAILED,
            consistent_read=True,
        )
        return [delivery.id for delivery in found]


def new_round() -> str:
    """Return what tells an order that somebody gives now from those before."""
    # the time first, since a later round voids an earlier one
    return f"{clock.now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(_RANDOM_BYTES)}"
