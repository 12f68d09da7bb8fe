"""A code that somebody types as their second factor: of their app, or one for recovery."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.credentials import recovery_codes, totp, totp_secrets
from accounts.storage.tables import User
from accounts.storage.transactions import Change

# RFC 8176
AMR = ("otp", "mfa")
_OF_AN_APP = re.compile(f"[0-9]{{{totp.DIGITS}}}")


class WrongCodeError(Exception):
    """The account has no such code, or had it used before."""


@dataclass(frozen=True)
class Proof:
    """A second factor that was shown, and how it counts (RFC 8176).

    ``changes`` are its part in the transaction that it is shown for, whose conditions let it work
    once. ``codes_left`` is of recovery codes, if it was one.
    """

    amr: Sequence[str]
    changes: Sequence[Change]
    codes_left: int | None = None


def check(user: User, code: str) -> Proof:
    """Return the proof that a code is.

    Raises:
        WrongCodeError: it is none.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    if _OF_AN_APP.fullmatch(code):
        spent = totp_secrets.use(user.id, code) if user.has_totp else None
        if spent is None:
            raise WrongCodeError
        return Proof(AMR, [spent])
    used = recovery_codes.use(user.id, code)
    if used is None:
        raise WrongCodeError
    return Proof(AMR, [used.spent], used.left)
