"""The check after a deployment: it goes all the way, says what fails, and leaves nothing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest

from accounts.storage.tables import Role
from infra.manage import checking
from infra.manage.checking import Answer, Call
from infra.manage.problems import RefusedError
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment
from tests.support.endpoint import Endpoint
from tests.support.register import ANY_USERS, JWKS, LOG_IN, LOG_OUT, REFRESH, each

Change = Callable[[Answer], Answer]


@pytest.fixture
def call(api: Api) -> Call:
    """Call the API."""
    return _calling(api, {})


@contextmanager
def _nothing_left(stack: Deployment) -> Iterator[None]:
    """Make sure that nothing is left but that the caller's address has failed at nothing."""
    with stack.unchanged():
        yield
    for count in stack.stored()[stack.resources["LoginAttemptsTable"]["Ref"]]:
        assert count["subject"]["S"].startswith("address#")
        assert count["failures"] == {"N": "0"}


def _calling(api: Api, changes: Mapping[str, Change]) -> Call:
    def call(method: str, path: str, token: str | None, body: Mapping[str, str] | None) -> Answer:
        answer = api.call(method, path, token=token, json=dict(body) if body else None)
        as_it_is = Answer(answer.status, answer.json)
        return changes[path](as_it_is) if path in changes else as_it_is

    return call


def test_check_goes_all_the_way_and_leaves_nothing(call: Call, stack: Deployment) -> None:
    with _nothing_left(stack):
        worked = list(checking.walk(call))

    assert [line.partition(":")[0] for line in worked] == [
        "log-in",
        "jwks",
        "who am I",
        "refresh",
        "log-out",
    ]


def test_check_goes_on_where_everybody_has_to_get_a_second_factor(
    call: Call, stack: Deployment
) -> None:
    Role.get("read_only").update([Role.second_factor.set(True)])

    with _nothing_left(stack):
        worked = list(checking.walk(call))

    assert "who am I: the session is found, and asks for a second factor" in worked
    assert worked[-1].startswith("log-out")


@each((LOG_IN, JWKS, ANY_USERS, REFRESH, LOG_OUT))
def test_whatever_does_not_answer_as_it_should_fails_the_check_and_nothing_is_left(
    api: Api, stack: Deployment, endpoint: Endpoint
) -> None:
    call = _calling(api, {endpoint.path: lambda _: Answer(503, {"message": "unavailable"})})

    with _nothing_left(stack), pytest.raises(RefusedError, match="answered 503"):
        list(checking.walk(call))


def test_function_that_may_not_sign_fails_the_check(
    call: Call, stack: Deployment, aws_calls: AwsCalls
) -> None:
    rights = {p for p in aws_calls.allowed["RefreshTokens"] if p[0] != "kms:Sign"}
    aws_calls.allowed = {**aws_calls.allowed, "RefreshTokens": frozenset(rights)}

    with _nothing_left(stack), pytest.raises(RefusedError, match="refresh answered 503"):
        list(checking.walk(call))

    assert aws_calls.refused
    aws_calls.refused.clear()


def test_key_that_is_not_published_fails_the_check(api: Api) -> None:
    def under_another_name(published: Answer) -> Answer:
        return Answer(200, {"keys": [{**key, "kid": "other"} for key in published.json["keys"]]})

    with pytest.raises(RefusedError, match="does not verify"):
        list(checking.walk(_calling(api, {JWKS.path: under_another_name})))


def test_token_that_outlives_its_session_fails_the_check(api: Api) -> None:
    with pytest.raises(RefusedError, match="who am I answered 200 in place of 401"):
        list(checking.walk(_calling(api, {ANY_USERS.path: lambda _: Answer(200, {})})))


def test_address_where_nobody_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "RETRIES", 0)

    with pytest.raises(RefusedError, match=r"GET http://127\.0\.0\.1:9/"):
        checking.over_http("http://127.0.0.1:9")("GET", "/", None, None)
