"""POST /api/v1/private/users/totp - a new secret for one's app. Any signed-in person."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import NewAppSecret
from accounts.own_account import totp


@endpoint(zone="private", status=201, recent_proof=True, while_enrolling=True)
def handler(request: Request) -> NewAppSecret:
    """Make a secret that counts once a code of it is shown."""
    return NewAppSecret.from_attributes(totp.begin(request.caller))
