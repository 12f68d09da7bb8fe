"""Checking the users service's access tokens in a service of your own.

This sees a session's end only when the token expires, after 15 minutes at most; the authorizer
in template.yaml, beside this file, sees it at once.
"""

import os
from typing import Any

import jwt

# outputs JwksUrl, Issuer and Audience of the users service
JWKS_URL = os.environ["USERS_JWKS_URL"]
ISSUER = os.environ["USERS_ISSUER"]
AUDIENCE = os.environ["USERS_AUDIENCE"]

# fetched when first needed and every 5 minutes; for an unknown key at most every 30 seconds
keys = jwt.PyJWKClient(JWKS_URL, timeout=5)


def verified(token: str) -> dict[str, Any]:
    """Return the claims of a person's access token; raises jwt.PyJWTError if it is none."""
    decoded = jwt.decode_complete(
        token,
        keys.get_signing_key_from_jwt(token),
        algorithms=["ES256"],
        issuer=ISSUER,
        audience=AUDIENCE,
        leeway=30,
        options={"require": ["exp", "iat", "nbf", "sub", "sid", "role"], "strict_aud": True},
    )
    if decoded["header"].get("typ") != "at+jwt":
        raise jwt.InvalidTokenError("not a person's access token")
    claims: dict[str, Any] = decoded["payload"]
    return claims
