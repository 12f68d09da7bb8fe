"""POST /api/v1/private/users/recovery_codes - a new set of them. Any signed-in person."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import NewRecoveryCodes
from accounts.own_account import recovery_codes


@endpoint(zone="private", recent_proof=True)
def handler(request: Request) -> NewRecoveryCodes:
    """Make ten recovery codes; those from before are void."""
    return NewRecoveryCodes(recovery_codes=recovery_codes.renew(request.caller))
