"""Codes of authenticator apps: RFC 6238 over RFC 4226, with what all apps take for granted.

That is HMAC-SHA-1, six digits and thirty seconds. A code is good from one step before its own to
one after, for clocks that are not quite right (RFC 6238 section 5.2).
"""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

from accounts import clock, settings

DIGITS = 6
STEP_SECONDS = 30
DRIFT_STEPS = 1
# as long as the output of the hash (RFC 4226 section 4, R6)
SECRET_BYTES = 20


def new_secret() -> bytes:
    """Return a new secret."""
    return secrets.token_bytes(SECRET_BYTES)


def code(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """Return the code of this step (RFC 4226 section 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}d}"


def step_of(secret: bytes, typed: str, *, after: int) -> int | None:
    """Return the step that this code is of, if it is one of about now and later than ``after``."""
    now = int(clock.now().timestamp()) // STEP_SECONDS
    steps = range(max(now - DRIFT_STEPS, after + 1), now + DRIFT_STEPS + 1)
    shown = typed.encode()
    return next((s for s in steps if hmac.compare_digest(code(secret, s).encode(), shown)), None)


def text(secret: bytes) -> str:
    """Return the secret as a person types it (RFC 4648 section 6)."""
    return base64.b32encode(secret).decode()


def uri(secret: bytes, account: str) -> str:
    """Return what apps read off a QR code; the service is called as in its mails."""
    service = settings.current().mail_service_name
    label = quote(f"{service}:{account}", safe=":@")
    told = {"secret": text(secret), "issuer": service}
    return f"otpauth://totp/{label}?{urlencode(told, quote_via=quote)}"
