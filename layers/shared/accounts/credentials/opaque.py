"""Opaque tokens: a random secret beside the key of the record that knows its hash.

A token reads ``<kind>.<key>.….<secret>``. The kind keeps one sort of token from passing for
another and lets secret scanners find leaked ones; the key finds the record in one read.
"""

import base64
import hashlib
import hmac
import re
import secrets
from typing import NamedTuple, Self

from accounts.storage import users

SECRET_BYTES = 32
_USER_ID = f"({users.ID_PATTERN})"
_SESSION_ID = r"([A-Za-z0-9_-]{22})"
RANDOM_PATTERN = "[A-Za-z0-9_-]{43}"
_REFRESH = re.compile(rf"rt\.{_USER_ID}\.{_SESSION_ID}\.({RANDOM_PATTERN})\.({RANDOM_PATTERN})")


class NotATokenError(Exception):
    """The text cannot be a token of the kind asked for."""


def new_secret() -> str:
    """Return 256 random bits as 43 characters of URL-safe text (OWASP ASVS 6.5.2, 7.2.3)."""
    return secrets.token_urlsafe(SECRET_BYTES)


def base64url(data: bytes) -> str:
    """Return bytes as URL-safe text without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret, the only form in which one is stored.

    A fast hash is enough at 256 random bits (OWASP ASVS 6.5.2).
    """
    return digest_bytes(secret).hex()


def digest_bytes(secret: str) -> bytes:
    """Return the same as bytes, which take half the space."""
    return hashlib.sha256(secret.encode()).digest()


def matches(secret: str, stored_digest: str | bytes | None) -> bool:
    """Say whether ``stored_digest`` is of ``secret``, in constant time."""
    if isinstance(stored_digest, str):
        return hmac.compare_digest(digest(secret), stored_digest)
    return stored_digest is not None and hmac.compare_digest(digest_bytes(secret), stored_digest)


class RefreshToken(NamedTuple):
    """A refresh token taken apart.

    ``family`` stays the same from a log-in on, ``secret`` is new with each rotation. Who shows
    the right family with a wrong secret has held an older token of the session; who shows a
    wrong family merely knows the session's id.
    """

    user_id: int
    session_id: str
    family: str
    secret: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the token that ``text`` is.

        Raises:
            NotATokenError: it is none.
        """
        if not (match := _REFRESH.fullmatch(text)):
            raise NotATokenError
        return cls(int(match[1]), match[2], match[3], match[4])

    def __str__(self) -> str:
        """Return the token as the client holds it."""
        return f"rt.{self.user_id}.{self.session_id}.{self.family}.{self.secret}"
