"""Keeping a secret in the table for those only who hold another secret."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class SealBrokenError(Exception):
    """The sealed text was not sealed under this secret and for this purpose."""


def seal(text: str, *, under: str, purpose: str) -> str:
    """Return ``text`` encrypted under a secret of at least 256 random bits (AES-256-GCM)."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(_key(under, purpose)).encrypt(nonce, text.encode(), None)
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, under: str, purpose: str) -> str:
    """Return the text.

    Raises:
        SealBrokenError: another secret or purpose sealed it, or it was changed since.
    """
    try:
        raw = base64.b64decode(sealed, validate=True)
        opened = AESGCM(_key(under, purpose)).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError from error
    return opened.decode()


def _key(secret: str, purpose: str) -> bytes:
    # RFC 5869; the purpose keeps one secret's keys for different uses apart
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(secret.encode())
