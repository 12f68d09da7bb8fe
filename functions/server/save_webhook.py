"""PUT /api/v1/server/webhooks/{name} - create or change a webhook. Needs webhooks:write."""

from accounts.administration import webhooks
from accounts.administration.webhooks import Wanted
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.webhook_schemas import WebhookSchema
from accounts.edge.webhook_views import WebhookView
from accounts.events import switch


@endpoint(
    zone="server",
    permission="webhooks:write",
    body=WebhookSchema,
    recent_proof=True,
    available=switch.require_on,
)
def handler(request: Request[WebhookSchema]) -> WebhookView:
    """Save the webhook and return it, once with its secret."""
    body = request.body
    wanted = Wanted(
        name=request.webhook_name,
        url=body.url,
        events=body.events,
        personal_data=body.personal_data,
        rotate_secret=body.rotate_secret,
    )
    return WebhookView.saved(webhooks.save(wanted, request.caller))
