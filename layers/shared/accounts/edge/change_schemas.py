"""What the bodies of changes to an account must look like: what is not sent stays as it is."""

from typing import Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from accounts.edge.fields import Email, Language, Name, RequestSchema, RoleName


class ChangesSchema(RequestSchema):
    """Base of changes, of which there must be one."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.model_fields_set:
            return self
        raise PydanticCustomError("nothing", "Send at least one field to change")


class UpdateOwnAccountSchema(ChangesSchema):
    """What people change about their own account."""

    name: Name | None = None
    language: Language | None = None


class ChangeOwnEmailSchema(RequestSchema):
    """Another address for one's own account."""

    email: Email


class UpdateUserSchema(ChangesSchema):
    """What others change about an account."""

    name: Name | None = None
    role: RoleName | None = None
    status: Literal["active", "disabled"] | None = None
    email: Email | None = None
