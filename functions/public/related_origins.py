"""GET /.well-known/webauthn - which other sites use our passkeys (WebAuthn Level 3). Anyone."""

from accounts.credentials import passkeys
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.passkey_views import RelatedOrigins


@endpoint(zone="public", headers={"cache-control": "public, max-age=600"})
def handler(_request: Request) -> RelatedOrigins:
    """Tell browsers which sites may use the passkeys of this domain."""
    return RelatedOrigins(origins=passkeys.origins())
