"""PUT /api/v1/server/roles/{name} - create or change a role. Needs roles:write."""

from accounts import role_administration, validation
from accounts.administration_views import RoleView
from accounts.http import Request, endpoint
from accounts.schemas import RoleNameSchema, RoleSchema
from accounts.tables import Role


@endpoint(zone="server", permission="roles:write", body=RoleSchema)
def handler(request: Request[RoleSchema]) -> RoleView:
    """Save the role and return it."""
    body = request.body
    role = Role(
        name=validation.check(RoleNameSchema, request.path_parameters).name,
        title_en=body.title.en,
        title_ru=body.title.ru,
        permissions=body.permissions,
    )
    role_administration.save(role, request.caller)
    return RoleView.of(role)
