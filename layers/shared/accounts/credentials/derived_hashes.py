"""Password hashes of other systems that are not bcrypt: Argon2id (RFC 9106) and PBKDF2 (RFC 8018).

They come with an import, in the PHC string format: ``$argon2id$v=19$m=65536,t=3,p=4$salt$hash``
and ``$pbkdf2-sha512$i=210000$salt$hash``, in base64 without padding. What they may cost was
limited when they were imported.
"""

import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

_ARGON2 = "$argon2id$"


def is_of(password: str, stored: str) -> bool:
    """Say whether the password is the one behind the hash."""
    if stored.startswith(_ARGON2):
        return _is_argon2_of(password.encode(), stored)
    return _is_pbkdf2_of(password.encode(), stored)


def _is_argon2_of(password: bytes, stored: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(password, stored)
    except InvalidKey:
        return False
    return True


def _is_pbkdf2_of(password: bytes, stored: str) -> bool:
    _, name, iterations, salt, expected = stored.split("$")
    made = hashlib.pbkdf2_hmac(
        name.removeprefix("pbkdf2-"),
        password,
        _bytes(salt),
        int(iterations.removeprefix("i=")),
        len(_bytes(expected)),
    )
    return hmac.compare_digest(made, _bytes(expected))


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
