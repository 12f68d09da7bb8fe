"""The example application that has the users service decide who may call its own API."""

import runpy
from collections.abc import Mapping
from typing import Any

import pytest
from samtranslator.translator.transform import (  # type: ignore[import-untyped] # ships no types
    transform,
)
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types

from infra.local import ROOT
from tests.support.deployment import Deployment
from tests.support.expansion import NoManagedPolicies
from tests.support.people import Person

EXAMPLE = ROOT / "docs" / "verify-elsewhere"
FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:users-VerifySession-1:live"


@pytest.fixture
def api_definition(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """The OpenAPI document that CloudFormation is given for the example's API."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    template = yaml_parse((EXAMPLE / "template.yaml").read_text(encoding="utf-8"))
    # as uploaded
    template["Resources"]["Hello"]["Properties"]["CodeUri"] = "s3://bucket/hello.zip"
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


def test_route_learns_who_is_calling(stack: Deployment, alice: Person) -> None:
    hello = runpy.run_path(str(EXAMPLE / "hello" / "hello.py"))["handler"]
    headers = {"authorization": f"Bearer {alice.token}"}
    request = {
        "version": "2.0",
        "type": "REQUEST",
        "routeKey": "GET /hello",
        "headers": headers,
        "requestContext": {
            "http": {"method": "GET", "path": "/hello", "sourceIp": "192.0.2.7"},
            "requestId": "JKJaXmPLvHcESHA=",
        },
    }
    decision: Any = stack.invoke("VerifySession", request)

    # so API Gateway hands the decision's context on to the route's function
    answer = hello({"requestContext": {"authorizer": {"lambda": decision["context"]}}}, None)

    assert answer == {"message": f"Hello, user {alice.id}", "role": "read_only"}
