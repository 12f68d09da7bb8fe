"""How a caller proves who they are."""

from collections.abc import Mapping
from typing import Any

from accounts.edge import cookies
from infra.openapi.operations import Operation

_COUNTS = f"Counts only beside the header X-Token-Delivery: {cookies.DELIVERY}"
SCHEMES: Mapping[str, Any] = {
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A person's access token, as a log-in gives it",
    },
    "serviceToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A back-end's service token, as POST /api/v1/server/service_tokens gives it",
    },
    "accessCookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": cookies.ACCESS,
        "description": f"A browser's access token. {_COUNTS}",
    },
    "refreshCookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": cookies.REFRESH,
        "description": f"A browser's refresh token. {_COUNTS}",
    },
}


def of(operation: Operation) -> list[Any]:
    """Return what an endpoint takes; what it names is the permission that it asks for."""
    endpoint = operation.endpoint
    if endpoint.zone == "public":
        reads = endpoint.action.__code__.co_names
        # with it a log-in ends the session before; for a refresh it is all there is to show
        return [{}, {"refreshCookie": []}] if "refresh_cookie" in reads else [{}]
    needs = [endpoint.permission] if endpoint.permission else []
    ways = ["accessToken", "accessCookie"]
    if endpoint.zone == "server":
        ways.insert(1, "serviceToken")
    if endpoint.signs_out:
        ways.append("refreshCookie")
    return [{way: needs} for way in ways]
