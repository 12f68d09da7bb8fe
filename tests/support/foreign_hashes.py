"""Password hashes as other systems make them, cheaper than theirs."""

import base64
import hashlib

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from tests.support.manage_lines import bcrypt_hash

SALT = b"sixteen bytes of"
ITERATIONS = 1000


def argon2_hash(password: str) -> str:
    """Return an Argon2id hash in the PHC string format."""
    made = Argon2id(salt=SALT, length=32, iterations=1, lanes=1, memory_cost=64)
    return made.derive_phc_encoded(password.encode())


def pbkdf2_hash(password: str, digest: str = "sha512", length: int | None = None) -> str:
    """Return a PBKDF2 hash in the PHC string format, by default as long as the digest."""
    made = hashlib.pbkdf2_hmac(digest, password.encode(), SALT, ITERATIONS, length)
    return f"$pbkdf2-{digest}$i={ITERATIONS}${unpadded(SALT)}${unpadded(made)}"


def unpadded(data: bytes) -> str:
    """Return the base64 of the PHC string format."""
    return base64.b64encode(data).decode().rstrip("=")


MAKERS = (bcrypt_hash, argon2_hash, pbkdf2_hash)
