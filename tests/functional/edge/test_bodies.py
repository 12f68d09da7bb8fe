"""Bodies that are no good request: framing, and values of every field of every endpoint."""

import gzip
import json
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.deployment import Deployment
from tests.support.endpoint import Endpoint
from tests.support.register import (
    ISSUE_SERVICE_TOKEN,
    LOG_IN,
    PASSKEY_STEP_OPTIONS,
    RESET_PASSWORD,
    SIGN_UP,
    UPDATE_OWN_ACCOUNT,
    UPDATE_USER,
    WITH_BODY,
    WITHOUT_BODY,
    each,
)
from tests.support.scene import Scene

JSON = {"Content-Type": "application/json"}
# whose fields are all optional, but one of them there
TAKES_ANY_FIELD = (UPDATE_USER, UPDATE_OWN_ACCOUNT)
# which goes without any
TAKES_NO_FIELD = (PASSKEY_STEP_OPTIONS,)
MALFORMED = {"error": "Bad Request", "message": "Request body is not valid JSON"}

NOT_A_JSON_OBJECT = {
    "null": b"null",
    "array": b"[]",
    "string": b'"x"',
    "number": b"1",
    "true": b"true",
    "spaces only": b"  ",
    "truncated": b'{"email":',
    "truncated in a string": b'{"email":"a',
    "text behind it": b'{"email":"a"} x',
    "second object behind it": b"{}{}",
    "trailing comma": b'{"email":"a",}',
    "comment": b'{"email":"a"} // c',
    "single quotes": b"{'email':'a'}",
    "no quotes": b"{email:1}",
    "raw line break": b'{"email":"a\nb"}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"email":"a"}'.encode("utf-16"),
    "UTF-32": '{"email":"a"}'.encode("utf-32"),
    "NaN": b'{"email":NaN}',
    "Infinity": b'{"email":Infinity}',
    "-Infinity": b'{"email":-Infinity}',
    "5000 digits": b'{"email":' + b"9" * 5000 + b"}",
    "1000 arrays deep": b'{"email":' + b"[" * 1000 + b"]" * 1000 + b"}",
    "2000 objects deep": b'{"a":' * 2000 + b"1" + b"}" * 2000,
    "16000 arrays, never closed": b"[" * 16_000,
    "lone surrogate in a name": b'{"\\ud800":"a"}',
    "multipart": b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\na\r\n--x--\r\n',
}


NOT_UTF8 = {
    "Latin-1": '{"email":"é"}'.encode("latin-1"),
    "overlong": b'{"email":"\xc0\xaf"}',
    "truncated": b'{"email":"\xe2\x82"}',
    "CESU surrogate": b'{"email":"\xed\xa0\x80"}',
}


@each(WITH_BODY)
def test_what_is_no_json_object_in_utf8_is_malformed_and_does_no_harm(
    scene: Scene, stack: Deployment, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)
    body = request.pop("json")

    with stack.unchanged():
        for name, malformed in {**NOT_A_JSON_OBJECT, **NOT_UTF8}.items():
            answer = scene.api.call(**request, body=malformed, headers=JSON)
            assert (answer.status, answer.code) == (400, "malformed_request"), name
            assert answer.json == MALFORMED

    assert scene.api.call(**request, json=body).status == endpoint.status


def _with_lone_surrogate(endpoint: Endpoint, scene: Scene) -> dict[str, bytes]:
    assert endpoint.body is not None
    good = endpoint.body(scene)
    broken = {**good, "unknown": ""}
    return {name: json.dumps({**good, name: "abc\ud800.a.b"}).encode() for name in broken}


@each(WITH_BODY)
def test_lone_surrogate_in_any_field_is_malformed(
    api: Api, scene: Scene, stack: Deployment, endpoint: Endpoint
) -> None:
    bodies = _with_lone_surrogate(endpoint, scene)
    assert all(b"\\ud800" in body for body in bodies.values())

    for body in bodies.values():
        request = endpoint.request(scene, body=body, headers=JSON)
        with stack.unchanged():
            answer = api.call(**request)
        assert answer.status == 400
        assert answer.json == MALFORMED


@each(WITH_BODY)
@pytest.mark.parametrize("size", [16 * 1024 + 1, 17 * 1024, 1024 * 1024])
def test_body_over_16_kib_is_too_large(
    api: Api, scene: Scene, stack: Deployment, endpoint: Endpoint, size: int
) -> None:
    request = endpoint.request(scene, body=b'{"x":"'.ljust(size - 2, b"x") + b'"}', headers=JSON)

    with stack.unchanged():
        answer = api.call(**request)

    assert (answer.status, answer.code) == (413, "payload_too_large")
    assert answer.json == {
        "error": "Payload Too Large",
        "message": "Request body is larger than 16 KiB",
    }


@each(WITH_BODY)
def test_size_counts_before_the_content_type_and_nesting(
    api: Api, scene: Scene, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene, body=b"[" * 100_000)

    assert api.call(**request).status == 413


@each(WITH_BODY)
def test_body_of_16_kib_to_the_byte_is_read(api: Api, scene: Scene, endpoint: Endpoint) -> None:
    request = endpoint.request(scene)
    padded = json.dumps(request.pop("json")).encode().ljust(16 * 1024)

    answer = api.call(**request, body=padded, headers=JSON)

    assert answer.status == endpoint.status


NOT_JSON_TYPES = [
    None,
    "",
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "application/xml",
    "application/octet-stream",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "application/json; charset=latin-1",
    "application/json, application/json",
    "application/jsonp",
    "json",
]


@each(WITH_BODY)
def test_body_of_another_media_type_is_refused(
    scene: Scene, stack: Deployment, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)
    body = json.dumps(request.pop("json")).encode()

    with stack.unchanged():
        for content_type in NOT_JSON_TYPES:
            headers = {} if content_type is None else {"Content-Type": content_type}
            answer = scene.api.call(**request, body=body, headers=headers)
            assert (answer.status, answer.code) == (415, "unsupported_media_type"), content_type
            assert answer.json == {
                "error": "Unsupported Media Type",
                "message": "Content-Type must be application/json",
            }


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        "application/json; charset=UTF-8",
        'application/json; charset="utf-8"',
        " application/json ",
    ],
)
def test_json_may_be_called_so_in_every_spelling(scene: Scene, content_type: str) -> None:
    body = json.dumps(scene.alice.credentials).encode()

    assert LOG_IN.call(scene, body=body, headers={"Content-Type": content_type}).status == 200


@each(WITH_BODY)
def test_compressed_body_is_refused_unread(
    scene: Scene, stack: Deployment, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)
    body = gzip.compress(json.dumps(request.pop("json")).encode())

    with stack.unchanged():
        for encoding in ("gzip", "br", "deflate", "gzip, identity"):
            headers = {**JSON, "Content-Encoding": encoding}
            assert scene.api.call(**request, body=body, headers=headers).status == 415


@each(WITHOUT_BODY)
@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"{", JSON),
        (b"\xff\x00", {"Content-Type": "application/octet-stream"}),
        (b'{"user_id": 1, "role": "administrator"}', JSON),
        (b"x" * 20_000, {"Content-Type": "text/plain"}),
    ],
)
def test_body_is_ignored_where_none_is_asked_for(
    scene: Scene, endpoint: Endpoint, body: bytes, headers: dict[str, str]
) -> None:
    assert endpoint.call(scene, body=body, headers=headers).status == endpoint.status


# fields, one by one

WRONG_TYPES: dict[str, Any] = {
    "int": 12345678,
    "float": 1.5,
    "huge": 1e308,
    "true": True,
    "list": ["long enough"],
    "dict": {"a": "long enough"},
    "operator": {"$ne": None},
    "DynamoDB's string": {"S": "long enough"},
}


@each(WITH_BODY)
def test_every_field_must_be_a_string(scene: Scene, stack: Deployment, endpoint: Endpoint) -> None:
    request = endpoint.request(scene)

    with stack.unchanged():
        for field in _texts(request["json"]):
            for value in WRONG_TYPES.values():
                body = {**request["json"], field: value}
                answer = scene.api.call(**{**request, "json": body})
                _assert_wrong(answer.json, field, "Must be a string")


@each(WITH_BODY)
def test_every_field_must_be_there(
    api: Api, scene: Scene, stack: Deployment, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)
    for field in request["json"].keys() - endpoint.optional:
        others = {name: value for name, value in request["json"].items() if name != field}
        with stack.unchanged():
            answer = api.call(**{**request, "json": others})
        assert answer.status == 422
        assert answer.json == {
            "error": "Validation Error",
            "message": "Required parameters missing",
            "details": [{"field": field, "message": "This field is required"}],
        }


@each(tuple(endpoint for endpoint in WITH_BODY if endpoint not in TAKES_ANY_FIELD + TAKES_NO_FIELD))
@pytest.mark.parametrize("body", [b"", b"{}"])
def test_empty_body_lacks_every_field(
    api: Api, scene: Scene, stack: Deployment, endpoint: Endpoint, body: bytes
) -> None:
    request = endpoint.request(scene)
    fields = request.pop("json").keys() - endpoint.optional

    with stack.unchanged():
        answer = api.call(**request, body=body, headers=JSON)

    assert answer.status == 422
    assert {detail["field"] for detail in answer.json["details"]} == fields


@each(TAKES_NO_FIELD)
@pytest.mark.parametrize("said", [{}, {"body": b"{}", "headers": JSON}], ids=["none", "{}"])
def test_body_of_no_field_may_as_well_be_left_out(
    api: Api, endpoint: Endpoint, said: dict[str, Any]
) -> None:
    assert api.call(*endpoint.at(), **said).status == endpoint.status


UNKNOWN = (
    "id",
    "user_id",
    "is_admin",
    "kind",
    "password_hash",
    "version",
    "created_at",
    "credentials_epoch",
    "session_ids",
    "Email",
    "passwd",
    "__proto__",
)


@each(WITH_BODY)
def test_unknown_field_is_refused(scene: Scene, stack: Deployment, endpoint: Endpoint) -> None:
    request = endpoint.request(scene)

    with stack.unchanged():
        for field in UNKNOWN:
            answer = scene.api.call(**{**request, "json": {**request["json"], field: "x"}})
            _assert_wrong(answer.json, field, "Unknown field")


@each(
    tuple(
        endpoint
        for endpoint in WITH_BODY
        if endpoint not in (SIGN_UP, UPDATE_USER, ISSUE_SERVICE_TOKEN)
    )
)
def test_role_is_unknown_but_where_it_is_assigned(
    api: Api, scene: Scene, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)

    answer = api.call(**{**request, "json": {**request["json"], "role": "administrator"}})

    _assert_wrong(answer.json, "role", "Unknown field")


@each(WITH_BODY)
def test_name_of_an_unknown_field_is_repeated_only_if_plain(
    scene: Scene, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)

    for name in ("", " ", "a b", "\x1b[31m", "a\nb", "<script>alert(1)</script>", "é", "x" * 65):
        answer = scene.api.call(**{**request, "json": {**request["json"], name: "x"}})
        _assert_wrong(answer.json, "?", "Unknown field")


def test_every_fault_is_named_at_once(scene: Scene, web_backend: str) -> None:
    body = {"passw": "short", "email": "nobody", "extra": 1}

    answer = SIGN_UP.call(scene, token=web_backend, json=body)

    assert answer.json == {
        "error": "Validation Error",
        "message": "Required parameters missing",
        "details": [
            {"field": "passw", "message": "Must be at least 8 characters"},
            {"field": "email", "message": "Must be an e-mail address"},
            {"field": "name", "message": "This field is required"},
            {"field": "extra", "message": "Unknown field"},
        ],
    }


def test_of_a_field_given_twice_the_last_counts(scene: Scene, web_backend: str) -> None:
    body = (
        b'{"name":"Twin","email":"first@example.com","passw":"example_string",'
        b'"email":"last@example.com"}'
    )
    assert SIGN_UP.call(scene, token=web_backend, body=body, headers=JSON).status == 201

    answers = [
        SIGN_UP.call(
            scene,
            token=web_backend,
            json={"name": "Twin", "email": email, "passw": "example_string"},
        ).status
        for email in ("last@example.com", "first@example.com")
    ]

    assert answers == [409, 201]


@pytest.mark.parametrize("endpoint", [SIGN_UP, RESET_PASSWORD], ids=["sign-up", "reset"])
def test_a_number_beyond_floats_is_only_a_wrong_type(scene: Scene, endpoint: Endpoint) -> None:
    body = b'{"passw": 1e999}'

    answer = endpoint.call(scene, body=body, headers=JSON)

    assert answer.status == 422


def _texts(body: dict[str, Any]) -> list[str]:
    return [name for name, value in body.items() if isinstance(value, str)]


def _assert_wrong(answer: dict[str, Any], field: str, message: str) -> None:
    assert answer == {
        "error": "Validation Error",
        "message": "Invalid parameters",
        "details": [{"field": field, "message": message}],
    }
