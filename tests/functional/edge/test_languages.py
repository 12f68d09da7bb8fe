"""``Accept-Language``: messages in Russian for who prefers it, and in English for all others."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.support.answers import Answer, is_russian
from tests.support.api import Api
from tests.support.deployment import Deployment
from tests.support.desk import Desk
from tests.support.keyed import KEY
from tests.support.people import Person
from tests.support.register import (
    ANY_USERS,
    CHANGE_PASSWORD,
    JWKS,
    LIST_USERS,
    LOG_IN,
    LOG_OUT,
    SHOW_USER,
    SIGN_UP,
)

RUSSIAN = {"Accept-Language": "ru-RU,ru;q=0.9,en;q=0.8"}
BROWSER = {"Accept-Language": "en-US,en;q=0.9,ru;q=0.8"}


def _unchanged(answer: Answer) -> tuple[int, str | None, Mapping[str, str]]:
    """Return what no language changes."""
    by_language = {"content-language", "x-request-id", "apigw-requestid", "content-length"}
    headers = {name: text for name, text in answer.headers.items() if name not in by_language}
    return answer.status, answer.code, headers


def test_error_is_told_in_russian_and_all_but_its_message_is_the_same(api: Api) -> None:
    english = api.call(*ANY_USERS.at())
    russian = api.call(*ANY_USERS.at(), headers=RUSSIAN)

    assert english.json == {"error": "Unauthorized", "message": "Authentication required"}
    assert russian.json == {"error": "Unauthorized", "message": "Требуется вход в аккаунт"}
    assert _unchanged(english) == _unchanged(russian)
    assert (english.headers["content-language"], russian.headers["content-language"]) == (
        "en",
        "ru",
    )


@pytest.mark.parametrize("headers", [{}, BROWSER, {"Accept-Language": "de, fr;q=0.5"}], ids=str)
def test_everybody_else_is_answered_in_english_to_the_byte(
    api: Api, headers: Mapping[str, str]
) -> None:
    answer = api.call(*LOG_IN.at(), json={}, headers=headers)

    assert answer.text == json.dumps(
        {
            "error": "Validation Error",
            "message": "Required parameters missing",
            "details": [
                {"field": "email", "message": "This field is required"},
                {"field": "passw", "message": "This field is required"},
            ],
        }
    )
    assert answer.headers["content-language"] == "en"


def test_each_field_is_told_of_in_russian(api: Api, web_backend: str) -> None:
    body = {"email": "x", "passw": "short", "name": "", "role": "A", "other": 1}

    answer = api.call(*SIGN_UP.at(), token=web_backend, json=body, headers=RUSSIAN)

    assert answer.status == 422
    assert answer.json["message"] == "Неверные параметры"
    assert {fault["field"]: fault["message"] for fault in answer.json["details"]} == {
        "email": "Должно быть адресом электронной почты",
        "passw": "Наименьшее число символов: 8",
        "name": "Не должно быть пустым",
        "role": "До 64 символов a–z, 0–9 и _, первым – буква",
        "other": "Неизвестное поле",
    }


def test_query_is_told_of_in_russian(api: Api, admin: Person) -> None:
    method, path = LIST_USERS.at()

    answer = api.call(
        method, f"{path}?limit=0&status=x&cursor=x", token=admin.token, headers=RUSSIAN
    )

    assert {fault["field"]: fault["message"] for fault in answer.json["details"]} == {
        "limit": "Не меньше 1",
        "status": "Допустимо: 'active' или 'disabled'",
    }


def test_missing_permission_is_named_in_russian(api: Api, alice: Person) -> None:
    answer = api.call(*LIST_USERS.at(), token=alice.token, headers=RUSSIAN)

    assert answer.json == {"error": "Forbidden", "message": "Требуется право users:read"}


def test_refused_password_is_told_of_in_russian(api: Api, alice: Person) -> None:
    body = {"current_passw": alice.passw, "passw": "aaaaaaaaaaaa"}

    answer = api.call(*CHANGE_PASSWORD.at(), token=alice.token, json=body, headers=RUSSIAN)

    (fault,) = answer.json["details"]
    assert fault == {"field": "passw", "message": "Не должен быть повторением одного символа"}


def test_success_is_told_in_russian(api: Api, alice: Person) -> None:
    answer = api.call(*LOG_OUT.at(), token=alice.token, headers=RUSSIAN)

    assert answer.json == {"success": True, "message": "Вы вышли из аккаунта"}
    assert answer.headers["content-language"] == "ru"


def test_answer_without_a_message_has_no_language(api: Api, alice: Person) -> None:
    english, russian = (
        api.call(*ANY_USERS.at(), token=alice.token, headers=headers) for headers in ({}, RUSSIAN)
    )

    assert english.text == russian.text
    assert _unchanged(english) == _unchanged(russian)
    assert not {"content-language", "vary"} & set(russian.headers)


def test_what_others_may_keep_does_not_vary(api: Api) -> None:
    assert "vary" not in api.call(*JWKS.at(), headers=RUSSIAN).headers


def test_event_that_is_none_is_answered_in_english(
    invoke: Callable[[str, dict[str, Any]], object],
) -> None:
    answer = Answer.of(invoke("LogIn", {"headers": {"accept-language": "ru"}}))

    assert answer.json["message"] == "Request is not an HTTP API event"
    assert answer.headers["content-language"] == "en"


def test_repeated_request_is_answered_in_the_language_that_it_is_repeated_in(
    desk: Desk, stack: Deployment
) -> None:
    def sign_up(headers: Mapping[str, str]) -> Answer:
        return desk.api.call(
            *SIGN_UP.at(),
            token=desk.token,
            json={"email": "new@example.com", "name": "New", "passw": "example_string"},
            headers={"Idempotency-Key": KEY, **headers},
        )

    first = sign_up(RUSSIAN)
    with stack.unchanged():
        english, again = sign_up({}), sign_up(RUSSIAN)

    assert first.json["message"] == "Ресурс успешно создан"
    assert again.text == first.text
    assert english.json == {**first.json, "message": "Resource created successfully"}
    assert (english.headers["content-language"], again.headers["content-language"]) == ("en", "ru")


def test_message_of_a_name_is_no_message_of_ours(desk: Desk) -> None:
    name = 'x","message":"y'
    user_id = desk.sign_up("new@example.com", name=name).json["id"]

    path = SHOW_USER.at(user_id=user_id)
    answer = desk.api.call(*path, token=desk.token, headers=RUSSIAN)

    assert answer.json["name"] == name
    assert "content-language" not in answer.headers


def test_bug_is_told_in_russian(api: Api, setting: Callable[..., None]) -> None:
    setting(TOKEN_JWKS="{")

    answer = api.call(*JWKS.at(), headers=RUSSIAN)

    assert (answer.status, answer.code) == (500, "internal_error")
    assert is_russian(answer.json["message"])
