"""POST /api/v1/private/users/seances - the account's devices. Any signed-in person."""

from accounts import sessions
from accounts.http import Request, endpoint
from accounts.views import Seances


@endpoint(zone="private")
def handler(request: Request) -> Seances:
    """Return the devices that the caller is signed in on, newest first."""
    current = request.caller.session
    return Seances.of(sessions.live(current.user_id), current)
