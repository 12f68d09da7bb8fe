"""POST /api/v1/private/users/passkeys/options - to make or use a passkey. Any signed-in person."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.passkey_schemas import PasskeyOptionsSchema
from accounts.edge.passkey_views import PasskeyOptions
from accounts.own_account import passkeys


@endpoint(zone="private", body=PasskeyOptionsSchema, while_enrolling=True)
def handler(request: Request[PasskeyOptionsSchema]) -> PasskeyOptions:
    """Return what the browser has to know; to make one takes a recent proof."""
    if request.body.purpose == "enrol":
        return PasskeyOptions.to_make(passkeys.enrolment_options(request.caller))
    return PasskeyOptions.to_use(passkeys.confirmation_options(request.caller))
