"""DELETE /api/v1/server/roles/{name} - delete a role. Needs roles:write."""

from accounts.administration import roles
from accounts.edge.endpoint import Request, endpoint


@endpoint(zone="server", permission="roles:write", status=204, recent_proof=True)
def handler(request: Request) -> None:
    """Delete the role, if nobody holds it."""
    roles.delete(request.role_name, request.caller)
