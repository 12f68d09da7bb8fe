"""POST /api/v1/server/users/sign_up - create an account. Needs users:create."""

from accounts import registration
from accounts.administration_views import Created
from accounts.http import Request, endpoint
from accounts.registration import SignUp
from accounts.schemas import UserRegSchema


@endpoint(zone="server", permission="users:create", body=UserRegSchema, status=201, idempotent=True)
def handler(request: Request[UserRegSchema]) -> Created:
    """Create the account and return its id."""
    body = request.body
    person = SignUp(body.email, body.name, body.passw, body.role, body.language)
    return Created.model_validate(
        registration.register(person, request.caller, request.idempotency_key)
    )
