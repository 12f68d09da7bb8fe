"""What is counted and measured, as CloudWatch finds it in the log."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from accounts import invocation, metrics
from accounts.credentials import breached
from infra.local.invoke import FunctionError, Invoke
from tests.functional.edge.test_authorizer import event
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.endpoint import Endpoint
from tests.support.faults import THROTTLED, refusal, silence
from tests.support.logged import Log
from tests.support.measured import Key, key, measured
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import (
    ALL,
    ANY_USERS,
    CHANGE_PASSWORD,
    FORGET_PASSWORD,
    HEALTH,
    LOG_IN,
    REFRESH,
    RESET_PASSWORD,
    each,
)
from tests.support.scene import Scene

WRONG = "not the password"


def _counted(log: Log) -> Mapping[Key, float]:
    """Return the sums of all that was counted, which is what was not a time."""
    metrics = measured(log.lines)
    return {name: sum(values) for name, values in metrics.items() if name[0] != "Latency"}


def _fail(
    scene: Scene, aws_calls: AwsCalls, request: dict[str, Any], operation: str, error: Exception
) -> None:
    """Send the request twice; the second time the first call of ``operation`` fails."""
    aws_calls.forget()
    scene.api.call(**request)
    number = aws_calls.operations.index(operation) + 1
    aws_calls.forget()
    aws_calls.fail(number, error)
    assert scene.api.call(**request).status == 503


@each(ALL)
def test_a_request_tells_how_long_it_took_by_route(
    scene: Scene, log: Log, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)
    before = len(log.lines)

    scene.api.call(**request)

    (line,) = log.lines[before:]
    latencies = {name: values for name, values in measured([line]).items() if name[0] == "Latency"}
    took = [line["Latency"]]
    assert latencies == {key("Latency"): took, key("Latency", route=endpoint.key): took}


def test_paths_that_nobody_has_share_one_route(api: Api, log: Log) -> None:
    for path in ("/nowhere", f"{ANY_USERS.path}/1", "/%00"):
        api.call("GET", path)

    routes = {dict(dimensions).get("route") for _, dimensions in measured(log.lines)}
    assert routes == {None, "$default"}


def test_an_event_without_a_route_has_a_route_of_its_own(invoke: Invoke, log: Log) -> None:
    invoke("Health", {"version": "1.0"})

    assert len(measured(log.lines)[key("Latency", route="unknown")]) == 1


def test_what_succeeds_counts_nothing_but_what_it_is(scene: Scene, log: Log) -> None:
    for endpoint in (HEALTH, ANY_USERS, CHANGE_PASSWORD, FORGET_PASSWORD):
        assert endpoint.call(scene).status == endpoint.status

    assert _counted(log) == {}


# log-ins and refreshes


def test_log_ins_are_counted_by_outcome(
    api: Api, alice: Person, aws_calls: AwsCalls, log: Log
) -> None:
    def log_in(passw: str) -> None:
        api.call(*LOG_IN.at(), json={"email": alice.email, "passw": passw})

    log_in(alice.passw)
    aws_calls.forget()
    aws_calls.fail(2, refusal())
    log_in(alice.passw)
    for _ in range(8):
        log_in(WRONG)

    assert _counted(log) == {
        key("LogIns", outcome="ok"): 1,
        key("LogIns", outcome="unavailable"): 1,
        key("LogIns", outcome="invalid_credentials"): 6,
        key("LogIns", outcome="too_many_requests"): 2,
        key("Throttled"): 2,
        key("ServerErrors"): 1,
        key("Unavailable"): 1,
        key("DependencyFailures", dependency="DynamoDB"): 1,
    }


def test_a_request_that_is_no_log_in_is_counted_as_none(api: Api, log: Log) -> None:
    api.call(*LOG_IN.at(), json={})
    api.call(*LOG_IN.at(), body=b"{", headers={"Content-Type": "application/json"})

    assert _counted(log) == {}


def test_refreshes_are_counted_by_outcome(scene: Scene, log: Log) -> None:
    REFRESH.call(scene)
    REFRESH.call(scene, json={"refresh_token": "garbage"})

    assert _counted(log) == {
        key("Refreshes", outcome="ok"): 1,
        key("Refreshes", outcome="token_invalid"): 1,
    }


def test_a_theft_is_counted_once_however_often_the_token_is_shown(
    scene: Scene, clock: Clock, log: Log
) -> None:
    REFRESH.call(scene)
    clock.advance(seconds=11)

    statuses = [REFRESH.call(scene).status for _ in range(3)]

    assert statuses == [401, 401, 401]
    assert _counted(log) == {
        key("Refreshes", outcome="ok"): 1,
        key("Refreshes", outcome="session_ended"): 3,
        key("Thefts"): 1,
    }


def test_a_token_shown_again_within_the_grace_is_no_theft(scene: Scene, log: Log) -> None:
    REFRESH.call(scene)
    REFRESH.call(scene)

    assert _counted(log) == {key("Refreshes", outcome="ok"): 2}


# failures


@pytest.mark.parametrize(
    ("endpoint", "operation", "error", "cause"),
    [
        (ANY_USERS, "GetItem", refusal(), ("DynamoDB", THROTTLED)),
        (ANY_USERS, "GetItem", silence(), ("DynamoDB", "ReadTimeoutError")),
        (LOG_IN, "Sign", refusal("AccessDeniedException"), ("KMS", "AccessDeniedException")),
        (LOG_IN, "GenerateMac", silence(), ("KMS", "ReadTimeoutError")),
        (FORGET_PASSWORD, "SendMessage", refusal("Throttled"), ("SQS", "Throttled")),
    ],
)
def test_whose_failure_it_was_is_counted_and_the_line_tells_why(
    scene: Scene,
    aws_calls: AwsCalls,
    *,
    endpoint: Endpoint,
    operation: str,
    error: Exception,
    cause: tuple[str, str],
    log: Log,
) -> None:
    request = endpoint.request(scene)
    _fail(scene, aws_calls, request, operation, error)

    line = log.named("request")[-1]
    assert (line["dependency"], line["reason"]) == cause
    counted = measured([line])
    assert counted[key("DependencyFailures", dependency=cause[0])] == [1]
    assert counted[key("Unavailable")] == counted[key("ServerErrors")] == [1]


def test_transactions_that_keep_colliding_are_a_failure_of_dynamodb(
    scene: Scene, aws_calls: AwsCalls, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr("accounts.storage.transactions.ATTEMPTS", 1)
    collision: Any = refusal("TransactionCanceledException")
    codes = ("None", "TransactionConflict", "None")
    collision.response["CancellationReasons"] = [{"Code": code} for code in codes]
    _fail(scene, aws_calls, LOG_IN.request(scene), "TransactWriteItems", collision)

    line = log.named("request")[-1]
    assert (line["dependency"], line["reason"]) == ("DynamoDB", "TransactionConflict")


def test_a_request_that_runs_out_of_time_is_nobodys_failure(
    scene: Scene, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invocation, "begin", lambda _: invocation.limit(0))

    assert ANY_USERS.call(scene).status == 503

    (line,) = log.lines
    assert line["reason"] == "NoTimeLeft"
    assert "dependency" not in line
    assert _counted(log) == {key("ServerErrors"): 1, key("Unavailable"): 1}


def test_a_bug_is_a_server_error(scene: Scene, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("accounts.sign_in.login.log_in", bug)

    assert LOG_IN.call(scene).status == 500

    assert _counted(log) == {key("ServerErrors"): 1}


def test_the_authorizer_counts_what_kept_it_from_deciding(
    invoke: Invoke, aws_calls: AwsCalls, alice: Person, log: Log
) -> None:
    aws_calls.forget()
    aws_calls.fail(1, refusal())

    with pytest.raises(FunctionError):
        invoke("VerifySession", event({"authorization": f"Bearer {alice.token}"}))

    (line,) = log.named("request")
    assert (line["outcome"], line["reason"]) == (
        "unavailable",
        THROTTLED,
    )
    assert _counted(log)[key("DependencyFailures", dependency="DynamoDB")] == 1
    assert _counted(log)[key("ServerErrors")] == 1


def test_a_failure_counts_once_and_not_for_the_next_request(
    scene: Scene, aws_calls: AwsCalls, log: Log
) -> None:
    request = ANY_USERS.request(scene)
    aws_calls.forget()
    aws_calls.fail(1, refusal())

    statuses = [scene.api.call(**request).status for _ in range(3)]

    assert statuses == [503, 200, 200]
    assert _counted(log)[key("ServerErrors")] == 1


# mails


def test_mails_are_counted_by_what_became_of_them(
    scene: Scene, post: PostOffice, alice: Person, bob: Person, log: Log
) -> None:
    for person in (alice, alice, alice, alice, bob):
        FORGET_PASSWORD.call(scene, json={"email": person.email})
    FORGET_PASSWORD.call(scene, json={"email": "nobody@example.com"})
    post.put("poison")
    post.faults = [None, None, None, refusal("MessageRejected")]

    assert len(post.deliver()) == 3

    assert _counted(log) == {
        key("Mails", outcome="sent"): 3,
        key("Mails", outcome="limited"): 1,
        key("Mails", outcome="nobody"): 1,
        key("Mails", outcome="failed"): 2,
    }


# the breached-password check


def test_a_check_that_nobody_answered_is_counted(
    scene: Scene, setting: Callable[..., None], log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(_: str) -> bytes:
        raise TimeoutError

    monkeypatch.setattr(breached, "_fetched", late)
    setting(BREACHED_PASSWORDS_URL="https://range.example.com")

    assert RESET_PASSWORD.call(scene).status == 200

    assert _counted(log) == {key("BreachedCheckFailed"): 1}


# the format


def test_outside_of_a_request_nothing_is_counted() -> None:
    metrics._values.set(None)  # noqa: SLF001 - as it is before the first request

    metrics.count("Thefts")

    assert metrics.fields() == {}


def test_every_count_is_kept_in_some_way() -> None:
    counts = set(metrics.Count.__args__)  # type: ignore[attr-defined] # a Literal's

    assert set(metrics.DIMENSIONS) == counts
    assert all(dimensions for dimensions in metrics.DIMENSIONS.values())
    assert all("service" in kept for ways in metrics.DIMENSIONS.values() for kept in ways)
