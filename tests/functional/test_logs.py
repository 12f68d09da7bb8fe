"""What is logged: one line a request, enough to follow it by, and nothing secret or personal.

Beside these, every test that uses the API checks that no secret it saw has come into the log.
"""

import json
import re
from typing import Any

import pytest

from tests.api import Api
from tests.aws_calls import AwsCalls
from tests.endpoints import ALL, ANY_USERS, LOG_IN, Endpoint, Scene, each
from tests.logged import Log
from tests.people import Person

CANARY = "canary0xDEADBEEF"
LINE_BREAKS = "\r\n\x0b\x0c\x1b[31m\u0085\u2028\u2029"


def _last(log: Log) -> dict[str, Any]:
    return log.named("request")[-1]


@each(ALL)
def test_one_line_says_how_the_request_went(scene: Scene, log: Log, endpoint: Endpoint) -> None:
    request = endpoint.request(scene)
    before = len(log.lines)

    answer = scene.api.call(**request)

    (line,) = log.lines[before:]
    assert line["message"] == "request"
    assert line["level"] == "INFO"
    assert line["route"] == endpoint.key
    assert line["status"] == endpoint.status
    assert line["request_id"] == answer.headers["x-request-id"]
    assert "code" not in line
    assert line["duration_ms"] >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\+00:00|Z)", line["timestamp"])


def test_line_says_who_called(api: Api, alice: Person, log: Log) -> None:
    api.call("PUT", ANY_USERS.path, token=alice.token)

    assert _last(log)["user_id"] == alice.id
    assert _last(log)["session_id"] == alice.session_id


def test_line_of_a_refusal_has_its_code_and_who_was_refused(
    api: Api, alice: Person, log: Log
) -> None:
    api.call("POST", "/api/v1/server/users/sign_up", token=alice.token)

    line = _last(log)
    assert (line["status"], line["code"]) == (403, "permission_missing")
    assert line["user_id"] == alice.id


def test_refusals_leave_no_traceback(api: Api, alice: Person, log: Log) -> None:
    api.call("PUT", ANY_USERS.path)
    api.call("GET", "/nowhere")
    api.call("POST", LOG_IN.path, json={"email": alice.email, "passw": "not the password"})
    api.call("POST", LOG_IN.path, json={})

    assert [(line["level"], line["status"]) for line in log.lines] == [
        ("INFO", 401),
        ("INFO", 404),
        ("INFO", 401),
        ("INFO", 422),
    ]


def _bodies(body: dict[str, Any]) -> list[Any]:
    """Return the body with the canary in the place of each field, as name, type and value."""
    return [
        *({**body, name: CANARY} for name in body),
        *({**body, name: [CANARY]} for name in body),
        *({**body, name: CANARY + LINE_BREAKS} for name in body),
        *({**body, name: CANARY * 100} for name in body),
        {**body, CANARY: 1},
        {**body, CANARY + LINE_BREAKS: CANARY},
        [CANARY],
        CANARY,
    ]


@each(ALL)
def test_nothing_that_was_sent_is_logged(scene: Scene, log: Log, endpoint: Endpoint) -> None:
    request = endpoint.request(scene)
    headers = {
        "User-Agent": f"{CANARY}{LINE_BREAKS}".encode().decode("latin-1"),
        "Cookie": f"a={CANARY}; __Host-access_token={CANARY}",
        "X-Forwarded-For": CANARY,
        "X-Canary": CANARY,
        "X-Request-Id": CANARY,
        "Referer": f"https://example.com/{CANARY}",
    }
    bodies = _bodies(request.get("json", {}))

    for body in bodies:
        scene.api.call(**{**request, "json": body, "headers": headers})
    path = f"{request['path']}?passw={CANARY}&{CANARY}=1"
    scene.api.call(**{**request, "path": path, "headers": headers})
    for token in (CANARY, f"{CANARY}.{CANARY}.{CANARY}"):
        scene.api.call(**{**request, "token": token, "headers": headers})
    for raw in (f'{{"{CANARY}'.encode(), CANARY.encode() * 2000):
        scene.api.call(
            request["method"],
            request["path"],
            token=request.get("token"),
            body=raw,
            headers={**headers, "Content-Type": "application/json"},
        )

    assert CANARY not in log.text
    assert len(log.lines) >= len(bodies)


@pytest.mark.parametrize("fault", [ZeroDivisionError, TimeoutError])
@each(tuple(endpoint for endpoint in ALL if endpoint.body is not None))
def test_nothing_that_was_sent_is_logged_in_a_crash(
    scene: Scene, log: Log, aws_calls: AwsCalls, endpoint: Endpoint, fault: type[Exception]
) -> None:
    request = endpoint.request(scene)
    aws_calls.forget()
    scene.api.call(**request)
    calls = len(aws_calls.made)

    for number in range(1, calls + 1):
        aws_calls.forget()
        aws_calls.fail(number, fault(json.dumps(request["json"])))
        scene.api.call(**{**request, "headers": {"User-Agent": CANARY}})

    assert log.named("crash")
    for value in request["json"].values():
        assert str(value) not in log.text
    assert CANARY not in log.text


def test_each_line_is_one_json_object_whatever_the_route_was(api: Api, log: Log) -> None:
    for path in (f"/a{LINE_BREAKS}", "/%0d%0a%7b%22message%22%3a%22forged%22%7d", "/\x7f"):
        api.call("GET", path.encode().decode("latin-1"))

    assert [line["route"] for line in log.lines] == ["$default"] * 3
