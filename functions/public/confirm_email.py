"""PUT /api/v1/public/users/email - a new address counts from now on. Whoever holds its token."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.schemas import ConfirmEmailSchema
from accounts.edge.views import Done
from accounts.own_account import email_change


@endpoint(zone="public", body=ConfirmEmailSchema)
def handler(request: Request[ConfirmEmailSchema]) -> Done:
    """Spend the token and give the account its new address, signed out everywhere."""
    email_change.confirm(request.body.email_token, request.client)
    return Done(message="Email confirmed")
