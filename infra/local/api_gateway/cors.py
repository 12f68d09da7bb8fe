"""Answer browsers of other origins (CORS), which an HTTP API does itself."""

from collections.abc import Mapping

from werkzeug import Response

from infra.local.api_gateway.http_events import HttpRequest
from infra.local.template.declarations import Cors


def is_preflight(request: HttpRequest) -> bool:
    """Return whether a browser asks what it may send (Fetch standard, CORS-preflight request)."""
    return (
        request.method == "OPTIONS"
        and bool(request.header("origin"))
        and bool(request.header("access-control-request-method"))
    )


def apply(cors: Cors, request: HttpRequest, response: Response) -> None:
    """Put the configured headers on ``response``, in place of any that a function returned."""
    for name, _ in list(response.headers):
        if name.lower().startswith("access-control-"):
            del response.headers[name]
    headers = _headers(cors, request)
    response.headers.update(headers)
    if headers and "*" not in cors.allow_origins:
        # beside what else the answer varies by
        response.vary.add("origin")


def _headers(cors: Cors, request: HttpRequest) -> Mapping[str, str]:
    origin = request.header("origin")
    if not origin or not {origin, "*"} & set(cors.allow_origins):
        return {}
    headers = {"access-control-allow-origin": "*" if "*" in cors.allow_origins else origin}
    if cors.allow_credentials:
        headers["access-control-allow-credentials"] = "true"
    if cors.expose_headers:
        headers["access-control-expose-headers"] = ",".join(cors.expose_headers)
    if is_preflight(request):
        headers["access-control-allow-methods"] = ",".join(cors.allow_methods)
        headers["access-control-allow-headers"] = ",".join(cors.allow_headers)
        if cors.max_age_seconds is not None:
            headers["access-control-max-age"] = str(cors.max_age_seconds)
    return headers
