"""GET /.well-known/jwks.json - the public keys that verify our tokens. Anyone."""

from accounts.credentials import public_keys
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import Jwks


@endpoint(zone="public", headers={"cache-control": "public, max-age=600"})
def handler(_request: Request) -> Jwks:
    """Return the keys as they were published at deploy time."""
    return Jwks(keys=public_keys.published())
