"""DELETE /api/v1/private/users/any - delete one's own account. Any signed-in person."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import AccountGone
from accounts.own_account import deletion


@endpoint(zone="private", status=204, recent_proof=True)
def handler(request: Request) -> AccountGone:
    """Delete the caller's account with everything personal; the last administrator cannot."""
    deletion.delete(request.caller)
    return AccountGone()
