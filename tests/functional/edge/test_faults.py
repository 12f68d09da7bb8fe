"""What happens when DynamoDB, KMS or SQS does not do its part, and when we do not do ours."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment
from tests.support.endpoint import Endpoint
from tests.support.logged import Log
from tests.support.register import ALL, LOG_IN, LOG_OUT, SIGN_UP, each
from tests.support.scene import Scene

ADDRESS = "https://dynamodb.us-east-1.amazonaws.com"
UNAVAILABLE = {
    "error": "Service Unavailable",
    "message": "The service is temporarily unavailable, try again",
}
INTERNAL = {
    "error": "Internal Server Error",
    "message": "An unexpected error occurred",
}


def _refused(code: str) -> Callable[[], Exception]:
    return lambda: ClientError({"Error": {"Code": code, "Message": "canary text"}}, "Operation")


# answered too busy, answered no, not answered: in turn; accounts.dynamodb and accounts.kms have
# every failure in their own tests
FAILURES: Sequence[Callable[[], Exception]] = (
    _refused("ThrottlingException"),
    _refused("AccessDeniedException"),
    lambda: ReadTimeoutError(endpoint_url=ADDRESS),
)
ASK_AWS = tuple(endpoint for endpoint in ALL if endpoint.requests)


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept, in seconds, each time; nobody really sleeps here."""
    naps: list[float] = []
    monkeypatch.setattr("time.sleep", naps.append)
    return naps


@each(ASK_AWS)
def test_whichever_call_fails_the_answer_is_try_again_and_trying_again_works(
    scene: Scene,
    stack: Deployment,
    aws_calls: AwsCalls,
    endpoint: Endpoint,
) -> None:
    calls = _number_of_calls(scene, aws_calls, endpoint)
    assert calls

    for number in range(1, calls + 1):
        stack.reset()
        request = endpoint.request(scene)
        aws_calls.forget()
        aws_calls.fail(number, FAILURES[number % len(FAILURES)]())

        failed = scene.api.call(**request)
        again = scene.api.call(**request)

        assert (failed.status, failed.code) == (503, "unavailable"), number
        assert failed.json == UNAVAILABLE
        assert failed.headers["retry-after"] == "1"
        assert again.status == endpoint.status, number


@each(ASK_AWS)
def test_request_that_dynamodb_calls_wrong_is_a_bug(
    scene: Scene, aws_calls: AwsCalls, log: Log, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)
    aws_calls.forget()
    aws_calls.fail(1, _refused("ValidationException")())

    _assert_internal(scene.api.call(**request))

    assert "canary text" not in log.text


# transactions


def _cancelled(*codes: str) -> Exception:
    answer: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "canary text"},
        "CancellationReasons": [{"Code": code, "Message": "canary text"} for code in codes],
    }
    return ClientError(answer, "TransactWriteItems")


def _transaction(scene: Scene, aws_calls: AwsCalls, endpoint: Endpoint) -> tuple[int, int]:
    """Return which call is the transaction, and how many parts it has."""
    endpoint_calls = _calls(scene, aws_calls, endpoint)
    number = [call.operation for call in endpoint_calls].index("TransactWriteItems")
    return number + 1, len(endpoint_calls[number].arguments["TransactItems"])


@pytest.mark.parametrize(
    "code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
)
@pytest.mark.parametrize("endpoint", [SIGN_UP, LOG_IN, LOG_OUT], ids=lambda e: e.key)
def test_collision_at_any_part_of_a_transaction_is_tried_anew(
    scene: Scene,
    stack: Deployment,
    aws_calls: AwsCalls,
    slept: list[float],
    endpoint: Endpoint,
    code: str,
) -> None:
    number, parts = _transaction(scene, aws_calls, endpoint)

    for part in range(parts):
        stack.reset()
        slept.clear()
        request = endpoint.request(scene)
        aws_calls.forget()
        codes = ["None"] * parts
        codes[part] = code
        aws_calls.fail(number, _cancelled(*codes))

        assert scene.api.call(**request).status == endpoint.status
        assert len(slept) == 1
        assert 0 <= slept[0] <= 0.4


@pytest.mark.parametrize("endpoint", [SIGN_UP, LOG_IN, LOG_OUT], ids=lambda e: e.key)
def test_collisions_without_end_are_given_up(
    scene: Scene,
    stack: Deployment,
    aws_calls: AwsCalls,
    slept: list[float],
    endpoint: Endpoint,
) -> None:
    number, parts = _transaction(scene, aws_calls, endpoint)
    stack.reset()
    request = endpoint.request(scene)
    aws_calls.forget()
    for later in range(30):
        aws_calls.fail(number + later, _cancelled(*["TransactionConflict"] * parts))

    answer = scene.api.call(**request)

    assert (answer.status, answer.code) == (503, "unavailable")
    # within the time that a function has
    assert sum(slept) < 5
    assert len(aws_calls.made) < 30


@pytest.mark.parametrize("endpoint", [SIGN_UP, LOG_IN, LOG_OUT], ids=lambda e: e.key)
def test_transaction_that_dynamodb_calls_wrong_is_a_bug(
    scene: Scene, stack: Deployment, aws_calls: AwsCalls, endpoint: Endpoint
) -> None:
    number, parts = _transaction(scene, aws_calls, endpoint)
    stack.reset()
    request = endpoint.request(scene)
    aws_calls.forget()
    aws_calls.fail(number, _cancelled("ValidationError", *["None"] * (parts - 1)))

    with stack.unchanged():
        answer = scene.api.call(**request)

    assert answer.status in (500, 503)


# bugs


@each(ALL)
def test_bug_of_ours_tells_the_caller_nothing_and_the_log_where_it_was(
    scene: Scene, log: Log, monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("canary text") from KeyError("canary cause")

    monkeypatch.setattr("accounts.edge.answers.success", broken)

    answer = scene.api.call(**request)

    _assert_internal(answer)
    (crash,) = log.named("crash")
    assert crash["level"] == "ERROR"
    assert crash["request_id"] == answer.headers["x-request-id"]
    assert [cause["type"] for cause in crash["causes"]] == ["RuntimeError", "KeyError"]
    assert any("test_faults.py" in frame for frame in crash["causes"][0]["frames"])
    assert "canary" not in log.text


@each(ASK_AWS)
def test_bug_midway_tells_the_caller_nothing(
    scene: Scene, aws_calls: AwsCalls, log: Log, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)
    aws_calls.forget()
    aws_calls.fail(1, ZeroDivisionError("canary text"))

    _assert_internal(scene.api.call(**request))

    (crash,) = log.named("crash")
    assert "ZeroDivisionError" in [cause["type"] for cause in crash["causes"]]
    assert "canary" not in log.text


@each(ASK_AWS)
def test_settings_that_are_missing_are_a_bug_and_not_remembered(
    scene: Scene,
    stack: Deployment,
    endpoint: Endpoint,
    setting: Callable[..., None],
) -> None:
    request = endpoint.request(scene)
    setting(ACCESS_TOKEN_SECONDS="soon")
    _assert_internal(scene.api.call(**request))

    setting(ACCESS_TOKEN_SECONDS="900")
    assert scene.api.call(**request).status == endpoint.status


def _calls(scene: Scene, aws_calls: AwsCalls, endpoint: Endpoint) -> list[Any]:
    request = endpoint.request(scene)
    aws_calls.forget()
    assert scene.api.call(**request).status == endpoint.status
    return list(aws_calls.made)


def _number_of_calls(scene: Scene, aws_calls: AwsCalls, endpoint: Endpoint) -> int:
    return len(_calls(scene, aws_calls, endpoint))


def _assert_internal(answer: Answer) -> None:
    assert (answer.status, answer.code) == (500, "internal_error")
    assert answer.json == INTERNAL
