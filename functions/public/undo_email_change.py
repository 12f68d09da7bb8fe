"""PUT /api/v1/public/users/email/undo - the address before is back. Whoever holds its token."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.schemas import UndoEmailChangeSchema
from accounts.edge.views import EmailRestored
from accounts.own_account import email_change


@endpoint(zone="public", body=UndoEmailChangeSchema)
def handler(request: Request[UndoEmailChangeSchema]) -> EmailRestored:
    """Spend the token, bring the address back, and return a reset token for a new password."""
    return EmailRestored.from_attributes(email_change.undo(request.body.undo_token, request.client))
