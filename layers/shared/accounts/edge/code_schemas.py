"""What the bodies of requests about log-in codes must look like.

Apart from the others, since the log-in with a password starts without them.
"""

from typing import Annotated

from pydantic import AfterValidator

from accounts.edge.fields import Email, OpaqueToken, RequestSchema, formed


def _without_spaces(value: str) -> str:
    # as people type it in two groups, and mail programs copy it
    return value.replace(" ", "")


LogInCode = Annotated[str, AfterValidator(_without_spaces), formed("[0-9]{8}", "Must be 8 digits")]


class SendCodeSchema(RequestSchema):
    """A request for a code to log in with."""

    email: Email


class CodeLogInSchema(RequestSchema):
    """A log-in with a code by mail; otherwise as one with a password."""

    challenge: OpaqueToken
    code: LogInCode
    device_token: OpaqueToken | None = None
