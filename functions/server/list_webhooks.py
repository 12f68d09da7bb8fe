"""GET /api/v1/server/webhooks - all webhooks. Needs webhooks:read."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.webhook_views import Webhooks, WebhookView
from accounts.events import switch
from accounts.storage.webhooks import Webhook


@endpoint(zone="server", permission="webhooks:read", available=switch.require_on)
def handler(_request: Request) -> Webhooks:
    """Return the webhooks, without their secrets."""
    return Webhooks(webhooks=[WebhookView.of(webhook) for webhook in Webhook.all()])
