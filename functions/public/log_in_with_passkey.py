"""POST /api/v1/public/users/login/passkey - sign in with a passkey. Whoever has it."""

from accounts.access import session_ends
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.passkey_schemas import PasskeyLogInSchema
from accounts.edge.views import LoggedIn
from accounts.sign_in import passkey


@endpoint(zone="public", body=PasskeyLogInSchema)
def handler(request: Request[PasskeyLogInSchema]) -> LoggedIn:
    """Begin a session and return its tokens; the browser's former one is over."""
    proof = request.body
    device = proof.device_token or request.device_cookie
    logged_in = passkey.log_in(proof.credential.answer(), request.client, device)
    if request.refresh_cookie:
        session_ends.end_replaced(request.refresh_cookie)
    return LoggedIn.from_attributes(logged_in)
