"""PATCH /api/v1/private/users/passkeys/{passkey_id} - label a passkey. Any signed-in person."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.passkey_schemas import RenamePasskeySchema
from accounts.edge.passkey_views import PasskeyView
from accounts.own_account import passkeys


@endpoint(zone="private", body=RenamePasskeySchema)
def handler(request: Request[RenamePasskeySchema]) -> PasskeyView:
    """Return the passkey under its new label."""
    passkey_id = request.path_parameters["passkey_id"]
    passkey = passkeys.rename(passkey_id, request.body.label, request.caller)
    return PasskeyView.from_attributes(passkey)
