"""What the bodies of requests of anyone and of people must look like."""

from typing import Literal

from accounts.edge.fields import (
    BotToken,
    Email,
    Name,
    NewPassword,
    OpaqueToken,
    Password,
    RequestSchema,
)


class SignUpSchema(RequestSchema):
    """A sign-up of one's own."""

    email: Email
    passw: NewPassword
    name: Name
    language: Literal["en", "ru"] | None = None
    # of the page's bot check; of no account where there is none
    bot_token: BotToken | None = None


class UserLogInSchema(RequestSchema):
    """A log-in, perhaps from a device that the account knows; a browser's is in its cookie."""

    email: Email
    passw: Password
    device_token: OpaqueToken | None = None


class RefreshSchema(RequestSchema):
    """A request for the next pair of tokens; a browser's token comes in its cookie instead."""

    refresh_token: OpaqueToken | None = None


class UpdatePasswSchema(RequestSchema):
    """A password reset."""

    passw: NewPassword
    reset_token: OpaqueToken


class ChangePasswSchema(RequestSchema):
    """A change of one's own password."""

    current_passw: Password
    passw: NewPassword


class ConfirmEmailSchema(RequestSchema):
    """A proof that mail reaches an address; that of a sign-up takes its password, too."""

    email_token: OpaqueToken
    passw: Password | None = None


class UndoEmailChangeSchema(RequestSchema):
    """A proof that mail reaches the address that an account had before."""

    undo_token: OpaqueToken


class ResetTokenSchema(RequestSchema):
    """A request for a reset token."""

    email: Email
