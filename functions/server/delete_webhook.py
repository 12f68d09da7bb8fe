"""DELETE /api/v1/server/webhooks/{name} - delete a webhook. Needs webhooks:write."""

from accounts.administration import webhooks
from accounts.edge.endpoint import Request, endpoint
from accounts.events import switch


@endpoint(
    zone="server",
    permission="webhooks:write",
    status=204,
    recent_proof=True,
    available=switch.require_on,
)
def handler(request: Request) -> None:
    """Delete the webhook; what is on its way to it is dropped."""
    webhooks.delete(request.webhook_name, request.caller)
