"""POST /api/v1/public/users/login - sign in with e-mail and password. Anyone."""

from accounts.access import session_ends
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.schemas import UserLogInSchema
from accounts.edge.views import LoggedIn
from accounts.sign_in import login


@endpoint(zone="public", body=UserLogInSchema)
def handler(request: Request[UserLogInSchema]) -> LoggedIn:
    """Begin a session and return its tokens; the browser's former one is over."""
    person = request.body
    device = person.device_token or request.device_cookie
    logged_in = login.log_in(person.email, person.passw, request.client, device)
    if request.refresh_cookie:
        session_ends.end_replaced(request.refresh_cookie)
    return LoggedIn.from_attributes(logged_in)
