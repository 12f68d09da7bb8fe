"""Page cursors: where the next page begins, in a form that only who was given it can use."""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from accounts.credentials import opaque
from accounts.errors import ValidationFailedError
from accounts.storage.tables import UserSession

_MAC_BYTES = 32


def seal(position: dict[str, Any] | None, query: str, session: UserSession) -> str | None:
    """Return the cursor for a position in the answer to ``query``; None where it ends.

    The session's own key authenticates it (OWASP ASVS 8.2.2): no other session can use it, and
    none can make one up.
    """
    if position is None:
        return None
    body = json.dumps(position, separators=(",", ":")).encode()
    return opaque.base64url(_mac(body, query, session) + body)


def unseal(cursor: str | None, query: str, session: UserSession) -> dict[str, Any] | None:
    """Return the position that a cursor means.

    Raises:
        ValidationFailedError: it was not made for this session and query.
    """
    if cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError) as error:
        raise _invalid() from error
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(body, query, session)):
        raise _invalid()
    # the decoder passes over what is not in its alphabet, so one cursor would have many spellings
    if cursor != opaque.base64url(raw):
        raise _invalid()
    position: dict[str, Any] = json.loads(body)
    return position


def _mac(body: bytes, query: str, session: UserSession) -> bytes:
    message = query.encode() + b"\0" + body
    return hmac.digest(session.cursor_key.encode(), message, hashlib.sha256)


def _invalid() -> ValidationFailedError:
    return ValidationFailedError.of("cursor", "Is not a cursor of this list")
