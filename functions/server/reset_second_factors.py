"""DELETE /api/v1/server/users/{user_id}/second_factors - remove them all. Needs users:update."""

from accounts.administration import second_factors
from accounts.edge.endpoint import Request, endpoint


@endpoint(zone="server", permission="users:update", status=204)
def handler(request: Request) -> None:
    """Remove every second factor of the account."""
    second_factors.reset(request.user_id, request.caller)
