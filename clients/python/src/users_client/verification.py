"""Who is calling a service of your own, by the access token that the users service gave them.

This sees the end of a session only when the token expires, after 15 minutes at most. An API behind
API Gateway can ask the users service's own authorizer instead, which sees it at once. Go by
permissions, not by the role: of who has yet to get the second factor that their role demands, a
token has none.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jwt

EVERYTHING = "*"
LEEWAY_SECONDS = 30
TIMEOUT_SECONDS = 5
# a deployment has one of them, and its keys say which
ALGORITHMS = ("ES256", "RS256")
REQUIRED = ("exp", "iat", "nbf", "iss", "aud", "sub", "sid", "role")


class TokenInvalidError(Exception):
    """It is not an access token of a person, not of this service, or its time is over."""


class KeysUnavailableError(Exception):
    """The keys cannot be had, so nothing is known about any token: no reason to log in again."""


@dataclass(frozen=True)
class Caller:
    """A person who is signed in at the users service."""

    user_id: int
    session_id: str
    role: str
    permissions: Sequence[str]
    # how and when they proved who they are (RFC 8176, RFC 9470)
    methods: Sequence[str]
    proved_at: int | None
    claims: Mapping[str, Any] = field(repr=False)

    def may(self, permission: str) -> bool:
        """Say whether their role has the permission."""
        return permission in self.permissions or EVERYTHING in self.permissions

    @property
    def has_second_factor(self) -> bool:
        """Say whether this session began with more than one factor."""
        return "mfa" in self.methods

    def proved_within(self, seconds: int) -> bool:
        """Say whether they have proved who they are in the last so many seconds."""
        return self.proved_at is not None and time.time() - self.proved_at <= seconds


class Verifier:
    """Checks access tokens with the keys that the users service publishes.

    ``issuer`` and ``audience`` are the stack's outputs; ``jwks_url`` is needed only where the
    issuer is no address. Keys are fetched when first needed and every 5 minutes, and for one that
    is unknown at most every 30 seconds.
    """

    def __init__(self, issuer: str, audience: str = "users", jwks_url: str | None = None) -> None:
        self._issuer = issuer
        self._audience = audience
        url = jwks_url or f"{issuer.rstrip('/')}/.well-known/jwks.json"
        self._keys = jwt.PyJWKClient(url, timeout=TIMEOUT_SECONDS)

    def verify(self, token: str) -> Caller:
        """Return who is calling.

        Raises:
            TokenInvalidError: the token is not good.
            KeysUnavailableError: that cannot be said at the moment.
        """
        try:
            decoded = jwt.decode_complete(
                token,
                self._key(token),
                algorithms=ALGORITHMS,
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY_SECONDS,
                options={"require": list(REQUIRED), "strict_aud": True},
            )
        # what is not ASCII has jwt encode in vain
        except (jwt.PyJWTError, UnicodeError) as error:
            raise TokenInvalidError(str(error)) from error
        if decoded["header"].get("typ") != "at+jwt":
            raise TokenInvalidError("not a person's access token")
        return _caller(decoded["payload"])

    def _key(self, token: str) -> jwt.PyJWK:
        kid = jwt.get_unverified_header(token).get("kid", "")
        try:
            # apart from the search, because a set that cannot be had says nothing of the token
            self._keys.get_signing_keys()
        except (jwt.PyJWKClientError, jwt.PyJWKSetError, ValueError, OSError) as error:
            raise KeysUnavailableError(str(error)) from error
        try:
            return self._keys.get_signing_key(kid)
        except (jwt.PyJWKClientConnectionError, ValueError, OSError) as error:
            raise KeysUnavailableError(str(error)) from error


def _caller(claims: Mapping[str, Any]) -> Caller:
    try:
        return Caller(
            user_id=int(claims["sub"]),
            session_id=claims["sid"],
            role=claims["role"],
            permissions=tuple(claims["permissions"]),
            methods=tuple(claims.get("amr", ())),
            proved_at=claims.get("auth_time"),
            claims=claims,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise TokenInvalidError("the claims are not those of an access token") from error
