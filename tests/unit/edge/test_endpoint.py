"""The decorator, where it is not the endpoints' business."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import Done
from tests.support.deployment import Deployment

CONTEXT: Any = SimpleNamespace(
    aws_request_id="invocation-1", get_remaining_time_in_millis=lambda: 10_000
)


def _event(**other: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return {
        "version": "2.0",
        "routeKey": "GET /x",
        "requestContext": {
            "requestId": "request-1",
            "http": {"method": "GET", "path": "/x", "sourceIp": "192.0.2.1"},
        },
        **other,
    }


def test_server_endpoint_must_name_its_permission() -> None:
    with pytest.raises(ValueError, match="asks for a permission"):
        endpoint(zone="server")


@pytest.mark.parametrize("zone", ["public", "private"])
def test_no_other_endpoint_may_name_one(zone: Any) -> None:  # noqa: ANN401 - a literal
    with pytest.raises(ValueError, match="asks for a permission"):
        endpoint(zone=zone, permission="users:read")


def test_public_endpoint_has_no_caller(stack: Deployment) -> None:
    seen: list[Request[Any]] = []

    @endpoint(zone="public")
    def handler(request: Request) -> None:
        seen.append(request)

    assert handler(_event(), CONTEXT)["statusCode"] == 200
    with pytest.raises(LookupError, match="no caller"):
        _ = seen[0].caller


def test_handler_gets_what_was_sent(stack: Deployment) -> None:
    seen: list[Request[Any]] = []

    @endpoint(zone="public", status=204)
    def handler(request: Request) -> None:
        seen.append(request)

    answer = handler(_event(pathParameters={"name": "x"}, headers={"User-Agent": "a"}), CONTEXT)

    (request,) = seen
    assert (request.method, request.path) == ("GET", "/x")
    assert (request.client.ip_address, request.client.user_agent) == ("192.0.2.1", "a")
    assert request.path_parameters == {"name": "x"}
    assert (answer["statusCode"], answer["body"]) == (204, "")


def test_status_and_headers_of_success_are_the_endpoints(stack: Deployment) -> None:
    @endpoint(zone="public", status=202, headers={"x-extra": "1", "cache-control": "public"})
    def handler(_request: Request) -> Done:
        return Done(message="fine")

    answer = handler(_event(), CONTEXT)

    assert answer["statusCode"] == 202
    assert answer["headers"]["x-extra"] == "1"
    assert answer["headers"]["cache-control"] == "public"


def test_failure_does_not_get_the_headers_of_success(stack: Deployment) -> None:
    @endpoint(zone="public", headers={"cache-control": "public", "x-extra": "1"})
    def handler(_request: Request) -> Done:
        raise ZeroDivisionError

    answer = handler(_event(), CONTEXT)

    assert answer["statusCode"] == 500
    assert answer["headers"]["cache-control"] == "no-store"
    assert "x-extra" not in answer["headers"]


def test_what_is_no_request_is_traced_by_its_invocation(stack: Deployment) -> None:
    @endpoint(zone="public")
    def handler(_request: Request) -> None:
        """Never called."""

    assert handler({}, CONTEXT)["headers"]["x-request-id"] == "invocation-1"


@pytest.mark.parametrize("make", [dict, list, lambda: None], ids=["object", "list", "nothing"])
def test_handler_stays_usable_after_an_event_that_is_none(
    stack: Deployment, make: Callable[[], object]
) -> None:
    @endpoint(zone="public")
    def handler(_request: Request) -> Done:
        return Done(message="fine")

    assert handler(make(), CONTEXT)["statusCode"] == 400
    assert handler(_event(), CONTEXT)["statusCode"] == 200
