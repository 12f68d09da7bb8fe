"""PUT /api/v1/private/users/totp - ask for codes of one's app. Any signed-in person."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.factor_schemas import EnableTotpSchema
from accounts.edge.views import NewRecoveryCodes
from accounts.own_account import totp


@endpoint(zone="private", body=EnableTotpSchema, recent_proof=True, while_enrolling=True)
def handler(request: Request[EnableTotpSchema]) -> NewRecoveryCodes:
    """Have log-ins ask for codes of the new secret, as one of them shows that the app has it."""
    return NewRecoveryCodes(recovery_codes=totp.enable(request.caller, request.body.code))
