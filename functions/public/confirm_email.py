"""PUT /api/v1/public/users/email - an address counts from now on. Whoever holds its token."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.schemas import ConfirmEmailSchema
from accounts.edge.views import Done
from accounts.own_account import confirmation


@endpoint(zone="public", body=ConfirmEmailSchema)
def handler(request: Request[ConfirmEmailSchema]) -> Done:
    """Spend the token; a sign-up becomes an account, one that moves is signed out everywhere."""
    confirmation.confirm(request.body.email_token, request.body.passw, request.client)
    return Done(message="Email confirmed")
