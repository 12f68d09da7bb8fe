"""Delivering an event to a webhook: when, what, and what becomes of it.

At least once: what was taken is not sent again, unless the note of it was lost. An event that is
not taken comes again, after five seconds at first and after hours at last, for a day; then it is
kept as failed, and somebody may send it again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from standardwebhooks import Webhook as Signer

from accounts import clock, logs
from accounts.events import calling, circuit, outbound, payloads, readers, secrets
from accounts.events.calling import Answer
from accounts.events.delivery_states import DELIVERED, FAILED, PENDING
from accounts.events.outbound import Order
from accounts.events.payloads import Event, NoEventError
from accounts.storage.webhooks import Delivery, Webhook

# between the attempts; a day in all
WAITS_SECONDS = (5, 30, 120, 600, 1800, 3600, 7200, 10800, 14400, 14400, 14400, 18000)
# what keeps the queue from others: it hands out what is among the first 120,000 messages
MOST_WAITING = 10_000
KEPT = timedelta(days=30)
USER_AGENT = "users-service-webhooks/1"
_SHORTEST_WAIT_SECONDS = 1


def deliver(order: Order) -> float | None:
    """Do what is due of the order now; return after how many seconds to go on, or None if done.

    Raises:
        UnavailableError: DynamoDB or KMS did not answer.
        BotoCoreError, ClientError: SQS did not.
    """
    webhook = Webhook.called(order.webhook)
    event = _event(order, webhook) if webhook else None
    if webhook is None or event is None:
        # deleted, or wanted no more, or too long ago for the trail
        logs.webhook("void", webhook=order.webhook)
        return None
    delivery = _delivery(order, event)
    if delivery is None:
        return None
    # what somebody asks for is tried at once, since they may have mended the receiver
    is_asked_for = order.round or payloads.is_test(order.event_id)
    if not is_asked_for and (paused := circuit.seconds_paused(webhook)):
        return _pause(webhook, delivery, paused)
    answer = _attempt(webhook, event)
    return _note(webhook, delivery, answer)


def _event(order: Order, webhook: Webhook) -> Event | None:
    if payloads.is_test(order.event_id):
        return Event.test(order.event_id, webhook.maker_id)
    try:
        event = payloads.find(order.event_id)
    except NoEventError:
        return None
    return event if webhook.wants(event.type) else None


def _delivery(order: Order, event: Event) -> Delivery | None:
    """Return what is noted of the order, begun anew if it is another round; None if it is done."""
    owner = Delivery.owner_of(order.webhook)
    known = Delivery.find(owner, order.event_id)
    if known is not None and known.round > order.round:
        # somebody asked for it anew since
        return None
    if known is not None and known.round == order.round:
        return known if known.status == PENDING else None
    return Delivery(
        owner=owner,
        id=order.event_id,
        type=event.type,
        status=PENDING,
        attempts=0,
        round=order.round,
        expires_at=clock.now() + KEPT,
    )


def _pause(webhook: Webhook, delivery: Delivery, seconds: float) -> float | None:
    if circuit.is_given_up(webhook) or outbound.waiting() > MOST_WAITING:
        delivery.status, delivery.reason = FAILED, "paused"
        delivery.next_attempt_at = None
        delivery.keep()
        logs.webhook(FAILED, webhook=webhook.id)
        return None
    return max(_SHORTEST_WAIT_SECONDS, seconds)


def _attempt(webhook: Webhook, event: Event) -> Answer:
    user_id = event.data["user_id"]
    personal = readers.personal_data(webhook, user_id) if webhook.personal_data else None
    body, now = event.text(personal), clock.now()
    headers = signed_headers(event.id, now, body, secrets.of(webhook))
    return calling.post(webhook.url, headers, body.encode())


def signed_headers(
    event_id: str, now: datetime, body: str, good_secrets: Sequence[str]
) -> dict[str, str]:
    """Return the headers that go with a body, signed by each of the secrets (Standard Webhooks)."""
    signatures = [Signer(secret).sign(event_id, now, body) for secret in good_secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _note(webhook: Webhook, delivery: Delivery, answer: Answer) -> float | None:
    now = clock.now()
    delivery.attempts += 1
    delivery.attempted_at, delivery.latency_ms = now, answer.latency_ms
    delivery.response_status, delivery.reason = answer.status, answer.reason
    delivery.next_attempt_at = None
    wait = None
    if answer.is_taken:
        delivery.status = DELIVERED
    elif delivery.attempts > len(WAITS_SECONDS):
        delivery.status = FAILED
    else:
        wait = WAITS_SECONDS[delivery.attempts - 1]
        delivery.next_attempt_at = now + timedelta(seconds=wait)
    delivery.keep()
    if answer.is_taken:
        circuit.note_success(webhook)
    elif wait is not None:
        # what is given up may be its own fault, so that the next is tried
        circuit.note_failure(webhook)
    logs.webhook(delivery.status, webhook=webhook.id, latency_ms=answer.latency_ms)
    return wait
