"""DELETE /api/v1/server/users/{user_id} - delete an account. Needs users:delete."""

from accounts.administration import deletion
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import Done


@endpoint(zone="server", permission="users:delete")
def handler(request: Request) -> Done:
    """Delete the account with everything personal."""
    deletion.delete(request.user_id, request.caller)
    return Done(message="User deleted; what remains is the audit trail, without personal data")
