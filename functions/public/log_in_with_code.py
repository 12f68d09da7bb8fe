"""POST /api/v1/public/users/login/code - sign in with a code by mail. Whoever was mailed it."""

from accounts.access import session_ends
from accounts.edge.code_schemas import CodeLogInSchema
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import FactorChallenge, LoggedIn
from accounts.sign_in import code
from accounts.sign_in.success import Challenged


@endpoint(zone="public", body=CodeLogInSchema)
def handler(request: Request[CodeLogInSchema]) -> LoggedIn | FactorChallenge:
    """Begin a session and return its tokens; the browser's former one is over."""
    proof = request.body
    device = proof.device_token or request.device_cookie
    logged_in = code.log_in(proof.challenge, proof.code, request.client, device)
    if isinstance(logged_in, Challenged):
        return FactorChallenge.from_attributes(logged_in)
    if request.refresh_cookie:
        session_ends.end_replaced(request.refresh_cookie)
    return LoggedIn.from_attributes(logged_in)
