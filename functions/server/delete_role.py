"""DELETE /api/v1/server/roles/{name} - delete a role. Needs roles:write."""

from accounts import role_administration, validation
from accounts.http import Request, endpoint
from accounts.schemas import RoleNameSchema


@endpoint(zone="server", permission="roles:write", status=204)
def handler(request: Request) -> None:
    """Delete the role, if nobody holds it."""
    name = validation.check(RoleNameSchema, request.path_parameters).name
    role_administration.delete(name, request.caller)
