"""POST /api/v1/public/users/passw/forget_passw - ask for a reset mail. Anyone."""

from accounts import logs
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.schemas import ResetTokenSchema
from accounts.edge.views import Done
from accounts.mail import limits, orders


@endpoint(zone="public", body=ResetTokenSchema, status=202)
def handler(request: Request[ResetTokenSchema]) -> Done:
    """Order the mail; whether there is such an account is not even looked up."""
    logs.about(request.body.email)
    limits.spend_source(request.client.ip_address)
    orders.reset(request.body.email)
    return Done(message="If there is such an account, a mail is on its way")
