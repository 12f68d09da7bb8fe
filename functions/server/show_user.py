"""GET /api/v1/server/users/{user_id} - one account. Needs users:read."""

from accounts import administration
from accounts.administration_views import UserView
from accounts.http import Request, endpoint


@endpoint(zone="server", permission="users:read")
def handler(request: Request) -> UserView:
    """Return the account."""
    return UserView.model_validate(administration.find(request.user_id))
