"""PUT /api/v1/server/users/passw/set_new_passw - reset a password. Needs passwords:set."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.schemas import UpdatePasswSchema
from accounts.edge.views import Done
from accounts.sign_in import recovery


@endpoint(zone="server", permission="passwords:set", body=UpdatePasswSchema)
def handler(request: Request[UpdatePasswSchema]) -> Done:
    """Spend the reset token, set the password and end every session of the account."""
    recovery.reset_password(request.body.reset_token, request.body.passw, request.client)
    return Done(message="Password updated")
