"""PUT /api/v1/private/users/any - who am I? Any signed-in person."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import WhoAmI


@endpoint(zone="private")
def handler(request: Request) -> WhoAmI:
    """Return the caller's account, role and permissions."""
    return WhoAmI.of(request.caller)
