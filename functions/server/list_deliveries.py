"""GET /api/v1/server/webhooks/{name}/deliveries - what became of events. Needs webhooks:read."""

from accounts.administration import deliveries
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.queries import PageQuery
from accounts.edge.webhook_views import DeliveryPage
from accounts.events import switch


@endpoint(zone="server", permission="webhooks:read", available=switch.require_on)
def handler(request: Request) -> DeliveryPage:
    """Return a page of deliveries to the webhook, those of the newest events first."""
    query = PageQuery.read(request.query)
    name, session = request.webhook_name, request.caller.session
    return DeliveryPage.of(deliveries.list_deliveries(name, query.limit, query.cursor, session))
