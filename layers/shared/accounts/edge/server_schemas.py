"""What the bodies of requests of back-ends and administrators must look like."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from accounts import settings
from accounts.edge.fields import (
    Email,
    Language,
    Name,
    NewPassword,
    Permission,
    RequestSchema,
    RoleName,
)

# all of them are in each token, whose signing input KMS takes up to 4,096 bytes of
MOST_PERMISSIONS = 30


class UserRegSchema(RequestSchema):
    """A sign-up: with a password, or with an invitation to set one (OWASP ASVS 6.4.1)."""

    passw: NewPassword | None
    email: Email
    name: Name
    role: RoleName | None = None
    language: Language | None = None
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
    # likewise; a new one demands none
    second_factor: bool | None = None


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
