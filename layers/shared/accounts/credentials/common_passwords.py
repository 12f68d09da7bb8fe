"""The passwords that attackers try first, in a file small enough to search where it lies.

It holds one fingerprint a password, sorted; ``infra.build.common_passwords`` makes it. Fingerprints
are short: one in fifteen thousand million passwords that are not listed looks as if it were.
"""

import functools
import hashlib
import unicodedata
from bisect import bisect_left
from pathlib import Path

FILE = Path(__file__).with_name("common_passwords.bin")
# 19,302 of 2**48 fingerprints are taken: 7e-11
WIDTH_BYTES = 6


def contains(password: str) -> bool:
    """Say whether this password, in whatever case, is a common one."""
    wanted = fingerprint(password)
    taken = _fingerprints()
    count = len(taken) // WIDTH_BYTES
    place = bisect_left(range(count), wanted, key=lambda index: _at(taken, index))
    return _at(taken, place) == wanted


def fingerprint(password: str) -> bytes:
    """Return what stands for a password and all its upper- and lower-case spellings."""
    return hashlib.sha256(folded(password).encode()).digest()[:WIDTH_BYTES]


def folded(text: str) -> str:
    """Return the text without what sets spellings of it apart: case, and how accents are coded."""
    return unicodedata.normalize("NFC", text).casefold()


def _at(fingerprints: bytes, index: int) -> bytes:
    return fingerprints[index * WIDTH_BYTES : (index + 1) * WIDTH_BYTES]


@functools.cache
def _fingerprints() -> bytes:
    return FILE.read_bytes()
