"""What verifiers need to know of this issuer, where they look for it.

OpenID Connect Discovery 1.0 section 3 and RFC 8414 section 2, without what is not here: nobody is
sent to us to log in.
"""

from collections.abc import Sequence
from typing import NamedTuple

from accounts import invocation
from accounts.credentials import public_keys, tokens

JWKS_PATH = "/.well-known/jwks.json"


class Metadata(NamedTuple):
    """The metadata, by the names that the standards give it."""

    issuer: str
    jwks_uri: str
    id_token_signing_alg_values_supported: Sequence[str]


def metadata() -> Metadata:
    """Return what is true of this deployment, and of the keys that are published now."""
    issuer = tokens.issuer()
    # whoever reads this at the issuer's address finds the keys there; an URN has none
    is_address = issuer.startswith(("https://", "http://"))
    base = issuer.rstrip("/") if is_address else f"https://{invocation.api().domain_name}"
    algorithms = sorted({key["alg"] for key in public_keys.published()})
    return Metadata(issuer, base + JWKS_PATH, algorithms)
