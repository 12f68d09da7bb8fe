"""POST /api/v1/public/users/passkeys/options - how to sign in with a passkey. Anyone."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.passkey_schemas import PasskeyLogInOptionsSchema
from accounts.edge.passkey_views import PasskeyOptions
from accounts.sign_in import passkey_options


@endpoint(zone="public", body=PasskeyLogInOptionsSchema)
def handler(request: Request[PasskeyLogInOptionsSchema]) -> PasskeyOptions:
    """Return what the browser has to know: to sign in by any passkey, or as the second step."""
    challenge = request.body.challenge
    if challenge is None:
        return PasskeyOptions.to_use(passkey_options.begin(request.client))
    return PasskeyOptions.to_use(passkey_options.begin_step(challenge, request.client))
