"""The Lambda authorizer that other applications put before their own HTTP APIs."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from accounts.storage.tables import Role, UserSession
from infra.local.invoke import FunctionError
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.register import END_OTHER_SEANCES, LOG_OUT, REFRESH

DENIED = {"isAuthorized": False}


def event(headers: Mapping[str, str], cookies: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what an HTTP API sends to an authorizer with payload format 2.0.

    The fields are those of "Control access to HTTP APIs with AWS Lambda authorizers" in the API
    Gateway guide.
    """
    return {
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": "arn:aws:execute-api:us-east-1:123456789012:abcdef123/$default/GET/hello",
        "identitySource": [headers["authorization"]] if "authorization" in headers else None,
        "routeKey": "GET /hello",
        "rawPath": "/hello",
        "rawQueryString": "parameter1=value1&parameter1=value2&parameter2=value",
        **({"cookies": list(cookies)} if cookies else {}),
        "headers": {
            "accept": "*/*",
            "host": "abcdef123.execute-api.us-east-1.amazonaws.com",
            "user-agent": "agent",
            "x-forwarded-for": "192.0.2.7",
            **headers,
        },
        "queryStringParameters": {"parameter1": "value1,value2", "parameter2": "value"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdef123",
            "domainName": "abcdef123.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "abcdef123",
            "http": {
                "method": "GET",
                "path": "/hello",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.7",
                "userAgent": "agent",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "GET /hello",
            "stage": "$default",
            "time": "10/Mar/2020:05:16:23 +0000",
            "timeEpoch": 1583817383220,
        },
        "pathParameters": {"parameter1": "value1"},
        "stageVariables": {"stageVariable1": "value1", "stageVariable2": "value2"},
    }


def bearing(token: str) -> dict[str, Any]:
    return event({"authorization": f"Bearer {token}"})


class Authorizer:
    """The function, called as API Gateway calls it."""

    def __init__(self, stack: Deployment, aws_calls: AwsCalls) -> None:
        self._stack = stack
        self._aws_calls = aws_calls

    def decide(self, request: object) -> Any:  # noqa: ANN401 - what JSON brings back
        self._aws_calls.function = "VerifySession"
        try:
            return self._stack.invoke("VerifySession", request)  # type: ignore[arg-type] # crafted
        finally:
            self._aws_calls.function = ""


@pytest.fixture
def authorizer(stack: Deployment, aws_calls: AwsCalls) -> Authorizer:
    return Authorizer(stack, aws_calls)


def test_live_session_passes_with_who_it_is(authorizer: Authorizer, alice: Person) -> None:
    (session,) = alice.sessions

    decision = authorizer.decide(bearing(alice.token))

    assert decision == {
        "isAuthorized": True,
        "context": {
            "user_id": alice.id,
            "session_id": session.session_id,
            "role": "read_only",
            "permissions": ["content:read"],
            "kind": "user",
            "auth_time": int(session.created_at.timestamp()),
            "amr": ["pwd"],
        },
    }


def test_what_was_proved_since_the_log_in_is_told(
    authorizer: Authorizer, alice: Person, clock: Clock
) -> None:
    (session,) = alice.sessions
    clock.advance(seconds=60)
    session.update([UserSession.proved_at.set(clock()), UserSession.amr.set("pwd otp mfa")])

    context = authorizer.decide(bearing(alice.token))["context"]

    assert context["amr"] == ["pwd", "otp", "mfa"]
    assert context["auth_time"] == int(clock().timestamp())


def test_session_of_the_version_before_says_nothing_of_how(
    authorizer: Authorizer, alice: Person
) -> None:
    (session,) = alice.sessions
    session.update([UserSession.amr.remove()])

    context = authorizer.decide(bearing(alice.token))["context"]

    assert "amr" not in context
    assert context["auth_time"] == int(session.created_at.timestamp())


def test_service_token_passes_as_a_service(authorizer: Authorizer, web_backend: str) -> None:
    decision = authorizer.decide(bearing(web_backend))

    assert decision["isAuthorized"] is True
    assert decision["context"]["kind"] == "service"
    assert {"amr", "auth_time"}.isdisjoint(decision["context"])
    assert decision["context"]["role"] == "service"


def test_person_who_has_yet_to_get_a_second_factor_does_not_pass(
    authorizer: Authorizer, alice: Person, log: Log
) -> None:
    Role.get("read_only").update([Role.second_factor.set(True)])

    assert authorizer.decide(bearing(alice.sign_in().token)) == DENIED
    (line,) = [line for line in log.named("request") if line["route"] == "authorizer"]
    assert (line["outcome"], line["allowed"]) == ("second_factor_required", False)


def test_it_costs_one_consistent_read(
    authorizer: Authorizer, alice: Person, aws_calls: AwsCalls
) -> None:
    aws_calls.forget()

    authorizer.decide(bearing(alice.token))

    assert aws_calls.operations == ["GetItem"]
    assert aws_calls.made[0].arguments["ConsistentRead"] is True


def test_scheme_may_be_spelled_in_any_case(authorizer: Authorizer, alice: Person) -> None:
    decision = authorizer.decide(event({"authorization": f"bearer {alice.token}"}))

    assert decision["isAuthorized"] is True


def test_log_out_shuts_the_other_api_too(authorizer: Authorizer, api: Api, alice: Person) -> None:
    api.call(*LOG_OUT.at(), token=alice.token)

    assert authorizer.decide(bearing(alice.token)) == DENIED


def test_session_ended_from_another_device_is_refused(
    authorizer: Authorizer, api: Api, alice: Person
) -> None:
    phone = alice.sign_in()
    api.call(*END_OTHER_SEANCES.at(), token=phone.token)

    assert authorizer.decide(bearing(alice.token)) == DENIED
    assert authorizer.decide(bearing(phone.token))["isAuthorized"] is True


def test_token_is_good_until_it_expires_and_no_longer(
    authorizer: Authorizer, api: Api, clock: Clock, alice: Person
) -> None:
    # a token is let in 30 s later than it says, for clocks differ
    clock.advance(seconds=900 + 29)
    assert authorizer.decide(bearing(alice.token))["isAuthorized"] is True

    clock.advance(seconds=1)
    assert authorizer.decide(bearing(alice.token)) == DENIED


def test_token_got_by_a_refresh_passes(authorizer: Authorizer, api: Api, alice: Person) -> None:
    pair = api.call(*REFRESH.at(), json={"refresh_token": alice.refresh_token})

    assert authorizer.decide(bearing(pair.json["access_token"]))["isAuthorized"] is True


def test_cookie_passes_with_its_header_only(authorizer: Authorizer, alice: Person) -> None:
    cookie = f"__Host-access_token={alice.token}"

    with_header = authorizer.decide(event({"x-token-delivery": "cookie"}, (cookie,)))
    without = authorizer.decide(event({}, (cookie,)))

    assert with_header["isAuthorized"] is True
    assert without == DENIED


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer ",
        "Bearer not.a.token",
        "Bearer é",
        "Bearer \ud800",
        "Basic YWxpY2U6cGFzc3dvcmQ=",
        "Bearer a.b.c,Bearer d.e.f",
        "Bearer " + "x" * 9000,
        "",
    ],
)
def test_what_is_no_token_is_refused(authorizer: Authorizer, authorization: str) -> None:
    assert authorizer.decide(event({"authorization": authorization})) == DENIED


def test_missing_token_is_refused(authorizer: Authorizer) -> None:
    assert authorizer.decide(event({})) == DENIED


def test_forged_token_is_refused(authorizer: Authorizer, alice: Person) -> None:
    header, claims, signature = alice.token.split(".")

    assert authorizer.decide(bearing(f"{header}.{claims}.{'A' * len(signature)}")) == DENIED


def test_refresh_token_is_refused(authorizer: Authorizer, alice: Person) -> None:
    assert authorizer.decide(bearing(alice.refresh_token)) == DENIED


@pytest.mark.parametrize(
    "request_event",
    [
        None,
        [],
        "event",
        {},
        {"version": "1.0", "type": "REQUEST", "methodArn": "arn", "headers": {}},
        {**event({}), "requestContext": None},
        {**event({}), "headers": None},
    ],
    ids=["null", "array", "text", "empty", "format 1.0", "no context", "no headers"],
)
def test_event_of_another_kind_is_refused(authorizer: Authorizer, request_event: object) -> None:
    assert authorizer.decide(request_event) == DENIED


def test_without_dynamodb_there_is_no_decision(
    authorizer: Authorizer, alice: Person, aws_calls: AwsCalls
) -> None:
    aws_calls.forget()
    aws_calls.fail(1, EndpointConnectionError(endpoint_url="https://aws.example.com"))

    with pytest.raises(FunctionError, match="UnavailableError"):
        authorizer.decide(bearing(alice.token))


def test_decisions_are_logged_without_the_token(
    authorizer: Authorizer, alice: Person, log: Log
) -> None:
    (session,) = alice.sessions
    authorizer.decide(bearing(alice.token))
    authorizer.decide(bearing("not.a.token"))

    passed, refused = [line for line in log.named("request") if line["route"] == "authorizer"]

    assert (passed["allowed"], passed["user_id"]) == (True, alice.id)
    assert passed["session_id"] == session.session_id
    assert (refused["allowed"], refused["outcome"]) == (False, "token_invalid")
    assert alice.token not in log.text
    assert alice.email not in log.text
