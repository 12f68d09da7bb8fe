"""POST /api/v1/public/users/login - sign in with e-mail and password. Anyone."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.schemas import UserLogInSchema
from accounts.edge.views import LoggedIn
from accounts.sign_in import login


@endpoint(zone="public", body=UserLogInSchema)
def handler(request: Request[UserLogInSchema]) -> LoggedIn:
    """Begin a session and return its tokens."""
    person = request.body
    device = person.device_token or request.device_cookie
    logged_in = login.log_in(person.email, person.passw, request.client, device)
    return LoggedIn.from_attributes(logged_in)
