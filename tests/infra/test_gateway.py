"""The local gateway shows functions and clients what API Gateway would, over real sockets."""

import base64
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from infra.local.api_gateway.gateway import Gateway
from infra.local.invoke import FunctionError
from infra.local.server import listen, serving
from infra.local.template.declarations import DEFAULT_ROUTE, Cors, Function, Route

ROUTES = {
    "Echo": (Route("POST", "/echo"), Route("GET", "/echo")),
    "Show": (Route("GET", "/pets/{pet_id}"),),
    "Mine": (Route("GET", "/pets/mine"),),
    "Files": (Route("GET", "/files/{proxy+}"),),
    "Any": (Route("ANY", "/any"),),
    "Raise": (Route("GET", "/raise"),),
    "Hang": (Route("GET", "/hang"),),
    "Meet": (Route("GET", "/meet"),),
    "Say": (Route("POST", "/say"),),
}
ANYBODY = Cors(
    allow_origins=("https://app.example",),
    allow_methods=("GET", "PUT"),
    allow_headers=("authorization",),
    expose_headers=("x-error-code",),
    max_age_seconds=600,
)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer as the client saw it."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON is
        return json.loads(self.body)


class Api:
    """A served gateway, spoken to byte by byte."""

    def __init__(self, url: str) -> None:
        self._address = ("127.0.0.1", int(url.rpartition(":")[2]))

    def send(self, request: bytes) -> Answer:
        with socket.create_connection(self._address, timeout=5) as connection:
            connection.sendall(request)
            response = HTTPResponse(connection, method=request.partition(b" ")[0].decode())
            response.begin()
            return Answer(response.status, response.reason, response.getheaders(), response.read())

    def request(self, line: str, *headers: str, body: bytes = b"") -> Answer:
        lines = [f"{line} HTTP/1.1", "Host: api.example", *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        return self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def event(self, line: str, *headers: str, body: bytes = b"") -> dict[str, Any]:
        answer = self.request(line, *headers, body=body)
        assert answer.status == 200
        event: dict[str, Any] = answer.json
        return event


def _echo(event: dict[str, Any]) -> object:
    return {"statusCode": 200, "body": json.dumps(event)}


def _raise(_event: dict[str, Any]) -> object:
    raise FunctionError("KeyError: 'secret'")


def _hang(_event: dict[str, Any]) -> object:
    time.sleep(1)
    return {"statusCode": 200}


_meeting = threading.Barrier(8, timeout=5)


def _meet(_event: dict[str, Any]) -> object:
    _meeting.wait()
    return {"statusCode": 204}


def _say(event: dict[str, Any]) -> object:
    return json.loads(event["body"])


BEHAVIOUR: dict[str, Callable[[dict[str, Any]], object]] = {
    "Raise": _raise,
    "Hang": _hang,
    "Meet": _meet,
    "Say": _say,
}


def _invoke(logical_id: str, event: dict[str, Any]) -> object:
    return BEHAVIOUR.get(logical_id, _echo)(event)


def _function(logical_id: str, *routes: Route) -> Function:
    return Function(logical_id, "x.handler", Path("x"), {}, 15, 128, routes)


def _served(cors: Cors | None = None, *routes: Route) -> Iterator[Api]:
    functions = [_function(logical_id, *routes) for logical_id, routes in ROUTES.items()]
    functions += [_function("Rest", *routes)] if routes else []
    gateway = Gateway(functions, _invoke, cors, timeout_seconds=0.2)
    with listen(0) as listener, serving(gateway, listener) as url:
        yield Api(url)


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    yield from _served()


@pytest.fixture(scope="module")
def api_with_default_route() -> Iterator[Api]:
    yield from _served(ANYBODY, DEFAULT_ROUTE)


@pytest.fixture(scope="module")
def api_with_cors() -> Iterator[Api]:
    yield from _served(ANYBODY)


def test_event_is_payload_format_2_0(api: Api) -> None:
    event = api.event("GET /echo?a=1", "User-Agent: test/1")

    context = event["requestContext"]
    assert event["version"] == "2.0"
    assert event["routeKey"] == context["routeKey"] == "GET /echo"
    assert event["rawPath"] == "/echo"
    assert event["rawQueryString"] == "a=1"
    assert event["isBase64Encoded"] is False
    assert set(event) == {
        *("version", "routeKey", "rawPath", "rawQueryString", "headers", "requestContext"),
        *("isBase64Encoded", "queryStringParameters"),
    }
    assert context["http"] == {
        "method": "GET",
        "path": "/echo",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "test/1",
    }
    assert (context["accountId"], context["stage"]) == ("123456789012", "$default")
    assert context["domainPrefix"] == context["domainName"].partition(".")[0] == context["apiId"]
    assert re.fullmatch(r"\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000", context["time"])
    assert abs(context["timeEpoch"] - time.time() * 1000) < 5000


def test_each_request_has_its_own_id(api: Api) -> None:
    first, second = api.request("GET /echo"), api.request("GET /echo")

    first_id = first.json["requestContext"]["requestId"]
    assert first.header("apigw-requestid") == first_id
    assert first_id != second.json["requestContext"]["requestId"]


def test_header_names_are_lower_cased_and_repeats_joined_by_commas(api: Api) -> None:
    event = api.event(
        "GET /echo", "Authorization: Bearer a", "AUTHORIZATION: Bearer b", "X-One_Two: 3"
    )

    assert event["headers"]["authorization"] == "Bearer a,Bearer b"
    assert event["headers"]["x-one_two"] == "3"
    assert event["headers"]["host"] == "api.example"
    assert event["headers"]["content-length"] == "0"


def test_header_keeps_bytes_that_are_not_ascii(api: Api) -> None:
    event = api.event("GET /echo", "Authorization: Bearer t\u00e9")

    assert event["headers"]["authorization"] == "Bearer t\u00e9"


def test_headers_of_the_connection_stay_behind(api: Api) -> None:
    event = api.event("GET /echo", "Connection: close, x-a", "TE: trailers", "Upgrade: h2c")

    assert not {"connection", "te", "upgrade"} & set(event["headers"])


def test_cookies_are_a_list_and_no_header(api: Api) -> None:
    event = api.event("GET /echo", "Cookie: a=1; b=x,y", "Cookie: a=2;c")

    assert event["cookies"] == ["a=1", "b=x,y", "a=2", "c"]
    assert "cookie" not in event["headers"]


def test_peer_is_appended_to_what_the_client_claims(api: Api) -> None:
    event = api.event("GET /echo", "X-Forwarded-For: 10.0.0.1, 10.0.0.2")

    assert event["headers"]["x-forwarded-for"] == "10.0.0.1, 10.0.0.2, 127.0.0.1"
    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"


def test_query_is_given_raw_and_decoded(api: Api) -> None:
    event = api.event("GET /echo?a=1&b=%20x%2B+y&a=2&c&d=")

    assert event["rawQueryString"] == "a=1&b=%20x%2B+y&a=2&c&d="
    assert event["queryStringParameters"] == {"a": "1,2", "b": " x+ y", "c": "", "d": ""}


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON; charset=UTF-8", "text/csv", "application/xml"],
)
def test_text_body_is_text(api: Api, content_type: str) -> None:
    event = api.event("POST /echo", f"Content-Type: {content_type}", body='{"a":"й"}'.encode())

    assert event["isBase64Encoded"] is False
    assert event["body"] == '{"a":"й"}'
    assert event["headers"]["content-length"] == "10"


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: application/octet-stream",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: application/problem+json",
        "Content-Type: application/json; charset=utf-16",
        "X-No-Content-Type: at all",
    ],
)
def test_other_body_is_base64(api: Api, header: str) -> None:
    event = api.event("POST /echo", header, body=b"\xff{}")

    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b"\xff{}"


def test_text_that_is_not_utf_8_is_mended(api: Api) -> None:
    event = api.event("POST /echo", "Content-Type: application/json", body=b'"\xff"')

    assert event["body"] == '"\ufffd"'


def test_empty_body_is_no_body(api: Api) -> None:
    event = api.event("POST /echo", "Content-Type: application/json", "Content-Length: 0")

    assert "body" not in event


def test_chunked_body_arrives_whole(api: Api) -> None:
    answer = api.send(
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )

    assert answer.json["body"] == "abcde"
    assert answer.json["headers"]["content-length"] == "5"
    assert "transfer-encoding" not in answer.json["headers"]


@pytest.mark.parametrize(
    ("path", "route", "parameters"),
    [
        ("/pets/7", "GET /pets/{pet_id}", {"pet_id": "7"}),
        ("/pets/a%20b%C3%A9", "GET /pets/{pet_id}", {"pet_id": "a b\u00e9"}),
        ("/pets/mine", "GET /pets/mine", None),
        ("/files/a/b%2Fc", "GET /files/{proxy+}", {"proxy": "a/b/c"}),
        ("/%65cho", "GET /echo", None),
        ("http://api.example/echo", "GET /echo", None),
    ],
)
def test_most_specific_route_takes_the_decoded_path(
    api: Api, path: str, route: str, parameters: dict[str, str] | None
) -> None:
    event = api.event(f"GET {path}")

    assert event["routeKey"] == route
    assert event.get("pathParameters") == parameters


def test_raw_path_is_decoded_too(api: Api) -> None:
    event = api.event("GET /pets/a%20b")

    assert event["rawPath"] == event["requestContext"]["http"]["path"] == "/pets/a b"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_any_takes_every_method(api: Api, method: str) -> None:
    assert api.event(f"{method} /any")["routeKey"] == "ANY /any"


@pytest.mark.parametrize(
    "line",
    [
        "GET /nowhere",
        "PUT /echo",
        "HEAD /echo",
        "GET /echo/",
        "GET //echo",
        "GET /ECHO",
        "GET /echo;a=1",
        "GET /echo%00",
        "GET /pets/a%2Fb",
        "GET /pets/",
        "GET /x/../echo",
        "OPTIONS /echo",
    ],
)
def test_what_no_route_takes_is_not_found(api: Api, line: str) -> None:
    answer = api.request(line)

    assert (answer.status, answer.reason) == (404, "Not Found")
    if not line.startswith("HEAD"):
        assert answer.json == {"message": "Not Found"}


def test_default_route_takes_the_rest(api_with_default_route: Api) -> None:
    event = api_with_default_route.event("PATCH /nowhere/at/all")

    assert event["routeKey"] == "$default"
    assert event["rawPath"] == "/nowhere/at/all"
    assert "pathParameters" not in event


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "get", "BREW"])
def test_unknown_method_is_refused_even_with_a_default_route(
    api_with_default_route: Api, method: str
) -> None:
    answer = api_with_default_route.request(f"{method} /echo")

    assert (answer.status, answer.json) == (405, {"message": "Method Not Allowed"})


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET echo HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
)
def test_what_is_no_request_is_a_bad_request(api: Api, request_bytes: bytes) -> None:
    answer = api.send(request_bytes)

    assert (answer.status, answer.json) == (400, {"message": "Bad Request"})


@pytest.mark.parametrize(
    "headers",
    [
        (f"Authorization: {'a' * 10_200}",),
        tuple(f"X-{number}: {'a' * 1000}" for number in range(11)),
        (f"Authorization: {'a' * 100_000}",),
        tuple(f"X-{number}: 1" for number in range(200)),
    ],
)
def test_headers_over_10240_bytes_are_refused(api: Api, headers: tuple[str, ...]) -> None:
    answer = api.request("GET /echo", *headers)

    assert answer.status == 431
    assert answer.json == {"message": "Request Header Fields Too Large"}


def test_nine_kilobyte_header_passes(api: Api) -> None:
    event = api.event("GET /echo", f"Authorization: {'a' * 9216}")

    assert len(event["headers"]["authorization"]) == 9216


@pytest.mark.parametrize("size", [10 * 1024 * 1024 + 1, 6 * 1024 * 1024 + 1])
def test_body_over_the_limits_is_refused(api: Api, size: int) -> None:
    answer = api.request("POST /echo", "Content-Type: text/plain", body=b"a" * size)

    assert (answer.status, answer.json) == (413, {"message": "Request Entity Too Large"})


def test_requests_run_side_by_side(api: Api) -> None:
    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.append(api.request("GET /meet")))
        for _ in range(_meeting.parties)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.status for answer in answers] == [204] * _meeting.parties


def _say_it(api: Api, result: object) -> Answer:
    return api.request("POST /say", "Content-Type: text/plain", body=json.dumps(result).encode())


def test_result_becomes_the_answer(api: Api) -> None:
    answer = _say_it(
        api,
        {
            "statusCode": 201,
            "headers": {"Content-Type": "application/json", "X-Count": 3, "Connection": "close"},
            "cookies": ["a=1; HttpOnly", "b=2"],
            "body": '{"a": 1}',
        },
    )

    assert answer.status == 201
    assert answer.json == {"a": 1}
    assert answer.header("content-type") == "application/json"
    assert answer.header("x-count") == "3"
    cookies = [value for name, value in answer.headers if name.lower() == "set-cookie"]
    assert cookies == ["a=1; HttpOnly", "b=2"]


def test_base64_result_is_decoded(api: Api) -> None:
    encoded = base64.b64encode(b"\x00\xff").decode()

    answer = _say_it(api, {"statusCode": 200, "isBase64Encoded": True, "body": encoded})

    assert answer.body == b"\x00\xff"


def test_result_without_body_has_none(api: Api) -> None:
    answer = _say_it(api, {"statusCode": 204})

    assert (answer.status, answer.body) == (204, b"")


def test_text_without_a_type_is_plain_text(api: Api) -> None:
    answer = _say_it(api, {"statusCode": 200, "body": "hello"})

    assert answer.header("content-type") == "text/plain; charset=utf-8"


@pytest.mark.parametrize("result", [{"name": "x"}, [1, 2], None, 5])
def test_result_without_a_status_is_the_body_of_a_200(api: Api, result: object) -> None:
    answer = _say_it(api, result)

    assert (answer.status, answer.json) == (200, result)
    assert answer.header("content-type") == "application/json"


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "ok"},
        {"statusCode": None},
        {"statusCode": 99},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"a": ["b"]}},
        {"statusCode": 200, "headers": {"a": "b\r\nc: d"}},
        {"statusCode": 200, "cookies": "a=1"},
        {"statusCode": 200, "isBase64Encoded": True, "body": "not base64!"},
        {"statusCode": 200, "body": "\ud800"},
    ],
)
def test_malformed_result_is_a_500_and_logged(
    api: Api, result: object, caplog: pytest.LogCaptureFixture
) -> None:
    answer = _say_it(api, result)

    assert (answer.status, answer.json) == (500, {"message": "Internal Server Error"})
    assert "Say failed" in caplog.text


def test_failing_function_is_a_500_that_tells_nothing(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    answer = api.request("GET /raise")

    assert (answer.status, answer.json) == (500, {"message": "Internal Server Error"})
    assert "KeyError: 'secret'" in caplog.text


def test_hanging_function_is_a_503(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    answer = api.request("GET /hang")

    assert (answer.status, answer.json) == (503, {"message": "Service Unavailable"})
    assert "Hang did not answer" in caplog.text


PREFLIGHT = ("Origin: https://app.example", "Access-Control-Request-Method: PUT")


def test_gateway_answers_a_preflight_by_itself(api_with_cors: Api) -> None:
    answer = api_with_cors.request("OPTIONS /echo", *PREFLIGHT)

    assert (answer.status, answer.body) == (204, b"")
    assert answer.header("access-control-allow-origin") == "https://app.example"
    assert answer.header("access-control-allow-methods") == "GET,PUT"
    assert answer.header("access-control-allow-headers") == "authorization"
    assert answer.header("access-control-max-age") == "600"


def test_default_route_takes_the_preflight_and_the_gateway_adds_to_its_answer(
    api_with_default_route: Api,
) -> None:
    answer = api_with_default_route.request("OPTIONS /echo", *PREFLIGHT)

    assert (answer.status, answer.json["routeKey"]) == (200, "$default")
    assert answer.header("access-control-allow-methods") == "GET,PUT"


def test_stranger_gets_no_cors_headers(api_with_cors: Api) -> None:
    answer = api_with_cors.request(
        "OPTIONS /echo", "Origin: https://evil.example", "Access-Control-Request-Method: PUT"
    )

    assert answer.status == 204
    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]


def test_answer_to_a_known_origin_may_be_read(api_with_cors: Api) -> None:
    answer = api_with_cors.request("GET /echo", "Origin: https://app.example")

    assert answer.header("access-control-allow-origin") == "https://app.example"
    assert answer.header("access-control-expose-headers") == "x-error-code"
    assert answer.header("access-control-allow-methods") is None


def test_cors_headers_of_a_function_are_ignored(api_with_cors: Api) -> None:
    answer = _say_it(
        api_with_cors, {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}}
    )

    assert answer.header("access-control-allow-origin") is None
