"""What API Gateway does for an HTTP API: limits, routing, events, CORS; as a WSGI application."""

import json
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug import Response
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from infra.local.api_gateway import cors
from infra.local.api_gateway.http_events import HttpRequest, event_from, new_request_id
from infra.local.api_gateway.results import MalformedResultError, response_from
from infra.local.api_gateway.routes import Routes
from infra.local.deadline import within
from infra.local.invoke import FunctionError, Invoke
from infra.local.server import RAW_HEADERS, RAW_TARGET
from infra.local.template.declarations import Cors, Function

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
MAX_HEADER_BYTES = 10_240
MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_EVENT_BYTES = 6 * 1024 * 1024
INTEGRATION_TIMEOUT_SECONDS = 30.0

log = logging.getLogger(__name__)


class RefusedError(Exception):
    """The gateway answers by itself, with this status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message


class Gateway:
    """An HTTP API whose routes lead to functions."""

    def __init__(
        self,
        functions: Iterable[Function],
        invoke: Invoke,
        cors_configuration: Cors | None = None,
        timeout_seconds: float = INTEGRATION_TIMEOUT_SECONDS,
    ) -> None:
        self._routes: Routes[str] = Routes(
            (route, function.logical_id) for function in functions for route in function.routes
        )
        self._invoke = invoke
        self._cors = cors_configuration
        self._timeout_seconds = timeout_seconds

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request that ``server.RequestHandler`` received."""
        request_id = new_request_id()
        try:
            response = self._answer(_request(environ), request_id)
        except RefusedError as refused:
            response = _message(refused.status, refused.message)
        response.headers["apigw-requestid"] = request_id
        return response(environ, start_response)

    def _answer(self, request: HttpRequest, request_id: str) -> Response:
        match = self._routes.find(request.method, request.path)
        if match is None:
            if not (self._cors and cors.is_preflight(request)):
                raise RefusedError(404, "Not Found")
            response = Response(status=204)
        else:
            event = event_from(request, match.route, match.path_parameters, request_id)
            response = self._integrate(match.target, event)
        if self._cors:
            cors.apply(self._cors, request, response)
        return response

    def _integrate(self, function_id: str, event: dict[str, Any]) -> Response:
        if len(event.get("body", "")) > MAX_EVENT_BYTES:
            raise RefusedError(413, "Request Entity Too Large")
        try:
            result = within(self._timeout_seconds, lambda: self._invoke(function_id, event))
            return response_from(result)
        except TimeoutError:
            log.error("%s did not answer in %s s", function_id, self._timeout_seconds)  # noqa: TRY400 - where it was waited for says nothing
            return _message(503, "Service Unavailable")
        except (FunctionError, MalformedResultError):
            log.exception("%s failed", function_id)
            return _message(500, "Internal Server Error")


def _request(environ: "WSGIEnvironment") -> HttpRequest:
    headers: tuple[tuple[str, str], ...] = environ[RAW_HEADERS]
    target: str = environ[RAW_TARGET]
    method: str = environ["REQUEST_METHOD"]
    size = len(f"{method} {target} HTTP/1.1\r\n") + sum(len(n) + len(v) + 4 for n, v in headers)
    if size > MAX_HEADER_BYTES:
        raise RefusedError(431, "Request Header Fields Too Large")
    if not target.startswith("/"):
        raise RefusedError(400, "Bad Request")
    if method not in METHODS:
        raise RefusedError(405, "Method Not Allowed")
    return HttpRequest(
        method,
        target,
        protocol=environ["SERVER_PROTOCOL"],
        headers=headers,
        body=_body(environ),
        source_ip=environ["REMOTE_ADDR"],
        port=int(environ["SERVER_PORT"]),
    )


def _body(environ: "WSGIEnvironment") -> bytes:
    try:
        return get_input_stream(environ, max_content_length=MAX_BODY_BYTES).read()
    except RequestEntityTooLarge:
        raise RefusedError(413, "Request Entity Too Large") from None
    except (ClientDisconnected, OSError):
        # cut short, or chunks that are none
        raise RefusedError(400, "Bad Request") from None


def _message(status: int, message: str) -> Response:
    return Response(json.dumps({"message": message}), status, content_type="application/json")
