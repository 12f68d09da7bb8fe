"""GET /api/v1/private/users/passkeys - one's own passkeys. Any signed-in person."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.passkey_views import PasskeyList
from accounts.own_account import passkeys


@endpoint(zone="private")
def handler(request: Request) -> PasskeyList:
    """Return the caller's passkeys, oldest first."""
    return PasskeyList.of(passkeys.of(request.caller))
