"""POST /api/v1/server/users/passw/reset_token - make a reset token. Needs passwords:reset."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.schemas import ResetTokenSchema
from accounts.edge.server_views import IssuedResetToken
from accounts.sign_in import recovery


@endpoint(
    zone="server", permission="passwords:reset", body=ResetTokenSchema, status=201, idempotent=True
)
def handler(request: Request[ResetTokenSchema]) -> IssuedResetToken:
    """Return a reset token, for a back-end that sends its own mail."""
    issued = recovery.issue_reset_token(request.body.email, request.caller)
    return IssuedResetToken.from_attributes(issued)
