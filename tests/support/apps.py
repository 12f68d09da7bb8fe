"""An authenticator app, which makes codes as RFC 6238 has them and knows nothing of the service."""

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass

from accounts import clock

STEP_SECONDS = 30


@dataclass(frozen=True)
class App:
    """The app on somebody's phone, and the recovery codes that they have written down."""

    secret: str
    recovery_codes: tuple[str, ...] = ()

    def code(self, steps: int = 0) -> str:
        """Return the code that it shows, or showed or will show so many steps from now."""
        step = int(clock.now().timestamp()) // STEP_SECONDS + steps
        key = base64.b32decode(self.secret)
        mac = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
        (number,) = struct.unpack_from(">I", mac, mac[19] % 16)
        return f"{number % 2**31 % 10**6:06d}"

    def wrong_code(self) -> str:
        """Return what is no code of it about now."""
        right = {self.code(steps) for steps in range(-2, 3)}
        return next(text for text in map("{:06d}".format, range(9)) if text not in right)
