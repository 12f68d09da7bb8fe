"""What the bodies of requests about second factors must look like.

Apart from the others, since the log-in with a password starts without them.
"""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from accounts.credentials import recovery_codes, totp
from accounts.edge.fields import OpaqueToken, Password, RequestSchema
from accounts.edge.passkey_schemas import AssertionSchema

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


class FactorSchema(RequestSchema):
    """Base of what may show a second factor: by a code, or by the use of a passkey."""

    code: FactorCode | None = None
    passkey: AssertionSchema | None = None

    @model_validator(mode="after")
    def _one_at_a_time(self) -> Self:
        if self.code is None or self.passkey is None:
            return self
        raise PydanticCustomError("code", "Send either code or passkey")


class SecondFactorSchema(FactorSchema):
    """The second step of a log-in, by a code or a passkey; otherwise as the first one."""

    challenge: OpaqueToken
    device_token: OpaqueToken | None = None

    @model_validator(mode="after")
    def _one_at_least(self) -> Self:
        if self.code is not None or self.passkey is not None:
            return self
        raise PydanticCustomError("code", "Send either code or passkey")


class ConfirmIdentitySchema(FactorSchema):
    """A proof of who is calling."""

    passw: Password | None = None
