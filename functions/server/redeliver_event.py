"""POST /api/v1/server/webhooks/{name}/deliveries/{delivery_id} - repeat. Needs webhooks:write."""

from accounts.administration import deliveries
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.webhook_views import Ordered
from accounts.events import switch


@endpoint(zone="server", permission="webhooks:write", status=202, available=switch.require_on)
def handler(request: Request) -> Ordered:
    """Begin the delivery of an event anew."""
    delivery_id = request.path_parameters["delivery_id"]
    deliveries.send_again(request.webhook_name, delivery_id)
    return Ordered(delivery_id=delivery_id)
