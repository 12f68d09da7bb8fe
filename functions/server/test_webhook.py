"""POST /api/v1/server/webhooks/{name}/test - try a webhook. Needs webhooks:write."""

from accounts.administration import deliveries
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.webhook_views import Ordered
from accounts.events import switch


@endpoint(zone="server", permission="webhooks:write", status=202, available=switch.require_on)
def handler(request: Request) -> Ordered:
    """Send the webhook an event that says nothing."""
    return Ordered(delivery_id=deliveries.test(request.webhook_name))
