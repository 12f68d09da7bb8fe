"""GET /api/v1/server/roles - all roles. Needs roles:read."""

from accounts import role_administration
from accounts.administration_views import Roles, RoleView
from accounts.http import Request, endpoint


@endpoint(zone="server", permission="roles:read")
def handler(_request: Request) -> Roles:
    """Return the roles."""
    return Roles(roles=[RoleView.of(role) for role in role_administration.all_roles()])
