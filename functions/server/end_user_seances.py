"""DELETE /api/v1/server/users/{user_id}/seances - sign somebody out. Needs seances:end."""

from accounts import administration
from accounts.http import Request, endpoint
from accounts.views import Ended


@endpoint(zone="server", permission="seances:end")
def handler(request: Request) -> Ended:
    """End all sessions of the account."""
    return Ended(ended=administration.sign_out(request.user_id, request.caller))
