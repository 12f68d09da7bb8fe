"""POST /api/v1/server/users/sign_up - create an account. Needs users:create."""

from accounts.administration import registration
from accounts.administration.registration import SignUp
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.server_schemas import UserRegSchema
from accounts.edge.server_views import Created


@endpoint(zone="server", permission="users:create", body=UserRegSchema, status=201, idempotent=True)
def handler(request: Request[UserRegSchema]) -> Created:
    """Create the account and return its id."""
    body = request.body
    person = SignUp(body.email, body.name, body.passw, body.role, body.language)
    return Created.from_attributes(
        registration.register(person, request.caller, request.idempotency_key)
    )
