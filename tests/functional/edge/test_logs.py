"""What is logged: one line a request, enough to follow it by, and nothing secret or personal.

That nothing secret is, ``test_canaries`` shows, and every test that uses the API checks it.
"""

import re
from typing import Any

from tests.support.api import Api
from tests.support.endpoint import Endpoint
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.register import ALL, ANY_USERS, LOG_IN, SIGN_UP, each
from tests.support.scene import Scene

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
    assert line["outcome"] == "ok"
    assert line["Latency"] >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\+00:00|Z)", line["timestamp"])


def test_line_says_who_called(api: Api, alice: Person, log: Log) -> None:
    api.call(*ANY_USERS.at(), token=alice.token)

    assert _last(log)["user_id"] == alice.id
    assert _last(log)["session_id"] == alice.session_id


def test_line_of_a_refusal_has_its_code_as_outcome_and_who_was_refused(
    api: Api, alice: Person, log: Log
) -> None:
    api.call(*SIGN_UP.at(), token=alice.token)

    line = _last(log)
    assert (line["status"], line["outcome"]) == (403, "permission_missing")
    assert line["user_id"] == alice.id


def test_refusals_leave_no_traceback(api: Api, alice: Person, log: Log) -> None:
    api.call(*ANY_USERS.at())
    api.call("GET", "/nowhere")
    api.call(*LOG_IN.at(), json={"email": alice.email, "passw": "not the password"})
    api.call(*LOG_IN.at(), json={})

    assert [(line["level"], line["status"]) for line in log.lines] == [
        ("INFO", 401),
        ("INFO", 404),
        ("INFO", 401),
        ("INFO", 422),
    ]


def test_each_line_is_one_json_object_whatever_the_route_was(api: Api, log: Log) -> None:
    for path in (f"/a{LINE_BREAKS}", "/%0d%0a%7b%22message%22%3a%22forged%22%7d", "/\x7f"):
        api.call("GET", path.encode().decode("latin-1"))

    assert [line["route"] for line in log.lines] == ["$default"] * 3
