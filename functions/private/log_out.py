"""PUT /api/v1/private/users/logout - end this session. Any signed-in person."""

from accounts import session_ends
from accounts.http import Request, endpoint
from accounts.views import SignedOut


@endpoint(zone="private")
def handler(request: Request) -> SignedOut:
    """End the caller's session; its tokens are worthless from now on."""
    session = request.caller.session
    session_ends.end(session.user_id, session.session_id, "log_out")
    return SignedOut()
