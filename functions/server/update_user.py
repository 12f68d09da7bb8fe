"""PATCH /api/v1/server/users/{user_id} - change an account. Needs users:update."""

from accounts.administration import accounts, showing
from accounts.administration.accounts import Changes
from accounts.edge.change_schemas import UpdateUserSchema
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.server_views import UserView


@endpoint(zone="server", permission="users:update", body=UpdateUserSchema)
def handler(request: Request[UpdateUserSchema]) -> UserView:
    """Change the account; a new role or status signs it out, a new e-mail has to be confirmed."""
    changes = Changes(**request.body.model_dump())
    user = accounts.update(request.user_id, changes, request.caller)
    return UserView.of(showing.shown(user))
