"""POST /api/v1/private/users/seances - the account's devices. Any signed-in person."""

from accounts.access import sessions
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import Seances


@endpoint(zone="private")
def handler(request: Request) -> Seances:
    """Return the devices that the caller is signed in on, newest first."""
    current = request.caller.session
    return Seances.of(sessions.live(current.user_id), current)
