"""PUT /api/v1/server/users/{user_id}/unblock - end a lock-out. Needs users:update."""

from accounts.administration import showing, unblocking
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.server_views import UserView


@endpoint(zone="server", permission="users:update")
def handler(request: Request) -> UserView:
    """Have the account's failures begin anew, and return the account."""
    user = unblocking.unblock(request.user_id, request.caller)
    return UserView.of(showing.shown(user))
