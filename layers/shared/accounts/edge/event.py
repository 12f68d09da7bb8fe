"""API Gateway's HTTP API events (payload format 2.0), read with suspicion."""

import base64
import binascii
import ipaddress
from collections.abc import Mapping, Sequence
from typing import TypeVar

from accounts.edge import cookies
from accounts.errors import (
    MalformedRequestError,
    PayloadTooLargeError,
    TokenExpiredError,
    TokenMissingError,
    UnknownEventError,
    UnsupportedMediaTypeError,
)
from accounts.invocation import Api
from accounts.records import Record
from accounts.settings import Language

MAX_BODY_BYTES = 16 * 1024

_Kind = TypeVar("_Kind")


class Event(Record):
    """A request as API Gateway hands it over; the names of its headers are in lower case."""

    route_key: str
    request_id: str
    api: Api
    method: str
    path: str
    source_ip: str
    headers: Mapping[str, str]
    path_parameters: Mapping[str, str]
    query: Mapping[str, str]
    sent_cookies: Sequence[str]
    body: str | None
    is_base64: bool

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

    @property
    def language(self) -> Language:
        """Return the language that messages to this client are to be in."""
        accepted = self.headers.get("accept-language", "")
        if "ru" not in accepted.lower():
            return "en"
        # imported here, because few requests need it
        from accounts.edge import languages  # noqa: PLC0415 - see above

        return languages.preferred(accepted)

    def cookie(self, name: str) -> str | None:
        """Return a cookie, if there is one and cookies count in this request."""
        return cookies.read(self.sent_cookies).get(name) if self.wants_cookies else None

    def access_token(self) -> str:
        """Return the token of the ``Authorization`` header (RFC 6750 section 2.1), or its cookie.

        Two such headers arrive joined by a comma, which no token contains.

        Raises:
            TokenExpiredError: a browser dropped the cookie, as it does when the token's time is
                over, and still has the one to refresh with.
            TokenMissingError: there is no bearer token.
        """
        if "authorization" not in self.headers:
            if token := self.cookie(cookies.ACCESS):
                return token
            if self.cookie(cookies.REFRESH):
                raise TokenExpiredError
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
    sent = _a(dict, event)
    context = _a(dict, sent.get("requestContext"))
    http = _a(dict, context.get("http"))
    if sent.get("version") != "2.0":
        raise UnknownEventError
    body = sent.get("body")
    return Event(
        route_key=_a(str, sent.get("routeKey")),
        request_id=_a(str, context.get("requestId")),
        api=Api(_or_empty(str, context.get("apiId")), _or_empty(str, context.get("domainName"))),
        method=_a(str, http.get("method")),
        path=_a(str, http.get("path")),
        source_ip=_ip_address(_a(str, http.get("sourceIp"))),
        # the gateway sends lower case; tools that imitate it may not
        headers={name.lower(): value for name, value in _texts(sent.get("headers")).items()},
        path_parameters=_texts(sent.get("pathParameters")),
        query=_texts(sent.get("queryStringParameters")),
        sent_cookies=[_a(str, cookie) for cookie in _or_empty(list, sent.get("cookies"))],
        body=None if body is None else _a(str, body),
        is_base64=_a(bool, sent.get("isBase64Encoded", False)),
    )


def _a(kind: type[_Kind], value: object) -> _Kind:
    if not isinstance(value, kind):
        raise UnknownEventError
    return value


def _or_empty(kind: type[_Kind], value: object) -> _Kind:
    # the gateway leaves out what it has none of; tools that imitate it send null
    return kind() if value is None else _a(kind, value)


def _texts(value: object) -> Mapping[str, str]:
    return {_a(str, name): _a(str, text) for name, text in _or_empty(dict, value).items()}


def _ip_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError as error:
        raise UnknownEventError from error
