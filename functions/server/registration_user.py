"""POST /api/v1/server/users/sign_up - create an account. Needs users:create."""

from accounts import registration
from accounts.http import Request, endpoint
from accounts.schemas import UserRegSchema
from accounts.views import Created


@endpoint(zone="server", permission="users:create", body=UserRegSchema, status=201)
def handler(request: Request[UserRegSchema]) -> Created:
    """Create the account and return its id."""
    person = request.body
    user = registration.register(
        person.email, person.name, person.passw, person.role, request.caller
    )
    return Created.model_validate(user)
