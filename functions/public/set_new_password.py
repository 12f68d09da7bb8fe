"""PUT /api/v1/public/users/passw/set_new_passw - reset one's own password. Whoever has a token."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.schemas import UpdatePasswSchema
from accounts.edge.views import PasswordSet
from accounts.sign_in import recovery


@endpoint(zone="public", body=UpdatePasswSchema)
def handler(request: Request[UpdatePasswSchema]) -> PasswordSet:
    """Spend the reset token, set the password and end every session of the account."""
    person = request.body
    device = recovery.set_new_password(person.reset_token, person.passw, request.client)
    return PasswordSet(device_token=device)
