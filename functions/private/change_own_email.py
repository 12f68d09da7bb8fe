"""POST /api/v1/private/users/email - ask for another address. Any signed-in person."""

from accounts.edge.change_schemas import ChangeOwnEmailSchema
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import Done
from accounts.own_account import email_change


@endpoint(zone="private", body=ChangeOwnEmailSchema, status=202, recent_proof=True)
def handler(request: Request[ChangeOwnEmailSchema]) -> Done:
    """Mail the new address a link that confirms it, and tell the present one."""
    email_change.begin(request.body.email, request.caller)
    return Done(message="If the address is free, a mail that confirms it is on its way")
