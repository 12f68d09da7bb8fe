"""What query strings must look like."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticKnownError

from accounts.edge import validation
from accounts.edge.fields import RoleName, formed

LONGEST_PAGE = 100
CURSOR_LENGTH = 1024


def _plain_number(value: str) -> str:
    # where int() would also take 1_0, 1.0 and +1
    if not re.fullmatch(r"[0-9]+", value):
        raise PydanticKnownError("int_parsing")
    return value


Cursor = Annotated[str, StringConstraints(min_length=1, max_length=CURSOR_LENGTH)]
EmailPrefix = Annotated[
    str,
    StringConstraints(to_lower=True),
    formed(r"[!-~]{1,254}", "Must be up to 254 ASCII characters without spaces"),
]


class Query(BaseModel):
    """Base of query strings: no unknown fields, inputs kept out of errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Return the query string as this schema; see :func:`accounts.edge.validation.check`."""
        return validation.check(cls, query)


class OwnDataQuery(Query):
    """Which page of one's own data."""

    cursor: Cursor | None = None


class PageQuery(Query):
    """Which page of a list; query strings are text, so numbers are read from it."""

    limit: Annotated[int, BeforeValidator(_plain_number), Field(ge=1, le=LONGEST_PAGE)] = (
        LONGEST_PAGE
    )
    cursor: Cursor | None = None


class UsersQuery(PageQuery):
    """Which accounts to list."""

    role: RoleName | None = None
    status: Literal["active", "disabled"] | None = None
    email: EmailPrefix | None = None
