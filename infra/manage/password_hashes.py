"""Which password hashes an import takes: ours, and those of other systems that can be verified.

What one costs is limited here, because a log-in does what the stored hash asks for.
"""

import base64
import hashlib
import re
from collections.abc import Set

# of bcrypt; what costs more takes longer to check than a log-in may
HIGHEST_COST = 15
LOWEST_COST = 4
# about what bcrypt takes at its highest cost; a log-in has seven times the memory
MOST_MEMORY_KIB = 256 * 1024
MOST_MEMORY_KIB_PASSES = 1024 * 1024
MOST_LANES = 16
MOST_ITERATIONS = 1_500_000
SALT_BYTES = range(8, 129)
DIGEST_BYTES = range(16, 129)

_OURS = re.compile(r"\$kms-hmac-sha384\$([A-Za-z0-9-]{1,64})(\$2b\$.{56})")
_BCRYPT = re.compile(r"\$2[abxy]\$([0-9]{2})\$[./A-Za-z0-9]{53}")
_BCRYPT_DIGITS = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
# the last digits of salt and hash, and which of their bits count
_PARTIAL_DIGITS = ((28, 0b110000), (59, 0b111100))
_TAIL = r"\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)"
_NUMBER = "([1-9][0-9]{0,9})"
_ARGON2 = re.compile(rf"\$argon2id\$v=19\$m={_NUMBER},t={_NUMBER},p={_NUMBER}{_TAIL}")
_PBKDF2 = re.compile(rf"\$pbkdf2-(sha1|sha256|sha512)\$i={_NUMBER}{_TAIL}")


class UnusableHashError(Exception):
    """Nobody could log in with the hash; the text says why, without anything of it."""


def taken(text: str, password_key_ids: Set[str]) -> str:
    """Return the hash as it is stored.

    Raises:
        UnusableHashError: it is of no kind that is known here, or costs too much.
    """
    if ours := _OURS.fullmatch(text):
        _bcrypt(ours[2])
        if ours[1] not in password_key_ids:
            raise UnusableHashError("Needs the key of another deployment")
        return text
    for beginning, read in (("$argon2id$", _argon2), ("$pbkdf2-", _pbkdf2)):
        if text.startswith(beginning):
            return read(text)
    return _bcrypt(text)


def _bcrypt(text: str) -> str:
    match = _BCRYPT.fullmatch(text)
    if match is None or int(match[1]) < LOWEST_COST:
        raise UnusableHashError("Not a bcrypt, Argon2id or PBKDF2 hash such as $2b$12$...")
    if int(match[1]) > HIGHEST_COST:
        raise UnusableHashError(f"Costs more than {HIGHEST_COST}")
    digits = list(text)
    # some old systems set bits that mean nothing, and bcrypt here insists that they be zero
    for place, meant in _PARTIAL_DIGITS:
        digits[place] = _BCRYPT_DIGITS[_BCRYPT_DIGITS.index(digits[place]) & meant]
    return "".join(digits)


def _argon2(text: str) -> str:
    match = _ARGON2.fullmatch(text)
    if match is None:
        raise UnusableHashError("Not an Argon2id hash such as $argon2id$v=19$m=65536,t=3,p=4$...")
    memory_kib, passes, lanes = (int(number) for number in match.groups()[:3])
    if memory_kib > MOST_MEMORY_KIB or memory_kib * passes > MOST_MEMORY_KIB_PASSES:
        raise UnusableHashError(
            f"Takes more than {MOST_MEMORY_KIB:,} KiB, or {MOST_MEMORY_KIB_PASSES:,} in all passes"
        )
    if lanes > MOST_LANES or memory_kib < 8 * lanes:
        raise UnusableHashError(f"More than {MOST_LANES} lanes, or less than 8 KiB for each")
    salt, digest = _salt_and_digest(*match.groups()[3:])
    parameters = f"m={memory_kib},t={passes},p={lanes}"
    return f"$argon2id$v=19${parameters}${_base64(salt)}${_base64(digest)}"


def _pbkdf2(text: str) -> str:
    match = _PBKDF2.fullmatch(text)
    if match is None:
        raise UnusableHashError("Not a PBKDF2 hash such as $pbkdf2-sha512$i=210000$...")
    name, iterations, *texts = match.groups()
    if int(iterations) > MOST_ITERATIONS:
        raise UnusableHashError(f"More than {MOST_ITERATIONS:,} iterations")
    salt, digest = _salt_and_digest(*texts)
    # its blocks are made apart from each other, so the first is proof enough, at the least cost
    first = digest[: hashlib.new(name).digest_size]
    return f"$pbkdf2-{name}$i={iterations}${_base64(salt)}${_base64(first)}"


def _salt_and_digest(salt_text: str, digest_text: str) -> tuple[bytes, bytes]:
    try:
        salt, digest = _bytes(salt_text), _bytes(digest_text)
    except ValueError:
        salt = digest = b""
    if len(salt) not in SALT_BYTES or len(digest) not in DIGEST_BYTES:
        raise UnusableHashError("Salt or hash is too short or too long, or not in base64")
    return salt, digest


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
