"""DELETE /api/v1/private/users/seances/{session_id} - sign a device out. Any signed-in person."""

from accounts.access import session_ends
from accounts.edge.endpoint import Request, endpoint


@endpoint(zone="private", status=204)
def handler(request: Request) -> None:
    """End that session of the caller's; what is not theirs is as if it did not exist."""
    session_ends.end(request.caller.user_id, request.path_parameters["session_id"], "ended_by_user")
