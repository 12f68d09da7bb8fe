"""POST /api/v1/server/users/{user_id}/seances - an account's devices. Needs seances:read."""

from accounts.access import sessions
from accounts.administration import accounts
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import Seances


@endpoint(zone="server", permission="seances:read")
def handler(request: Request) -> Seances:
    """Return the devices that the account is signed in on, newest first."""
    user = accounts.find(request.user_id)
    return Seances.of(sessions.live(user.id), request.caller.session)
