"""Make a function's event of an HTTP request (payload format 2.0).

Follows "Create AWS Lambda proxy integrations for HTTP APIs" in the API Gateway guide and, where
that is silent, what the service has been seen to do: it decodes the path before it routes, and
calls a body text only if its media type is text/* or one of three application types.
"""

import base64
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from werkzeug.http import parse_options_header

from infra.local.template.declarations import Route
from infra.local.template.pseudo_parameters import ACCOUNT_ID, API_ID

DOMAIN = f"{API_ID}.execute-api.localhost"
TEXT_TYPES = frozenset({"application/json", "application/javascript", "application/xml"})
# of one connection, not of the message (RFC 9110 section 7.6.1)
HOP_BY_HOP = frozenset(
    {"connection", "expect", "keep-alive", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade"}
)

Headers = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class HttpRequest:
    """A request as it came in: ``target`` is raw, ``headers`` are in order and may repeat."""

    method: str
    target: str
    protocol: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str
    port: int

    @property
    def path(self) -> str:
        """Return the path, percent-decoded."""
        return unquote(self.target.partition("?")[0])

    @property
    def query(self) -> str:
        """Return the query string as it came."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str:
        """Return the first header of this lower-case name, or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name), "")


def event_from(
    request: HttpRequest, route: Route, path_parameters: Mapping[str, str], request_id: str
) -> dict[str, Any]:
    """Return the event that API Gateway would send for ``request``."""
    now = time.time()
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": _headers(request),
        "requestContext": {
            "accountId": ACCOUNT_ID,
            "apiId": API_ID,
            "domainName": DOMAIN,
            "domainPrefix": API_ID,
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": request.protocol,
                "sourceIp": request.source_ip,
                "userAgent": request.header("user-agent"),
            },
            "requestId": request_id,
            "routeKey": route.key,
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": False,
    }
    if cookies := _cookies(request.headers):
        event["cookies"] = cookies
    if query := parse_qsl(request.query, keep_blank_values=True):
        event["queryStringParameters"] = _joined(query)
    if path_parameters:
        event["pathParameters"] = dict(path_parameters)
    if request.body:
        event["isBase64Encoded"] = not _is_text(request.header("content-type"))
        event["body"] = (
            base64.b64encode(request.body).decode()
            if event["isBase64Encoded"]
            else request.body.decode(errors="replace")
        )
    return event


def new_request_id() -> str:
    """Return an id in the form of API Gateway's: 15 characters and an equals sign."""
    return base64.b64encode(secrets.token_bytes(11)).decode()


def _headers(request: HttpRequest) -> dict[str, str]:
    """Join what repeats, drop what ends here, and add what a gateway adds."""
    kept = [(n.lower(), v) for n, v in request.headers if n.lower() not in HOP_BY_HOP | {"cookie"}]
    headers = _joined(kept)
    forwarded = [headers.get("x-forwarded-for", ""), request.source_ip]
    return headers | {
        "content-length": str(len(request.body)),
        "x-amzn-trace-id": f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}",
        "x-forwarded-for": ", ".join(filter(None, forwarded)),
        "x-forwarded-port": str(request.port),
        "x-forwarded-proto": "http",
    }


def _cookies(headers: Headers) -> list[str]:
    lines = (value for name, value in headers if name.lower() == "cookie")
    cookies = (cookie.strip() for line in lines for cookie in line.split(";"))
    return [cookie for cookie in cookies if cookie]


def _joined(pairs: Headers) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _is_text(content_type: str) -> bool:
    media_type, options = parse_options_header(content_type)
    is_utf8 = options.get("charset", "utf-8").lower() == "utf-8"
    media_type = media_type.lower()
    return is_utf8 and (media_type.startswith("text/") or media_type in TEXT_TYPES)
