"""POST /api/v1/server/service_tokens - a token for a back-end. Needs service_tokens:create."""

from accounts import settings
from accounts.administration import back_ends
from accounts.administration.back_ends import BackEnd
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.server_schemas import ServiceTokenSchema
from accounts.edge.server_views import IssuedServiceToken


@endpoint(
    zone="server",
    permission="service_tokens:create",
    body=ServiceTokenSchema,
    status=201,
    idempotent=True,
    recent_proof=True,
)
def handler(request: Request[ServiceTokenSchema]) -> IssuedServiceToken:
    """Return a new token for the back-end."""
    body = request.body
    seconds = body.expires_in or settings.current().service_token_seconds
    back_end = BackEnd(body.email, body.name, body.role, seconds)
    return IssuedServiceToken.from_attributes(
        back_ends.issue_token(back_end, request.caller, request.client)
    )
