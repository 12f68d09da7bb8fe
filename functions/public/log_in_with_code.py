"""POST /api/v1/public/users/login/code - sign in with a code by mail. Whoever was mailed it."""

from accounts.access import session_ends
from accounts.edge.code_schemas import CodeLogInSchema
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import LoggedIn
from accounts.sign_in import code


@endpoint(zone="public", body=CodeLogInSchema)
def handler(request: Request[CodeLogInSchema]) -> LoggedIn:
    """Begin a session and return its tokens; the browser's former one is over."""
    proof = request.body
    device = proof.device_token or request.device_cookie
    logged_in = code.log_in(proof.challenge, proof.code, request.client, device)
    if request.refresh_cookie:
        session_ends.end_replaced(request.refresh_cookie)
    return LoggedIn.from_attributes(logged_in)
