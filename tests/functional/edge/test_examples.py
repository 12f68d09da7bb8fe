"""The three documented calls of sign-up, header by header as curl sends them."""

import re

from tests.support.answers import Answer
from tests.support.api import Api

SIGN_UP = "/api/v1/server/users/sign_up"
BODY = b'{"passw":"example_string","email":"user@example.com","name":"Example Name"}'
CURL = (("User-Agent", "curl/8.5.0"), ("Accept", "*/*"))
JSON = ("Content-Type", "application/json")


def test_sign_up_with_a_token_creates_the_account(api: Api, web_backend: str) -> None:
    headers = (*CURL, ("Authorization", f"Bearer {web_backend}"), JSON)

    answer = api.send("POST", SIGN_UP, headers, BODY)

    assert answer.status == 201
    body = answer.json
    assert list(body) == ["id", "message", "created_at"]
    assert type(body["id"]) is int
    assert 0 < body["id"] < 2**53
    assert body["message"] == "Resource created successfully"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["created_at"])


def test_sign_up_without_a_token_asks_for_authentication(api: Api) -> None:
    answer = api.send("POST", SIGN_UP, (*CURL, JSON), BODY)

    assert answer.status == 401
    assert answer.json == {"error": "Unauthorized", "message": "Authentication required"}


def test_sign_up_without_body_and_content_type_lists_what_is_missing(
    api: Api, web_backend: str
) -> None:
    answer = api.send("POST", SIGN_UP, (*CURL, ("Authorization", f"Bearer {web_backend}")))

    assert _missing(answer) == ["passw", "email", "name"]


def test_put_without_body_and_content_type_lists_what_is_missing(
    api: Api, web_backend: str
) -> None:
    path = "/api/v1/server/users/passw/set_new_passw"

    answer = api.send("PUT", path, (*CURL, ("Authorization", f"Bearer {web_backend}")))

    assert _missing(answer) == ["passw", "reset_token"]


def _missing(answer: Answer) -> list[str]:
    assert answer.status == 422
    body = answer.json
    assert {name: body[name] for name in ("error", "message")} == {
        "error": "Validation Error",
        "message": "Required parameters missing",
    }
    assert {detail["message"] for detail in body["details"]} == {"This field is required"}
    return [detail["field"] for detail in body["details"]]
