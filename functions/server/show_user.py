"""GET /api/v1/server/users/{user_id} - one account. Needs users:read."""

from accounts.administration import accounts, showing
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.server_views import UserView


@endpoint(zone="server", permission="users:read")
def handler(request: Request) -> UserView:
    """Return the account."""
    return UserView.of(showing.shown(accounts.find(request.user_id)))
