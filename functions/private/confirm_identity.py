"""POST /api/v1/private/users/confirm - prove once more who one is. Any signed-in person."""

from accounts import settings
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.factor_schemas import ConfirmIdentitySchema
from accounts.edge.views import Confirmed
from accounts.own_account import identity


@endpoint(zone="private", body=ConfirmIdentitySchema, while_enrolling=True)
def handler(request: Request[ConfirmIdentitySchema]) -> Confirmed:
    """Have this session count as recently proved."""
    body = request.body
    passkey = body.passkey.answer() if body.passkey else None
    identity.confirm(request.caller, body.passw, body.code, passkey)
    return Confirmed(expires_in=settings.current().recent_proof_seconds)
