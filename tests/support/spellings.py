"""The ways in which bytes may be spelled out in text."""

import base64
from collections.abc import Sequence


def forms(data: bytes) -> Sequence[str]:
    """Return the bytes in hexadecimal, and in base64 of both alphabets."""
    assert data
    encoded = (base64.b64encode(data), base64.urlsafe_b64encode(data))
    return [data.hex(), *(text.rstrip(b"=").decode() for text in encoded)]
