"""POST /api/v1/public/users/login - sign in with e-mail and password. Anyone."""

from accounts.access import session_ends
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.schemas import UserLogInSchema
from accounts.edge.views import FactorChallenge, LoggedIn
from accounts.sign_in import login
from accounts.sign_in.success import Challenged


@endpoint(zone="public", body=UserLogInSchema)
def handler(request: Request[UserLogInSchema]) -> LoggedIn | FactorChallenge:
    """Begin a session and return its tokens; the browser's former one is over."""
    person = request.body
    device = person.device_token or request.device_cookie
    logged_in = login.log_in(person.email, person.passw, request.client, device)
    if isinstance(logged_in, Challenged):
        return FactorChallenge.from_attributes(logged_in)
    if request.refresh_cookie:
        session_ends.end_replaced(request.refresh_cookie)
    return LoggedIn.from_attributes(logged_in)
