"""What the bodies of requests about second factors must look like.

Apart from the others, since the log-in with a password starts without them.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from accounts.credentials import recovery_codes, totp
from accounts.edge.fields import OpaqueToken, Password, RequestSchema

_OF_AN_APP = re.compile(f"[0-9]{{{totp.DIGITS}}}")
_OF_AN_APP_OR_FOR_RECOVERY = re.compile(f"{_OF_AN_APP.pattern}|{recovery_codes.PATTERN}")


def _app_code(value: str) -> str:
    # as apps show it, in two groups
    code = value.replace(" ", "")
    if not _OF_AN_APP.fullmatch(code):
        raise PydanticCustomError("format", "Must be 6 digits")
    return code


def _factor_code(value: str) -> str:
    code = recovery_codes.as_kept(value)
    if not _OF_AN_APP_OR_FOR_RECOVERY.fullmatch(code):
        raise PydanticCustomError("format", "Must be 6 digits, or a recovery code")
    return code


AppCode = Annotated[str, AfterValidator(_app_code), Field(examples=["123456"])]
FactorCode = Annotated[str, AfterValidator(_factor_code), Field(examples=["123456"])]


class EnableTotpSchema(RequestSchema):
    """A code that shows that an app has the new secret."""

    code: AppCode


class SecondFactorSchema(RequestSchema):
    """The second step of a log-in; otherwise as the first one."""

    challenge: OpaqueToken
    code: FactorCode
    device_token: OpaqueToken | None = None


class ConfirmIdentitySchema(RequestSchema):
    """A proof of who is calling."""

    passw: Password | None = None
    code: FactorCode | None = None
