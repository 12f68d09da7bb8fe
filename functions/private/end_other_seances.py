"""DELETE /api/v1/private/users/seances - sign all other devices out. Any signed-in person."""

from accounts.access import session_ends
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import Ended


@endpoint(zone="private")
def handler(request: Request) -> Ended:
    """End all sessions of the caller's but this one."""
    return Ended(ended=session_ends.end_others(request.caller.session))
