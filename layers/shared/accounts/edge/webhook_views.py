"""What the answers about webhooks look like."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Self

from accounts.edge.view import View

if TYPE_CHECKING:
    from accounts.administration.pages import Page
    from accounts.administration.webhooks import Saved
    from accounts.storage.webhooks import Delivery, Webhook


class WebhookView(View):
    """A webhook; its secret is in the answer that made it, and in no other."""

    name: str
    url: str
    events: Sequence[str]
    personal_data: bool
    maker_id: int
    created_at: datetime
    updated_at: datetime
    # while it does not answer
    failing_since: datetime | None = None
    paused_until: datetime | None = None
    secret: str | None = None
    # until then deliveries are signed by the secret before, too
    old_secret_until: datetime | None = None

    @classmethod
    def of(cls, webhook: "Webhook") -> Self:
        """Return the webhook."""
        older = webhook.seeds[1:]
        return cls(
            name=webhook.id,
            url=webhook.url,
            events=webhook.events,
            personal_data=webhook.personal_data,
            maker_id=webhook.maker_id,
            created_at=webhook.created_at,
            updated_at=webhook.updated_at,
            failing_since=webhook.failing_since,
            paused_until=webhook.paused_until,
            old_secret_until=datetime.fromisoformat(older[0]["until"]) if older else None,
        )

    @classmethod
    def saved(cls, saved: "Saved") -> Self:
        """Return the webhook, with its secret if it has a new one."""
        return replace(cls.of(saved.webhook), secret=saved.secret)


class Webhooks(View):
    """All webhooks."""

    webhooks: Sequence[WebhookView]


class DeliveryView(View):
    """What became of an event for a webhook; the delivery has the event's id."""

    delivery_id: str
    type: str
    status: str
    attempts: int
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    response_status: int | None
    latency_ms: int | None
    reason: str | None

    @classmethod
    def of(cls, delivery: "Delivery") -> Self:
        """Return the delivery."""
        return cls(
            delivery_id=delivery.id,
            type=delivery.type,
            status=delivery.status,
            attempts=delivery.attempts,
            attempted_at=delivery.attempted_at,
            next_attempt_at=delivery.next_attempt_at,
            response_status=delivery.response_status,
            latency_ms=delivery.latency_ms,
            reason=delivery.reason,
        )


class DeliveryPage(View):
    """A page of deliveries, newest first; no cursor means that it is the last."""

    deliveries: Sequence[DeliveryView]
    cursor: str | None

    @classmethod
    def of(cls, page: "Page") -> Self:
        """Return the page."""
        found = [DeliveryView.of(delivery) for delivery in page.items]
        return cls(deliveries=found, cursor=page.cursor)


class Ordered(View):
    """An event is on its way; what becomes of it, the webhook's deliveries tell."""

    delivery_id: str
