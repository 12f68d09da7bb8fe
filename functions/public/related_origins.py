"""GET /.well-known/webauthn - which other sites use our passkeys (WebAuthn Level 3). Anyone."""

from accounts.credentials import passkeys
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.passkey_views import RelatedOrigins


@endpoint(zone="public", headers={"cache-control": "public, max-age=600"})
def handler(_request: Request) -> RelatedOrigins:
    """Tell browsers, where this API answers at the domain that passkeys are made for."""
    return RelatedOrigins(origins=passkeys.origins())
