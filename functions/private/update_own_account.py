"""PATCH /api/v1/private/users/any - change one's name or language. Any signed-in person."""

from accounts.edge.change_schemas import UpdateOwnAccountSchema
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import WhoAmI
from accounts.own_account import profile
from accounts.own_account.profile import Profile


@endpoint(zone="private", body=UpdateOwnAccountSchema)
def handler(request: Request[UpdateOwnAccountSchema]) -> WhoAmI:
    """Change the caller's account, on all their devices at once, and return who they are now."""
    changes = Profile(**request.body.model_dump())
    return WhoAmI.of(profile.update(changes, request.caller))
