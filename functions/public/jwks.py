"""GET /.well-known/jwks.json - the public keys that verify our tokens. Anyone."""

import json

from accounts import settings
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import Jwks


@endpoint(zone="public", headers={"cache-control": "public, max-age=600"})
def handler(_request: Request) -> Jwks:
    """Return the keys as they were published at deploy time."""
    return Jwks(keys=json.loads(settings.current().token_jwks)["keys"])
