"""What the bodies of requests about webhooks must look like."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from accounts.edge.fields import RequestSchema
from accounts.events import names, targets

EVERYTHING = "*"


def _reachable(value: str) -> str:
    try:
        targets.read(value)
    except targets.UrlError as error:
        raise PydanticCustomError("format", "{rule}", {"rule": str(error)}) from error
    return value


def _known(value: str) -> str:
    if value != EVERYTHING and value not in names.TYPES:
        raise PydanticCustomError("format", "Is no type of event")
    return value


class WebhookSchema(RequestSchema):
    """A webhook as it is to be."""

    url: Annotated[str, AfterValidator(_reachable)]
    events: Annotated[
        list[Annotated[str, AfterValidator(_known)]],
        Field(min_length=1, max_length=len(names.TYPES)),
    ]
    personal_data: bool = False
    rotate_secret: bool = False
