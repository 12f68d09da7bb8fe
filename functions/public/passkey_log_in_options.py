"""POST /api/v1/public/users/passkeys/options - how to sign in with a passkey. Anyone."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.passkey_views import PasskeyOptions
from accounts.sign_in import passkey_options


@endpoint(zone="public")
def handler(request: Request) -> PasskeyOptions:
    """Return what the browser has to know: any passkey that somebody has here will do."""
    return PasskeyOptions.to_use(passkey_options.begin(request.client))
