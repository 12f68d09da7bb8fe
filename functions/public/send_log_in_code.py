"""POST /api/v1/public/users/login/send_code - ask for a code to log in with. Anyone."""

from accounts.credentials import log_in_codes
from accounts.edge.code_schemas import SendCodeSchema
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import Challenge
from accounts.sign_in import code


@endpoint(zone="public", body=SendCodeSchema, status=202)
def handler(request: Request[SendCodeSchema]) -> Challenge:
    """Order the mail; whether there is such an account is not even looked up."""
    challenge = code.send(request.body.email, request.client)
    return Challenge(challenge=challenge.text, expires_in=log_in_codes.LIFE_SECONDS)
