"""The example application that has the users service decide who may call its own API."""

import runpy
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from samtranslator.translator.transform import (  # type: ignore[import-untyped] # ships no types
    transform,
)
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types

from accounts.storage.tables import UserSession
from infra.local import ROOT
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.expansion import NoManagedPolicies
from tests.support.people import Person

EXAMPLE = ROOT / "docs" / "verify-elsewhere"
FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:users-VerifySession-1:live"

Vault = Callable[[Mapping[str, Any], object], Mapping[str, Any]]
CHALLENGE = 'Bearer error="insufficient_user_authentication", max_age="600"'
REFUSED = {"statusCode": 401, "headers": {"www-authenticate": CHALLENGE}}


@pytest.fixture
def api_definition(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """The OpenAPI document that CloudFormation is given for the example's API."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    template = yaml_parse((EXAMPLE / "template.yaml").read_text(encoding="utf-8"))
    # as uploaded
    for name in ("Hello", "Vault"):
        template["Resources"][name]["Properties"]["CodeUri"] = "s3://bucket/hello.zip"
    expanded = transform(template, {"AuthorizerArn": FUNCTION}, NoManagedPolicies())
    definition: Mapping[str, Any] = expanded["Resources"]["Api"]["Properties"]["Body"]
    return definition


def test_authorizer_is_asked_on_each_request(api_definition: Mapping[str, Any]) -> None:
    scheme = api_definition["components"]["securitySchemes"]["UsersService"]

    authorizer = dict(scheme["x-amazon-apigateway-authorizer"])
    uri = authorizer.pop("authorizerUri")

    assert authorizer == {
        "type": "request",
        "authorizerPayloadFormatVersion": "2.0",
        "enableSimpleResponses": True,
        "identitySource": ["$request.header.Authorization"],
        "authorizerResultTtlInSeconds": 0,
    }
    assert uri["Fn::Sub"][1] == {"__FunctionArn__": {"Ref": "AuthorizerArn"}}


def test_every_route_asks_the_authorizer(api_definition: Mapping[str, Any]) -> None:
    operations = [
        operation for path in api_definition["paths"].values() for operation in path.values()
    ]

    assert operations
    assert [operation.get("security") for operation in operations] == [
        [{"UsersService": []}] for _ in operations
    ]


def test_users_service_lets_the_apis_of_its_account_ask(stack: Deployment) -> None:
    permission = stack.template.document["Resources"]["VerifySessionMayBeAsked"]["Properties"]

    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert permission["Action"] == "lambda:InvokeFunction"
    # any API may be the asking one, but of this account only, and only its authorizers
    source = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:*/authorizers/*"
    assert permission["SourceArn"] == {"Fn::Sub": source}


def _decided(stack: Deployment, person: Person) -> Mapping[str, Any]:
    """Return the event of the route's function, with what the authorizer decided."""
    request = {
        "version": "2.0",
        "type": "REQUEST",
        "routeKey": "GET /hello",
        "headers": {"authorization": f"Bearer {person.token}"},
        "requestContext": {
            "http": {"method": "GET", "path": "/hello", "sourceIp": "192.0.2.7"},
            "requestId": "JKJaXmPLvHcESHA=",
        },
    }
    decision: Any = stack.invoke("VerifySession", request)
    # so API Gateway hands the decision's context on
    return {"requestContext": {"authorizer": {"lambda": decision["context"]}}}


def test_route_learns_who_is_calling(stack: Deployment, alice: Person) -> None:
    hello = runpy.run_path(str(EXAMPLE / "hello" / "hello.py"))["handler"]

    answer = hello(_decided(stack, alice), None)

    assert answer == {"message": f"Hello, user {alice.id}", "role": "read_only"}


@pytest.fixture
def vault(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """The route that takes a second factor, which was shown of late."""
    monkeypatch.setattr("time.time", lambda: clock().timestamp())
    handler: Vault = runpy.run_path(str(EXAMPLE / "hello" / "vault.py"))["handler"]
    return handler


def test_route_can_demand_a_second_factor(stack: Deployment, alice: Person, vault: Vault) -> None:
    assert vault(_decided(stack, alice), None) == REFUSED

    alice.sessions[0].update([UserSession.amr.set("pwd otp mfa")])

    assert vault(_decided(stack, alice), None) == {"message": f"The vault of user {alice.id}"}


def test_route_can_demand_a_proof_of_late(
    stack: Deployment, alice: Person, vault: Vault, clock: Clock
) -> None:
    alice.sessions[0].update([UserSession.amr.set("pwd otp mfa")])
    clock.advance(seconds=601)

    assert vault(_decided(stack, alice), None) == REFUSED

    alice.sessions[0].update([UserSession.proved_at.set(clock())])

    assert "message" in vault(_decided(stack, alice), None)


def test_back_end_has_shown_no_second_factor(vault: Vault) -> None:
    context = {"user_id": 1, "kind": "service"}

    assert vault({"requestContext": {"authorizer": {"lambda": context}}}, None) == REFUSED
