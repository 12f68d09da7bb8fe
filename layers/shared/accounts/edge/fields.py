"""What may stand in the fields of a request, and what its body is made of."""

import re
import unicodedata
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
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
# that there are mails in
Language = Literal["en", "ru"]
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
# as long as those of hCaptcha, which are the longest
BotToken = Annotated[str, StringConstraints(min_length=1, max_length=8192)]
OpaqueToken = Annotated[str, StringConstraints(min_length=1, max_length=TOKEN_LENGTH)]


class RequestSchema(BaseModel):
    """Base of request bodies: strict types, no unknown fields, inputs kept out of errors."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        # a function starts with several schemas at hand and takes one, which the decorator builds
        defer_build=True,
    )

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Return the body as this schema; see :func:`accounts.edge.validation.parse`."""
        return validation.parse(cls, body)
