"""API Gateway's HTTP API events (payload format 2.0), read with suspicion."""

import base64
import binascii
import ipaddress
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from accounts.edge import cookies
from accounts.errors import (
    MalformedRequestError,
    PayloadTooLargeError,
    TokenMissingError,
    UnknownEventError,
    UnsupportedMediaTypeError,
)

MAX_BODY_BYTES = 16 * 1024


def _or_empty(value: object) -> object:
    return {} if value is None else value


def _or_no_items(value: object) -> object:
    return [] if value is None else value


def _lower_cased(value: object) -> object:
    # the gateway sends lower case; tools that imitate it may not
    return {k.lower(): v for k, v in value.items()} if isinstance(value, Mapping) else {}


def _ip_address(value: str) -> str:
    return str(ipaddress.ip_address(value))


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Http(_Part):
    """The request line and its sender."""

    method: str
    path: str
    source_ip: Annotated[str, AfterValidator(_ip_address)] = Field(alias="sourceIp")


class Context(_Part):
    """What the gateway knows of the request."""

    http: Http
    request_id: str = Field(alias="requestId")


class Event(_Part):
    """A request as API Gateway hands it over."""

    version: Literal["2.0"]
    route_key: str = Field(alias="routeKey")
    context: Context = Field(alias="requestContext")
    headers: Annotated[dict[str, str], BeforeValidator(_lower_cased)] = {}
    path_parameters: Annotated[dict[str, str], BeforeValidator(_or_empty)] = Field(
        default={}, alias="pathParameters"
    )
    query: Annotated[dict[str, str], BeforeValidator(_or_empty)] = Field(
        default={}, alias="queryStringParameters"
    )
    sent_cookies: Annotated[list[str], BeforeValidator(_or_no_items)] = Field(
        default=[], alias="cookies"
    )
    body: str | None = None
    is_base64: bool = Field(default=False, alias="isBase64Encoded")

    def json_body(self) -> bytes:
        """Return the body's bytes, or those of an empty object where there is no body.

        Raises:
            PayloadTooLargeError: it is over :data:`MAX_BODY_BYTES`.
            UnsupportedMediaTypeError: it does not say that it is plain JSON in UTF-8.
            MalformedRequestError: its base64 is broken.
        """
        if not self.body:
            return b"{}"
        if self._size(self.body) > MAX_BODY_BYTES:
            raise PayloadTooLargeError
        if not self._says_json():
            raise UnsupportedMediaTypeError
        return self._decoded(self.body)

    @property
    def wants_cookies(self) -> bool:
        """Say whether this is a browser whose tokens travel in cookies."""
        return self.headers.get(cookies.DELIVERY_HEADER) == cookies.DELIVERY

    def cookie(self, name: str) -> str | None:
        """Return a cookie, if there is one and cookies count in this request."""
        return cookies.read(self.sent_cookies).get(name) if self.wants_cookies else None

    def access_token(self) -> str:
        """Return the token of the ``Authorization`` header (RFC 6750 section 2.1), or its cookie.

        Two such headers arrive joined by a comma, which no token contains.

        Raises:
            TokenMissingError: there is no bearer token.
        """
        if "authorization" not in self.headers and (token := self.cookie(cookies.ACCESS)):
            return token
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise TokenMissingError
        return token

    def _size(self, body: str) -> int:
        if self.is_base64:
            return len(body.rstrip("=")) * 3 // 4
        return len(body.encode(errors="surrogatepass"))

    def _decoded(self, body: str) -> bytes:
        if self.is_base64:
            try:
                return base64.b64decode(body, validate=True)
            except (binascii.Error, ValueError) as error:
                raise MalformedRequestError from error
        # the gateway puts it where the bytes were no UTF-8; who means it may escape it
        if "\ufffd" in body:
            raise MalformedRequestError
        # a crafted event may carry what no JSON text can: lone surrogates
        return body.encode(errors="surrogatepass")

    def _says_json(self) -> bool:
        media_type, _, parameters = self.headers.get("content-type", "").partition(";")
        charset = parameters.replace(" ", "").replace('"', "").lower()
        return (
            media_type.strip().lower() == "application/json"
            and charset in ("", "charset=utf-8")
            and self.headers.get("content-encoding", "identity").lower() == "identity"
        )


def read(event: object) -> Event:
    """Return the event, checked.

    Raises:
        UnknownEventError: it is no HTTP API event of payload format 2.0.
    """
    try:
        return Event.model_validate(event)
    except ValidationError as error:
        raise UnknownEventError from error
