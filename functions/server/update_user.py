"""PATCH /api/v1/server/users/{user_id} - change an account. Needs users:update."""

from accounts import administration
from accounts.administration import Changes
from accounts.administration_views import UserView
from accounts.http import Request, endpoint
from accounts.schemas import UpdateUserSchema


@endpoint(zone="server", permission="users:update", body=UpdateUserSchema)
def handler(request: Request[UpdateUserSchema]) -> UserView:
    """Change the account; a new role, status or e-mail signs it out everywhere."""
    changes = Changes(**request.body.model_dump())
    return UserView.model_validate(administration.update(request.user_id, changes, request.caller))
