"""POST /api/v1/public/users/login/second_factor - the second step. Whoever took the first."""

from accounts.access import session_ends
from accounts.access.sessions import Client
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.factor_schemas import SecondFactorSchema
from accounts.edge.views import LoggedIn
from accounts.sign_in import second_factor, success


@endpoint(zone="public", body=SecondFactorSchema)
def handler(request: Request[SecondFactorSchema]) -> LoggedIn:
    """Begin a session and return its tokens; the browser's former one is over."""
    proof = request.body
    device = proof.device_token or request.device_cookie
    logged_in = _prove(proof, request.client, device)
    if request.refresh_cookie:
        session_ends.end_replaced(request.refresh_cookie)
    return LoggedIn.from_attributes(logged_in)


def _prove(proof: SecondFactorSchema, client: Client, device: str | None) -> success.LoggedIn:
    if proof.passkey is None:
        return second_factor.prove_code(proof.challenge, proof.code or "", client, device)
    # imported here, because it loads what reads WebAuthn, which codes do without
    from accounts.sign_in import passkey_step  # noqa: PLC0415 - see above

    return passkey_step.prove(proof.challenge, proof.passkey.answer(), client, device)
