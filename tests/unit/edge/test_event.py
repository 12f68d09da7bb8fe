"""What counts as an event of API Gateway's."""

from typing import Any

import pytest

from accounts.edge.event import read
from accounts.errors import UnknownEventError


def _event(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    http = {"method": "GET", "path": "/x", "sourceIp": "192.0.2.1"}
    return {
        "version": "2.0",
        "routeKey": "GET /x",
        "requestContext": {"requestId": "request-1", "http": http},
        **changes,
    }


def test_what_an_event_leaves_out_is_empty() -> None:
    event = read(_event())

    assert (event.headers, event.path_parameters, event.query) == ({}, {}, {})
    assert (event.sent_cookies, event.body, event.is_base64) == ([], None, False)


def test_null_is_as_good_as_left_out() -> None:
    names = ("headers", "pathParameters", "queryStringParameters", "cookies", "body")

    assert vars(read(_event(**dict.fromkeys(names)))) == vars(read(_event()))


def test_names_of_headers_are_in_lower_case() -> None:
    event = read(_event(headers={"Content-Type": "Text/Plain"}))

    assert event.headers == {"content-type": "Text/Plain"}


def test_address_is_in_its_one_canonical_form() -> None:
    http = {"method": "GET", "path": "/x", "sourceIp": "2001:DB8:0::1"}

    event = read(_event(requestContext={"requestId": "request-1", "http": http}))

    assert event.source_ip == "2001:db8::1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", "1.0"),
        ("version", 2.0),
        ("routeKey", None),
        ("routeKey", ["GET /x"]),
        ("requestContext", []),
        ("requestContext", {"requestId": "request-1", "http": None}),
        ("headers", []),
        ("headers", {"accept": 1}),
        ("headers", {"accept": ["text/html"]}),
        ("pathParameters", "x"),
        ("pathParameters", {"user_id": 1}),
        ("queryStringParameters", {"limit": 1}),
        ("queryStringParameters", {"limit": None}),
        ("cookies", "a=b"),
        ("cookies", [1]),
        ("cookies", [None]),
        ("body", {}),
        ("body", b"{}"),
        ("isBase64Encoded", None),
        ("isBase64Encoded", "true"),
        ("isBase64Encoded", 1),
    ],
)
def test_event_with_a_value_of_another_type_is_none(name: str, value: object) -> None:
    with pytest.raises(UnknownEventError):
        read(_event(**{name: value}))
