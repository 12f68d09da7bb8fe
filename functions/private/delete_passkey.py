"""DELETE /api/v1/private/users/passkeys/{passkey_id} - remove a passkey. Any signed-in person."""

from accounts.edge.endpoint import Request, endpoint
from accounts.own_account import passkeys


@endpoint(zone="private", status=204, recent_proof=True)
def handler(request: Request) -> None:
    """Remove that passkey of the caller's; what is not theirs is as if it did not exist."""
    passkeys.remove(request.path_parameters["passkey_id"], request.caller)
