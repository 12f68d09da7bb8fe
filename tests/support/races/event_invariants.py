"""What must be true of events and deliveries at every instant."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from itertools import groupby
from typing import TYPE_CHECKING

from accounts.events import payloads
from accounts.events.delivery import KEPT, WAITS_SECONDS
from accounts.events.delivery_states import DELIVERED, FAILED, PENDING
from accounts.events.outbound import Order
from accounts.events.payloads import Event
from accounts.storage.webhooks import Delivery, Webhook
from tests.support.races.storage import Item

if TYPE_CHECKING:
    from tests.support.races.invariants import State

# by webhook, then by event
Deliveries = Mapping[str, Mapping[str, Delivery]]
# expiry is kept in whole seconds
_ROUNDING = timedelta(seconds=1)
_LOG = Delivery.owner_of("")


def read(items: Iterable[Item]) -> tuple[Sequence[Webhook], Deliveries]:
    """Return the webhooks and the log of each, of the table's items."""
    webhooks = []
    deliveries: dict[str, dict[str, Delivery]] = {}
    for item in items:
        if item["owner"]["S"].startswith(_LOG):
            found = Delivery.from_raw_data(dict(item))
            deliveries.setdefault(found.owner.removeprefix(_LOG), {})[found.id] = found
        else:
            webhooks.append(Webhook.from_raw_data(dict(item)))
    return webhooks, deliveries


def deliveries_are_whole(state: "State") -> Iterator[str]:
    """A delivery waits, was taken or was given up, and says of itself nothing else."""
    for name, event_id, delivery in _all(state):
        where = f"{event_id} for {name}"
        if delivery.status not in (PENDING, DELIVERED, FAILED):
            yield f"{where} is in no state"
        if delivery.status == PENDING and not 0 < delivery.attempts <= len(WAITS_SECONDS):
            yield f"{where} waits after {delivery.attempts} attempts"
        if delivery.status == DELIVERED and not _is_success(delivery):
            yield f"{where} was not taken"
        if (delivery.status == PENDING) != (delivery.next_attempt_at is not None):
            yield f"{where} is done and comes again, or neither"
        if delivery.expires_at > state.now + KEPT + _ROUNDING:
            yield f"{where} is kept too long"


def deliveries_keep_order(state: "State") -> Iterator[str]:
    """Of an account no event was sent before the one before it was taken, or given up."""
    for webhook in state.webhooks:
        log = state.deliveries.get(webhook.id, {})
        for user_id, events in groupby(wanted(state, webhook), key=lambda it: it.data["user_id"]):
            begun = [log.get(event.id) for event in events]
            # before the first it was asked for none, and after the last there are none yet
            while begun and begun[-1] is None:
                del begun[-1]
            while begun and begun[0] is None:
                del begun[0]
            if any(it is None or (it.status == PENDING and not it.round) for it in begun[:-1]):
                yield f"an event of user {user_id} overtook another, for {webhook.id}"


EVENT_RULES = (deliveries_are_whole, deliveries_keep_order)


def lost(state: "State", unread: Collection[str], under_way: Collection[Order]) -> Iterator[str]:
    """Yield the events that are in none of the places where those are that a webhook wants.

    Each is in the stream, ``unread``, or ``under_way`` on a queue, or was taken or given up.
    """
    for webhook in state.webhooks:
        log = state.deliveries.get(webhook.id, {})
        queued = {order.event_id for order in under_way if order.webhook == webhook.id}
        for event in wanted(state, webhook):
            is_done = event.id in log and log[event.id].status != PENDING
            if not is_done and event.id not in unread and event.id not in queued:
                yield f"{event.type} {event.id} is lost for {webhook.id}"


def wanted(state: "State", webhook: Webhook) -> Sequence[Event]:
    """Return the events that are for the webhook, those of an account together and in order."""
    mine = (event for event in since(state, webhook) if webhook.wants(event.type))
    return sorted(mine, key=lambda it: (it.data["user_id"], it.id))


def since(state: "State", webhook: Webhook) -> Sequence[Event]:
    """Return all that has happened since somebody asked for this webhook."""
    items = (item for item in state.events if item.happened_at > webhook.created_at)
    return [event for event in map(Event.of, items) if event]


def _all(state: "State") -> Iterator[tuple[str, str, Delivery]]:
    for name, log in state.deliveries.items():
        for event_id, delivery in log.items():
            if not payloads.is_test(event_id):
                yield name, event_id, delivery


def _is_success(delivery: Delivery) -> bool:
    status: int | None = delivery.response_status
    return status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
