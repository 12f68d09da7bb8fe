"""Access tokens: what they say and whether one is ours. JWT by RFC 7519, RFC 8725 and RFC 9068."""

import json
import re
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Self, get_args

from jwt import PyJWS
from jwt.exceptions import PyJWTError
from jwt.utils import base64url_decode

from accounts import clock, invocation, settings
from accounts.credentials import public_keys
from accounts.credentials.public_keys import Algorithm
from accounts.errors import TokenExpiredError, TokenInvalidError
from accounts.records import Record
from accounts.storage import users
from accounts.storage.tables import UserSession

LEEWAY_SECONDS = 30
MAX_LENGTH = 8192
# stands in the issuer for the id of the API, which a function that the API names cannot be given
API_ID = "{api}"

_jws = PyJWS(algorithms=get_args(Algorithm))


class Kind(StrEnum):
    """What a token is for, as its header ``typ`` says (RFC 8725 section 3.11)."""

    USER = "at+jwt"
    SERVICE = "service+jwt"


class TokenPair(NamedTuple):
    """What a signed-in client holds: an access token, and the refresh token for the next one."""

    access_token: str
    expires_in: int
    refresh_token: str


class Claims(Record):
    """The claims of an access token: exactly these."""

    iss: str
    aud: str
    sub: str
    sid: str
    role: str
    permissions: tuple[str, ...]
    iat: int
    nbf: int
    exp: int
    jti: str
    # people's alone (RFC 9470 section 5)
    auth_time: int | None = None
    # likewise (OpenID Connect Core section 5.1)
    email_verified: bool | None = None
    # likewise (RFC 8176)
    amr: tuple[str, ...] | None = None

    @classmethod
    def read(cls, payload: bytes) -> Self:
        """Return the claims that a payload, whose signature is good, makes.

        Raises:
            ValueError: it is no JSON, lacks a claim, or has a wrong one or one more.
        """
        try:
            made = json.loads(payload)
            lists = {name: made[name] for name in ("permissions", "amr") if name in made}
            claims = cls(**made | {name: tuple(values) for name, values in lists.items()})
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError("the claims are not those of an access token") from error
        are_lists = all(isinstance(values, list) for values in lists.values())
        if not (are_lists and claims._are_well_formed()):
            raise ValueError("a claim of the access token has a wrong value")
        return claims

    def to_json(self) -> bytes:
        """Return the payload that makes these claims."""
        made = {name: value for name, value in vars(self).items() if value is not None}
        return json.dumps(made, separators=(",", ":"), ensure_ascii=False).encode()

    @property
    def user_id(self) -> int:
        """Return the account that the token speaks for."""
        return int(self.sub)

    def _are_well_formed(self) -> bool:
        texts = (self.iss, self.aud, self.sub, self.sid, self.role, self.jti)
        times = [self.iat, self.nbf, self.exp]
        if self.auth_time is not None:
            times.append(self.auth_time)
        return (
            type(self.email_verified) in (bool, type(None))
            and all(type(t) is str and t for t in (*texts, *self.permissions, *(self.amr or ())))
            # the type itself, because True is an int as well
            and all(type(time) is int for time in times)
            and re.fullmatch(users.ID_PATTERN, self.sub) is not None
        )


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


def proved_at(session: UserSession) -> datetime:
    """Return when the person behind the session last proved who they are, if only by log-in."""
    # PynamoDB has no type for an attribute that may be missing
    since_log_in: datetime | None = session.proved_at
    return since_log_in or session.created_at


def proofs(session: UserSession) -> tuple[str, ...] | None:
    """Return how the person behind the session has proved who they are (RFC 8176), if known."""
    # PynamoDB has no type for an attribute that may be missing
    amr: str | None = session.amr
    return tuple(amr.split()) if amr else None


def issuer() -> str:
    """Return the ``iss`` claim of our tokens."""
    return _named(settings.current().issuer)


def _read(token: str) -> tuple[Kind, Claims]:
    # PyJWT raises a plain UnicodeEncodeError on text that is not ASCII
    if not token.isascii() or len(token) > MAX_LENGTH:
        raise TokenInvalidError
    try:
        algorithm, key = public_keys.verifying()[_key_id(token)]
        decoded = _jws.decode_complete(token, key, algorithms=[algorithm])
        kind = Kind(decoded["header"]["typ"])
        claims = Claims.read(decoded["payload"])
    except (PyJWTError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise TokenInvalidError from error
    return kind, claims


def _key_id(token: str) -> str:
    # the header alone: PyJWT takes the whole token apart for it, and does so again to verify it
    header = json.loads(base64url_decode(token.partition(".")[0]))
    key_id: str = header["kid"]
    return key_id


def _check_origin(claims: Claims) -> None:
    now = settings.current()
    issuers = map(_named, (now.issuer, now.former_issuer))
    if claims.iss not in issuers or claims.aud != now.audience:
        raise TokenInvalidError


def _named(issuer: str) -> str:
    return issuer.replace(API_ID, invocation.api().id)


def _check_times(kind: Kind, claims: Claims) -> None:
    now = clock.now().timestamp()
    begins = max(claims.iat, claims.nbf)
    if begins > now + LEEWAY_SECONDS or claims.exp - claims.iat > max_seconds(kind):
        raise TokenInvalidError
    if claims.exp <= now - LEEWAY_SECONDS:
        raise TokenExpiredError
