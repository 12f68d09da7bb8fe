"""DELETE /api/v1/private/users/totp - ask for no codes of one's app. Any signed-in person."""

from accounts.edge.endpoint import Request, endpoint
from accounts.own_account import totp


@endpoint(zone="private", status=204, recent_proof=True)
def handler(request: Request) -> None:
    """Remove the app's secret, and with the last factor the recovery codes."""
    totp.disable(request.caller)
