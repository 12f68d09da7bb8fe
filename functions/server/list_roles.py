"""GET /api/v1/server/roles - all roles. Needs roles:read."""

from accounts.administration import roles
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.server_views import Roles, RoleView


@endpoint(zone="server", permission="roles:read")
def handler(_request: Request) -> Roles:
    """Return the roles."""
    return Roles(roles=[RoleView.of(role) for role in roles.all_roles()])
