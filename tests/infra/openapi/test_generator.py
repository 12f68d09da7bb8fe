"""What the generator makes of code, and that it refuses what it cannot tell."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator

from accounts.access import roles, sessions
from accounts.credentials import one_time_tokens
from accounts.edge import queries
from accounts.edge.fields import RequestSchema, formed
from accounts.edge.view import View
from accounts.errors import (
    AccountsError,
    ChallengeInvalidError,
    EmailTokenInvalidError,
    InvalidCredentialsError,
    PermissionMissingError,
    TooManyRequestsError,
    UnavailableError,
)
from accounts.own_account import confirmation
from accounts.sign_in import code, login
from infra.openapi import raised, request_schemas, source, view_schemas
from infra.openapi.operations import UndescribedError
from infra.openapi.raised import NotUnderstoodError


def _answered(*functions: Any) -> set[type[AccountsError]]:  # noqa: ANN401 - any function
    return {error for error in raised.by(*functions) if issubclass(error, AccountsError)}


def test_error_of_a_function_is_found() -> None:
    assert _answered(roles.require) == {PermissionMissingError}


def test_errors_are_found_through_calls_and_methods() -> None:
    assert {InvalidCredentialsError, TooManyRequestsError, UnavailableError} <= _answered(
        login.log_in
    )


def test_error_that_is_caught_is_not_found() -> None:
    assert one_time_tokens.TokenInvalidError in raised.by(one_time_tokens.read)
    assert one_time_tokens.TokenInvalidError not in raised.by(confirmation.confirm)
    assert EmailTokenInvalidError in raised.by(confirmation.confirm)


def test_error_that_stands_for_a_caught_one_is_found() -> None:
    assert ChallengeInvalidError in _answered(code.log_in)


def test_what_raises_nothing_has_no_errors() -> None:
    assert _answered(sessions.Client) == set()


def _raises_what_it_was_given(error: Exception) -> None:
    raise error


def test_raise_that_tells_no_class_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "OURS", source.OURS | {__name__.partition(".")[0]})

    with pytest.raises(NotUnderstoodError, match="_raises_what_it_was_given raises error"):
        raised.by(_raises_what_it_was_given)


def test_view_is_told_with_what_is_left_out_where_it_is_none() -> None:
    class Inner(View):
        at: datetime

    class Outer(View):
        """An outer one."""

        inner: Sequence[Inner]
        words: Mapping[str, str | int]
        note: str | None

    told = view_schemas.components([Outer])

    assert told["Outer"]["required"] == ["inner", "words"]
    assert told["Outer"]["properties"]["inner"]["items"] == {"$ref": "#/components/schemas/Inner"}
    assert told["Outer"]["properties"]["note"] == {"type": "string"}
    assert told["Inner"]["properties"]["at"]["format"] == "date-time"


def test_member_of_an_unknown_type_is_refused_by_name() -> None:
    class Odd(View):
        member: complex

    with pytest.raises(UndescribedError, match=r"Odd\.member is a <class 'complex'>"):
        view_schemas.components([Odd])


def _even(value: int) -> int:
    return value


def test_validator_of_which_nothing_is_said_is_refused_by_name() -> None:
    class OddSchema(RequestSchema):
        number: Annotated[int, AfterValidator(_even)]

    with pytest.raises(UndescribedError, match=r"test_generator\._even demands"):
        request_schemas.components([OddSchema])


def test_pattern_of_a_formed_text_is_told() -> None:
    class FormedSchema(RequestSchema):
        word: Annotated[str, formed("[a-z]+", "Must be a word")]

    told = request_schemas.components([FormedSchema])["FormedSchema"]

    assert told["properties"]["word"]["pattern"] == "^(?:[a-z]+)$"
    assert told["required"] == ["word"]


def test_limits_of_a_number_in_the_query_are_told() -> None:
    told = request_schemas.components([queries.PageQuery])["PageQuery"]["properties"]["limit"]

    assert (told["minimum"], told["maximum"], told["default"]) == (1, 100, 100)
