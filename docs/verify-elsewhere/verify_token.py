"""Checking the users service's access tokens in a service of your own.

This sees a session's end only when the token expires, after 15 minutes at most; the authorizer
in template.yaml, beside this file, sees it at once. Go by `permissions`, not by `role`: of who has
yet to get the second factor that their role demands, a token has none.
"""

import os
import time
from typing import Any

import jwt

# outputs JwksUrl, Issuer and Audience of the users service
JWKS_URL = os.environ["USERS_JWKS_URL"]
ISSUER = os.environ["USERS_ISSUER"]
AUDIENCE = os.environ["USERS_AUDIENCE"]

# fetched when first needed and every 5 minutes; for an unknown key at most every 30 seconds
keys = jwt.PyJWKClient(JWKS_URL, timeout=5)


class StepUpRequiredError(Exception):
    """The person has to show a second factor, or show it anew: answer 401 with ``challenge``.

    Their client has them confirm who they are at the users service, with
    POST /api/v1/private/users/confirm, refreshes its token, and asks again.
    """

    def __init__(self, max_age_seconds: int | None) -> None:
        super().__init__(max_age_seconds)
        max_age = "" if max_age_seconds is None else f', max_age="{max_age_seconds}"'
        # of the header WWW-Authenticate (RFC 9470 section 3)
        self.challenge = f'Bearer error="insufficient_user_authentication"{max_age}'


def verified(
    token: str, *, amr: str | None = None, max_age_seconds: int | None = None
) -> dict[str, Any]:
    """Return the claims of a person's access token; raises jwt.PyJWTError if it is none.

    For what takes more than being signed in: with ``amr="mfa"`` the person must have shown a second
    factor (RFC 8176), and some proof within ``max_age_seconds``; else raises StepUpRequiredError.
    """
    decoded = jwt.decode_complete(
        token,
        keys.get_signing_key_from_jwt(token),
        # the type of the key decides between them (SigningAlgorithm)
        algorithms=["ES256", "RS256"],
        issuer=ISSUER,
        audience=AUDIENCE,
        leeway=30,
        options={
            "require": ["exp", "iat", "nbf", "sub", "sid", "role"],
            "strict_aud": True,
        },
    )
    if decoded["header"].get("typ") != "at+jwt":
        raise jwt.InvalidTokenError("not a person's access token")
    claims: dict[str, Any] = decoded["payload"]
    is_recent = max_age_seconds is None or time.time() <= claims["auth_time"] + max_age_seconds
    # older sessions do not say how they began
    if not is_recent or (amr is not None and amr not in claims.get("amr", ())):
        raise StepUpRequiredError(max_age_seconds)
    return claims
