"""PUT /api/v1/private/users/logout - end this session. Any signed-in person."""

from accounts.access import session_ends
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import SignedOut


@endpoint(zone="private", signs_out=True, while_enrolling=True)
def handler(request: Request) -> SignedOut:
    """End the caller's session; its tokens are worthless from now on."""
    session = request.caller.session
    session_ends.end(session.user_id, session.session_id, "log_out")
    return SignedOut()
