"""GET /.well-known/openid-configuration - how to verify our tokens (OpenID Discovery). Anyone."""

from accounts.credentials import discovery
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import OpenIdConfiguration


@endpoint(zone="public", headers={"cache-control": "public, max-age=600"})
def handler(_request: Request) -> OpenIdConfiguration:
    """Tell the issuer, where the keys are, and what they are for."""
    return OpenIdConfiguration.from_attributes(discovery.metadata())
