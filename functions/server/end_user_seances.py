"""DELETE /api/v1/server/users/{user_id}/seances - sign somebody out. Needs seances:end."""

from accounts.administration import accounts
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import Ended


@endpoint(zone="server", permission="seances:end")
def handler(request: Request) -> Ended:
    """End all sessions of the account."""
    return Ended(ended=accounts.sign_out(request.user_id, request.caller))
