"""Make HTTP answers of what functions return (payload format 2.0)."""

import base64
import json

from pydantic import BaseModel, ConfigDict, Field
from werkzeug import Response

from infra.local.api_gateway.http_events import HOP_BY_HOP


class MalformedResultError(ValueError):
    """A function returned what API Gateway cannot make an answer of."""


class _Result(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    status: int = Field(alias="statusCode", ge=200, le=599)
    headers: dict[str, str] | None = None
    cookies: list[str] | None = None
    body: str | None = None
    is_base64: bool = Field(default=False, alias="isBase64Encoded")

    def content(self) -> bytes:
        """Return the body's bytes; raises ValueError where it cannot be sent."""
        text = self.body or ""
        return base64.b64decode(text, validate=True) if self.is_base64 else text.encode()


def response_from(result: object) -> Response:
    """Return the answer that a function's result stands for.

    A result without a status code is the body of a 200.

    Raises:
        MalformedResultError: the result names a status code and is wrong elsewhere.
    """
    if not isinstance(result, dict) or "statusCode" not in result:
        text = result if isinstance(result, str) else json.dumps(result)
        return Response(text, 200, content_type="application/json")
    try:
        return _response(_Result.model_validate(result))
    except ValueError as error:
        raise MalformedResultError(str(error)) from error


def _response(result: _Result) -> Response:
    response = Response(result.content(), result.status, content_type="text/plain; charset=utf-8")
    for name, value in (result.headers or {}).items():
        if name.lower() not in HOP_BY_HOP | {"content-length"}:
            response.headers[name] = value
    for cookie in result.cookies or []:
        response.headers.add("set-cookie", cookie)
    return response
