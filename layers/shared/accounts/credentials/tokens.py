"""Access tokens: what they say and whether one is ours. JWT by RFC 7519, RFC 8725 and RFC 9068."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, cast

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jwt import PyJWS
from jwt.algorithms import ECAlgorithm
from jwt.exceptions import PyJWTError
from pydantic import BaseModel, ConfigDict, StringConstraints

from accounts import clock, settings
from accounts.errors import TokenExpiredError, TokenInvalidError

ALGORITHM = "ES256"
LEEWAY_SECONDS = 30
MAX_LENGTH = 8192

_jws = PyJWS(algorithms=[ALGORITHM])


class Kind(StrEnum):
    """What a token is for, as its header ``typ`` says (RFC 8725 section 3.11)."""

    USER = "at+jwt"
    SERVICE = "service+jwt"


@dataclass(frozen=True)
class TokenPair:
    """What a signed-in client holds: an access token, and the refresh token for the next one."""

    access_token: str
    expires_in: int
    refresh_token: str


class Claims(BaseModel):
    """The claims of an access token: exactly these."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)

    iss: str
    aud: str
    sub: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,15}$")]
    sid: Annotated[str, StringConstraints(min_length=1)]
    role: Annotated[str, StringConstraints(min_length=1)]
    permissions: tuple[str, ...]
    iat: int
    nbf: int
    exp: int
    jti: Annotated[str, StringConstraints(min_length=1)]

    @property
    def user_id(self) -> int:
        """Return the account that the token speaks for."""
        return int(self.sub)


def verify(token: str) -> tuple[Kind, Claims]:
    """Return what the token says, once sure that it is ours and of this time.

    Raises:
        TokenExpiredError: it is ours, but its time is over.
        TokenInvalidError: anything else is wrong with it.
    """
    kind, claims = _read(token)
    _check_origin(claims)
    _check_times(kind, claims)
    return kind, claims


def max_seconds(kind: Kind) -> int:
    """Return the longest life of a token of this kind, in seconds."""
    now = settings.current()
    return {Kind.USER: now.access_token_seconds, Kind.SERVICE: now.service_token_seconds}[kind]


def public_keys() -> Mapping[str, EllipticCurvePublicKey]:
    """Return the published keys by their ``kid``."""
    return _load_keys(settings.current().token_jwks)


@functools.lru_cache(maxsize=1)
def _load_keys(jwks: str) -> Mapping[str, EllipticCurvePublicKey]:
    keys = json.loads(jwks)["keys"]
    return {key["kid"]: cast(EllipticCurvePublicKey, ECAlgorithm.from_jwk(key)) for key in keys}


def _read(token: str) -> tuple[Kind, Claims]:
    # PyJWT raises a plain UnicodeEncodeError on text that is not ASCII
    if not token.isascii() or len(token) > MAX_LENGTH:
        raise TokenInvalidError
    try:
        key = public_keys()[_jws.get_unverified_header(token)["kid"]]
        decoded = _jws.decode_complete(token, key, algorithms=[ALGORITHM])
        kind = Kind(decoded["header"]["typ"])
        claims = Claims.model_validate_json(decoded["payload"])
    except (PyJWTError, KeyError, ValueError) as error:
        raise TokenInvalidError from error
    return kind, claims


def _check_origin(claims: Claims) -> None:
    now = settings.current()
    if (claims.iss, claims.aud) != (now.issuer, now.audience):
        raise TokenInvalidError


def _check_times(kind: Kind, claims: Claims) -> None:
    now = clock.now().timestamp()
    begins = max(claims.iat, claims.nbf)
    if begins > now + LEEWAY_SECONDS or claims.exp - claims.iat > max_seconds(kind):
        raise TokenInvalidError
    if claims.exp <= now - LEEWAY_SECONDS:
        raise TokenExpiredError
