"""What query strings must look like."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from accounts import words
from accounts.access.new_accounts import MAX_ID
from accounts.edge import validation
from accounts.edge.fields import RoleName, formed

LONGEST_PAGE = 100
CURSOR_LENGTH = 1024
SEARCH_LENGTH = 254
MOST_WORDS = 8
# RFC 3339, from when on there is a trail
_TIMESTAMP = r"2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"


def _plain_number(value: str) -> str:
    # where int() would also take 1_0, 1.0 and +1
    if not re.fullmatch(r"[0-9]+", value):
        raise PydanticKnownError("int_parsing")
    return value


def _moment(value: str) -> datetime:
    # where pydantic would also take numbers
    if not re.fullmatch(_TIMESTAMP, value):
        raise PydanticCustomError("time", "Must be a time such as 2024-01-31T12:00:00Z")
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("time", "Must be a time such as 2024-01-31T12:00:00Z") from error


def _searchable(value: str) -> str:
    asked = words.of_text(value)
    if not any(len(word) >= words.SHORTEST for word in asked):
        raise PydanticCustomError("text", "Must have a word of at least 2 letters or digits")
    if len(asked) > MOST_WORDS:
        raise PydanticCustomError("text", "Must have at most 8 words")
    return value


def _alone(value: str, info: ValidationInfo) -> str:
    # an order by time tells nothing of where in it those are
    if info.data.get("email") or info.data.get("search"):
        raise PydanticCustomError("combination", "Does not go with search or email")
    return value


Cursor = Annotated[str, StringConstraints(min_length=1, max_length=CURSOR_LENGTH)]
EmailPrefix = Annotated[
    str,
    StringConstraints(to_lower=True),
    formed(r"[!-~]{1,254}", "Must be up to 254 ASCII characters without spaces"),
]
# with a zone, or it would be anybody's guess
Moment = Annotated[datetime, BeforeValidator(_moment)]
SearchText = Annotated[
    str, StringConstraints(max_length=SEARCH_LENGTH), AfterValidator(_searchable)
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


class EventsQuery(PageQuery):
    """Which events of all accounts to list."""

    event: Annotated[str, formed(r"[a-z_]{1,64}", "Must be what an event is called")] | None = None
    actor_id: Annotated[int, BeforeValidator(_plain_number), Field(ge=1, le=MAX_ID)] | None = None
    since: Moment | None = None
    until: Moment | None = None


class UsersQuery(PageQuery):
    """Which accounts to list, and in which order."""

    role: RoleName | None = None
    status: Literal["active", "disabled"] | None = None
    email: EmailPrefix | None = None
    search: SearchText | None = None
    sort: Annotated[Literal["created_at", "last_log_in"], AfterValidator(_alone)] | None = None
    order: Literal["asc", "desc"] = "desc"
