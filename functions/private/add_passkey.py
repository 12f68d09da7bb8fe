"""POST /api/v1/private/users/passkeys - add a passkey. Any signed-in person."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.passkey_schemas import AddPasskeySchema
from accounts.edge.passkey_views import AddedPasskey
from accounts.own_account import new_passkey


@endpoint(
    zone="private", body=AddPasskeySchema, status=201, recent_proof=True, while_enrolling=True
)
def handler(request: Request[AddPasskeySchema]) -> AddedPasskey:
    """Have the passkey open the caller's account, and return it."""
    body = request.body
    added = new_passkey.add(body.credential.answer(), body.label, request.caller)
    return AddedPasskey.of(added)
