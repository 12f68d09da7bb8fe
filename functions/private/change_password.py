"""PUT /api/v1/private/users/passw/change_passw - set another password. Any signed-in person."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.schemas import ChangePasswSchema
from accounts.edge.views import Done
from accounts.sign_in import password_change


@endpoint(zone="private", body=ChangePasswSchema)
def handler(request: Request[ChangePasswSchema]) -> Done:
    """Set the password and sign all other devices out."""
    password_change.change_password(request.caller, request.body.current_passw, request.body.passw)
    return Done(message="Password updated")
