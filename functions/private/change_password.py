"""PUT /api/v1/private/users/passw/change_passw - set another password. Any signed-in person."""

from accounts import password_change
from accounts.http import Request, endpoint
from accounts.schemas import ChangePasswSchema
from accounts.views import Done


@endpoint(zone="private", body=ChangePasswSchema)
def handler(request: Request[ChangePasswSchema]) -> Done:
    """Set the password and sign all other devices out."""
    password_change.change_password(request.caller, request.body.current_passw, request.body.passw)
    return Done(message="Password updated")
