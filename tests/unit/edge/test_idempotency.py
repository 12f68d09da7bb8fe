"""Answering a request once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.edge import idempotency
from accounts.edge.idempotency import Once
from accounts.errors import (
    IdempotencyKeyBusyError,
    UnavailableError,
    UserExistsError,
    ValidationFailedError,
)
from tests.support.deployment import Deployment

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

ONCE = Once(key="k" * 32, user_id=1, route="POST /here", body=b'{"passw": "secret"}')


@dataclass(frozen=True)
class Context:
    """As much of Lambda's context as is asked for."""

    milliseconds: int = 10_000

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


CONTEXT = cast("LambdaContext", Context())


class Act:
    """Something to be done once: counts how often it was, and tells."""

    def __init__(self) -> None:
        self.times = 0
        self.error: Exception | None = None

    def __call__(self) -> str:
        self.times += 1
        if self.error:
            raise self.error
        return f"done {self.times}"


@pytest.fixture
def act(stack: Deployment) -> Act:
    return Act()


def _answer(act: Callable[[], str], once: Once = ONCE) -> str:
    return idempotency.answer(once, act, CONTEXT)


def test_it_is_done_once(act: Act) -> None:
    assert [_answer(act) for _ in range(3)] == ["done 1"] * 3
    assert act.times == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(ONCE, user_id=2),
        replace(ONCE, route="POST /there"),
        replace(ONCE, key="K" * 32),
        replace(ONCE, user_id=11, route="POST /here"),
    ],
)
def test_what_is_another_request_is_done_too(act: Act, other: Once) -> None:
    assert [_answer(act), _answer(act, other), _answer(act)] == ["done 1", "done 2", "done 1"]


@pytest.mark.parametrize("body", [b"", b"{}", ONCE.body + b" ", ONCE.body[:-1], b"\xff\x00"])
def test_other_body_is_refused(act: Act, body: bytes) -> None:
    _answer(act)

    with pytest.raises(ValidationFailedError) as raised:
        _answer(act, replace(ONCE, body=body))

    assert raised.value.details == [
        {"field": "Idempotency-Key", "message": "Was used with another request"}
    ]
    assert act.times == 1


@pytest.mark.parametrize("length", [0, 1, 15, 129, 1000])
def test_key_of_another_length_is_refused(act: Act, length: int) -> None:
    with pytest.raises(ValidationFailedError):
        _answer(act, replace(ONCE, key="k" * length))
    assert act.times == 0


@pytest.mark.parametrize("key", ["ключ" * 8, "k" * 31 + "é", "k" * 31 + "\ud800"])
def test_key_that_is_no_ascii_is_refused(act: Act, key: str) -> None:
    with pytest.raises(ValidationFailedError):
        _answer(act, replace(ONCE, key=key))
    assert act.times == 0


@pytest.mark.parametrize(
    "error", [UserExistsError(), UnavailableError(), ValidationFailedError.of("x", "y"), KeyError()]
)
def test_what_fails_is_told_as_it_is_and_can_be_repeated(act: Act, error: Exception) -> None:
    act.error = error
    with pytest.raises(type(error)) as raised:
        _answer(act)
    assert raised.value is error

    act.error = None
    assert _answer(act, replace(ONCE, body=b"mended")) == "done 2"


def test_while_it_is_being_done_others_are_to_come_back(act: Act) -> None:
    def meanwhile() -> str:
        with pytest.raises(IdempotencyKeyBusyError):
            _answer(act)
        with pytest.raises(ValidationFailedError):
            _answer(act, replace(ONCE, body=b"other"))
        return act()

    assert _answer(meanwhile) == "done 1"
    assert _answer(act) == "done 1"


def test_who_died_at_it_keeps_others_back_no_longer_than_it_could_have_lived(act: Act) -> None:
    dying = cast("LambdaContext", Context(milliseconds=-1))

    class DiedError(BaseException):
        pass

    def die() -> str:
        raise DiedError

    with pytest.raises(DiedError):
        idempotency.answer(ONCE, die, dying)

    assert _answer(act) == "done 1"


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_answer_is_remembered_as_it_was(stack: Deployment, text: str) -> None:
    stack.reset()

    assert [_answer(lambda: text) for _ in range(2)] == [text] * 2


@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem", "DeleteItem"])
@pytest.mark.parametrize(
    "fault",
    [
        ClientError({"Error": {"Code": "ThrottlingException", "Message": "no"}}, "Operation"),
        ReadTimeoutError(endpoint_url="https://aws"),
    ],
)
def test_without_a_memory_it_is_unavailable(
    act: Act, monkeypatch: pytest.MonkeyPatch, operation: str, fault: Exception
) -> None:
    send = BaseClient._make_api_call  # type: ignore[attr-defined] # noqa: SLF001 - where all meet

    def instead(client: BaseClient, name: str, arguments: dict[str, Any]) -> object:
        if name == operation:
            raise fault
        return send(client, name, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", instead)
    if operation == "DeleteItem":
        act.error = UserExistsError()

    with pytest.raises(UnavailableError):
        _answer(act)

    assert act.times == (0 if operation == "PutItem" else 1)
