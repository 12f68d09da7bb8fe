"""POST /api/v1/public/users/sign_up - ask for an account of one's own. Anyone."""

from accounts import logs
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.schemas import SignUpSchema
from accounts.edge.views import Done
from accounts.own_account import sign_up
from accounts.own_account.sign_up import Newcomer


@endpoint(zone="public", body=SignUpSchema, status=202)
def handler(request: Request[SignUpSchema]) -> Done:
    """Order the mail that goes on; whether the address has an account is not even looked up."""
    body = request.body
    logs.about(body.email)
    newcomer = Newcomer(body.email, body.name, body.passw, body.language)
    sign_up.begin(newcomer, request.client, body.bot_token)
    return Done(message="A mail to this address says how to go on")
