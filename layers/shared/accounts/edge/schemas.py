"""What the bodies of requests must look like."""

import re
import unicodedata
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from accounts import emails, settings
from accounts.access import roles
from accounts.credentials import passwords
from accounts.edge import validation

NAME_LENGTH = 100
# code points of a character in Unicode's form D
MOST_DECOMPOSED = 4
# longer than any opaque token of ours
TOKEN_LENGTH = 512
# all of them are in each token, whose signing input KMS takes up to 4,096 bytes of
MOST_PERMISSIONS = 30
# marks, embeddings, overrides and isolates (Unicode Standard Annex 9, section 2)
_REORDERING = re.compile("[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]")


def _canonical_email(value: str) -> str:
    try:
        return emails.canonical(value)
    except emails.EmailInvalidError as error:
        raise PydanticCustomError("email", "Must be an e-mail address") from error


def _length(password: str) -> int:
    # each code point counts as one (NIST SP 800-63B-4 section 3.1.1.2), however it was typed
    return len(unicodedata.normalize("NFC", password))


def _short_enough(value: str) -> str:
    longest = passwords.MAX_LENGTH
    # looked at before it is composed, which takes the square of its length
    if len(value) > longest * MOST_DECOMPOSED or _length(value) > longest:
        raise PydanticCustomError(
            "password_too_long", "Must be at most {most} characters", {"most": longest}
        )
    return value


def _long_enough(value: str) -> str:
    shortest = settings.current().password_min_length
    if _length(value) < shortest:
        raise PydanticCustomError(
            "password_too_short", "Must be at least {least} characters", {"least": shortest}
        )
    return value


def formed(pattern: str, rule: str) -> AfterValidator:
    """Return what refuses a text that is not of this pattern, telling the rule."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise PydanticCustomError("format", "{rule}", {"rule": rule})
        return value

    return AfterValidator(check)


def _not_misspelt(permission: str) -> str:
    # what begins like one of ours and is none would permit nothing, and nobody would know why
    ours = {name.partition(":")[0] for name in roles.PERMISSIONS}
    if permission.partition(":")[0] in ours and permission not in roles.PERMISSIONS:
        raise PydanticCustomError("format", "Is no permission of this service")
    return permission


def _visible(value: str) -> str:
    value = unicodedata.normalize("NFC", value)
    # a mail that greets with it would carry a stranger's link, or show its text in another order
    if "://" in value or _REORDERING.search(value):
        raise PydanticCustomError("text", "Must have no links and no signs that reorder text")
    # categories C*: control, format, private use and unassigned characters, Z*: separators
    categories = {unicodedata.category(character) for character in value}
    if "Cc" in categories or not any(category[0] not in "CZ" for category in categories):
        raise PydanticCustomError("text", "Must be readable text without control characters")
    return value


Email = Annotated[str, AfterValidator(_canonical_email)]
Password = Annotated[str, StringConstraints(min_length=1), AfterValidator(_short_enough)]
NewPassword = Annotated[str, AfterValidator(_short_enough), AfterValidator(_long_enough)]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_LENGTH),
    AfterValidator(_visible),
]
Permission = Annotated[
    str,
    formed(
        r"\*|[a-z_]{1,32}:[a-z_]{1,32}",
        "Must be *, or two words of up to 32 of a to z and _ with a colon between",
    ),
    AfterValidator(_not_misspelt),
]
RoleName = Annotated[str, formed(roles.NAME_PATTERN, roles.NAME_RULE)]
OpaqueToken = Annotated[str, StringConstraints(min_length=1, max_length=TOKEN_LENGTH)]


class RequestSchema(BaseModel):
    """Base of request bodies: strict types, no unknown fields, inputs kept out of errors."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        # a function starts with all schemas at hand and takes one, which the decorator builds
        defer_build=True,
    )

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Return the body as this schema; see :func:`accounts.edge.validation.parse`."""
        return validation.parse(cls, body)


class UserRegSchema(RequestSchema):
    """A sign-up: with a password, or with an invitation to set one (OWASP ASVS 6.4.1)."""

    passw: NewPassword | None
    email: Email
    name: Name
    role: RoleName | None = None
    language: Literal["en", "ru"] | None = None
    invite: bool = False

    @model_validator(mode="before")
    @classmethod
    def _invited_need_no_password(cls, data: dict[str, object]) -> dict[str, object]:
        return {"passw": None, **data} if data.get("invite") is True else data

    @model_validator(mode="after")
    def _either_password_or_invitation(self) -> Self:
        if self.invite == (self.passw is None):
            return self
        raise PydanticCustomError("invite", "Send either passw or invite")


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


class ConfirmIdentitySchema(RequestSchema):
    """A proof of who is calling."""

    passw: Password


class ConfirmEmailSchema(RequestSchema):
    """A proof that mail reaches an address."""

    email_token: OpaqueToken


class UndoEmailChangeSchema(RequestSchema):
    """A proof that mail reaches the address that an account had before."""

    undo_token: OpaqueToken


class UpdateUserSchema(RequestSchema):
    """Changes to an account; what is not sent stays as it is."""

    name: Name | None = None
    role: RoleName | None = None
    status: Literal["active", "disabled"] | None = None
    email: Email | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.model_fields_set:
            return self
        raise PydanticCustomError("nothing", "Send at least one field to change")


class TitleSchema(RequestSchema):
    """A role's name for people, in the languages there are."""

    en: Name
    ru: Name


class RoleSchema(RequestSchema):
    """A role as it is to be."""

    title: TitleSchema
    permissions: Annotated[list[Permission], Field(max_length=MOST_PERMISSIONS)]
    # None leaves it as it is; a new one is for people
    back_end: bool | None = None


class ServiceTokenSchema(RequestSchema):
    """A back-end that needs a token."""

    email: Email
    name: Name
    role: RoleName = "service"
    expires_in: Annotated[int, Field(ge=60)] | None = None

    @field_validator("expires_in")
    @classmethod
    def _short_enough(cls, value: int | None) -> int | None:
        longest = settings.current().service_token_seconds
        if value is not None and value > longest:
            raise PydanticCustomError("lifetime", "Must be at most {most}", {"most": longest})
        return value


class ResetTokenSchema(RequestSchema):
    """A request for a reset token."""

    email: Email
