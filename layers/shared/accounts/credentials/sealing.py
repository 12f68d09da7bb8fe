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
    return base64.b64encode(seal_bytes(text, under=under, purpose=purpose)).decode()


def unseal(sealed: str, *, under: str, purpose: str) -> str:
    """Return the text.

    Raises:
        SealBrokenError: another secret or purpose sealed it, or it was changed since.
    """
    try:
        raw = base64.b64decode(sealed, validate=True)
    except ValueError as error:
        raise SealBrokenError from error
    return unseal_bytes(raw, under=under, purpose=purpose)


def seal_bytes(text: str, *, under: str, purpose: str) -> bytes:
    """Return what :func:`seal` does, as bytes, which take less space."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_key(under, purpose)).encrypt(nonce, text.encode(), None)


def unseal_bytes(sealed: bytes, *, under: str, purpose: str) -> str:
    """Return the text that :func:`seal_bytes` was given.

    Raises:
        SealBrokenError: another secret or purpose sealed it, or it was changed since.
    """
    nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(_key(under, purpose)).decrypt(nonce, text, None).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError from error


def _key(secret: str, purpose: str) -> bytes:
    # RFC 5869; the purpose keeps one secret's keys for different uses apart
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(secret.encode())
