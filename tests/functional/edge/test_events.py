"""Events that no gateway sends: whatever a function is invoked with, it answers."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.api_gateway.http_events import HttpRequest, event_from
from infra.local.invoke import Invoke
from tests.support.answers import Answer, assert_documented
from tests.support.deployment import Deployment
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.register import ALL, ANY_USERS, LOG_IN, each
from tests.support.scene import Scene

Event = dict[str, Any]
NOT_OURS = {"error": "Bad Request", "message": "Request is not an HTTP API event"}

OTHER_EVENTS: dict[str, Any] = {
    "nothing": None,
    "empty": {},
    "list": [],
    "text": "warm-up",
    "number": 1,
    "EventBridge": {
        "version": "0",
        "id": "1",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "detail": {},
    },
    "REST API": {
        "version": "1.0",
        "resource": ANY_USERS.path,
        "path": ANY_USERS.path,
        "httpMethod": "PUT",
        "headers": {},
        "requestContext": {"requestId": "1", "identity": {"sourceIp": "192.0.2.1"}},
    },
    "queue": {"Records": [{"messageId": "1", "body": "{}", "eventSource": "aws:sqs"}]},
}


def _event(stack: Deployment, request: dict[str, Any]) -> tuple[str, Event]:
    """Return the function that the request is for, and the event it gets."""
    function, route = next(
        (function, route)
        for function in stack.functions
        for route in function.routes
        if route.method == request["method"] and route.path == request["path"]
    )
    headers = [("User-Agent", "tests/1.0")]
    if "token" in request:
        headers.append(("Authorization", f"Bearer {request['token']}"))
    sent = HttpRequest(
        request["method"],
        request["path"],
        protocol="HTTP/1.1",
        headers=tuple(headers),
        body=b"",
        source_ip="192.0.2.1",
        port=443,
    )
    return function.logical_id, event_from(sent, route, {}, "request-1")


def _function_id(stack: Deployment, endpoint: Endpoint) -> str:
    (function_id,) = (
        function.logical_id
        for function in stack.functions
        if endpoint.key in {route.key for route in function.routes}
    )
    return function_id


def _places(node: Event, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in node.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from _places(value, (*path, name))


def _changed(event: Event, place: tuple[str, ...], change: Any) -> Event:  # noqa: ANN401 - JSON
    changed = copy.deepcopy(event)
    parent = changed
    for name in place[:-1]:
        parent = parent[name]
    if change is KeyError:
        del parent[place[-1]]
    else:
        parent[place[-1]] = change
    return changed


def _answer(result: object) -> Answer:
    answer = Answer.of(result)
    assert_documented(answer)
    return answer


@each(ALL)
def test_event_of_another_kind_is_refused(
    stack: Deployment, invoke: Invoke, endpoint: Endpoint
) -> None:
    function_id = _function_id(stack, endpoint)

    with stack.unchanged():
        for name, event in OTHER_EVENTS.items():
            answer = _answer(invoke(function_id, event))
            assert (answer.status, answer.code) == (400, "unknown_event"), name
            assert answer.json == NOT_OURS


@pytest.mark.parametrize(
    "change", [KeyError, None, "", 1, True, [], {}, ["x"], {"x": None}, {"x": 1}], ids=repr
)
@pytest.mark.parametrize("endpoint", [ANY_USERS, LOG_IN], ids=["private", "public"])
def test_no_broken_event_breaks_a_function(
    scene: Scene,
    stack: Deployment,
    invoke: Invoke,
    endpoint: Endpoint,
    change: Any,  # noqa: ANN401 - JSON
) -> None:
    request = endpoint.request(scene)
    function_id, event = _event(stack, request)
    if endpoint is LOG_IN:
        event["body"] = "{}"
        event["headers"]["content-type"] = "application/json"
    event["cookies"] = ["a=b"]
    event["pathParameters"] = {"a": "b"}
    event["queryStringParameters"] = {"a": "b"}

    statuses = {
        place: _answer(invoke(function_id, _changed(event, place, change))).status
        for place in _places(event)
    }

    assert set(statuses.values()) <= {200, 400, 401, 415, 422}, statuses


def test_good_event_is_answered(scene: Scene, stack: Deployment, invoke: Invoke) -> None:
    function_id, event = _event(stack, ANY_USERS.request(scene))

    answer = _answer(invoke(function_id, event))

    assert answer.status == 200
    assert answer.headers["x-request-id"] == "request-1"


@pytest.mark.parametrize("name", ["authorization", "Authorization", "AUTHORIZATION"])
def test_headers_may_be_spelled_in_any_case(
    stack: Deployment, invoke: Invoke, alice: Person, scene: Scene, name: str
) -> None:
    function_id, event = _event(stack, ANY_USERS.request(scene))
    event["headers"] = {name: event["headers"]["authorization"]}

    assert _answer(invoke(function_id, event)).status == 200


@pytest.mark.parametrize(
    ("body", "is_base64", "status"),
    [
        (None, False, 422),
        ("", False, 422),
        ("", True, 422),
        ("e30=", True, 422),
        ("eyJhIjoxfQ==", True, 422),
        ("not base64!", True, 400),
        ("e30", True, 400),
        ("é", True, 400),
        ("/w==", True, 400),
        (chr(0xD800), False, 400),
        ('{"email":"\ufffd"}', False, 400),
    ],
)
def test_body_may_be_missing_or_encoded(
    scene: Scene,
    stack: Deployment,
    invoke: Invoke,
    body: str | None,
    is_base64: bool,
    status: int,
) -> None:
    function_id, event = _event(stack, LOG_IN.request(scene))
    event["headers"]["content-type"] = "application/json"
    event["body"] = body
    event["isBase64Encoded"] = is_base64

    assert _answer(invoke(function_id, event)).status == status


def test_base64_does_not_smuggle_a_larger_body_in(
    scene: Scene, stack: Deployment, invoke: Invoke
) -> None:
    function_id, event = _event(stack, LOG_IN.request(scene))
    event["headers"]["content-type"] = "application/json"
    event["body"] = "QUFB" * 6000
    event["isBase64Encoded"] = True

    assert _answer(invoke(function_id, event)).status == 413


@pytest.mark.parametrize("address", ["", "localhost", "192.0.2.1.5", "192.0.2.1, 198.51.100.1"])
def test_source_that_is_no_address_is_no_request(
    scene: Scene, stack: Deployment, invoke: Invoke, address: str
) -> None:
    function_id, event = _event(stack, LOG_IN.request(scene))
    event["headers"]["content-type"] = "application/json"
    event["body"] = json.dumps(scene.alice.credentials)
    event["requestContext"]["http"]["sourceIp"] = address

    answer = _answer(invoke(function_id, event))

    assert (answer.status, answer.code) == (400, "unknown_event")


def test_repeated_event_is_answered_again(scene: Scene, stack: Deployment, invoke: Invoke) -> None:
    function_id, event = _event(stack, ANY_USERS.request(scene))

    assert _answer(invoke(function_id, event)) == _answer(invoke(function_id, event))
