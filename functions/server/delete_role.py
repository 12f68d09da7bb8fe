"""DELETE /api/v1/server/roles/{name} - delete a role. Needs roles:write."""

from accounts.administration import roles
from accounts.edge import validation
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.schemas import RoleNameSchema


@endpoint(zone="server", permission="roles:write", status=204)
def handler(request: Request) -> None:
    """Delete the role, if nobody holds it."""
    name = validation.check(RoleNameSchema, request.path_parameters).name
    roles.delete(name, request.caller)
