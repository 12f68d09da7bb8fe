"""PUT /api/v1/server/roles/{name} - create or change a role. Needs roles:write."""

from accounts.administration import roles
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.server_schemas import RoleSchema
from accounts.edge.server_views import RoleView
from accounts.storage.tables import Role


@endpoint(zone="server", permission="roles:write", body=RoleSchema, recent_proof=True)
def handler(request: Request[RoleSchema]) -> RoleView:
    """Save the role and return it."""
    body = request.body
    role = Role(
        name=request.role_name,
        title_en=body.title.en,
        title_ru=body.title.ru,
        permissions=body.permissions,
        back_end=body.back_end,
        second_factor=body.second_factor,
    )
    roles.save(role, request.caller)
    return RoleView.of(role)
