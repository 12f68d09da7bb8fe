"""The template as CloudFormation gets it: valid in every shape, and made as far as moto goes."""

import itertools
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from cfnlint.api import lint  # type: ignore[import-untyped] # ships no types
from cfnlint.config import ManualArgs  # type: ignore[import-untyped] # ships no types
from moto import mock_aws

from infra.local.template.pseudo_parameters import ACCOUNT_ID
from tests.support import expansion

# away from the stack that other tests of this process run on, for there is one moto a process
REGION = "eu-central-1"
CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT_ID}:certificate/12345678-1234-1234-1234-123456789012"
EVERYTHING = {
    "Stage": "prod",
    "Architecture": "x86_64",
    "Issuer": "https://users.example.com",
    "AllowedOrigins": "https://app.example.com,https://www.example.com",
    "PublishBothSigningKeys": "true",
    "ActiveSigningKey": "B",
    "ReplacePasswordKey": "true",
    "TrafficShift": "Canary10Percent30Minutes",
    "HashingConcurrency": "20",
    "SnapStart": "true",
    "Events": "true",
    "DomainName": "users.example.com",
    "CertificateArn": CERTIFICATE,
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
    "Tracing": "Active",
    "AlarmTopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:alarms",
}
SHAPES: Mapping[str, Mapping[str, str]] = {
    **{name: expansion.parameters_of(name) for name in ("default", "staging", "prod")},
    "key B alone": {"ActiveSigningKey": "B"},
    "key pair alone": {"SigningMode": "cached"},
    "either mode": {"PublishBothSigningKeys": "modes"},
    "DNS elsewhere": {"DomainName": "users.example.com", "CertificateArn": CERTIFICATE},
    "everything": EVERYTHING,
}

# SAM has used parameters up, and Tracing is held to one value
OF_NO_USE_LEFT = {"W2001", "W1028"}

# what moto's CloudFormation does not make, or not from such a template
BEYOND_MOTO = {
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudFormation::Stack",
    "AWS::CloudWatch::Alarm",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::Events::Rule",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Version",
    "AWS::Logs::MetricFilter",
    "AWS::Route53::RecordSetGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "Custom::PrepareStack",
}
STACKS = (f"users-{number}" for number in itertools.count(1))
STATEFUL = ("AWS::DynamoDB::Table", "AWS::KMS::Key")


@dataclass(frozen=True)
class Made:
    """A stack in moto's CloudFormation, and by logical id what it made."""

    name: str
    template: Mapping[str, Any]
    physical_ids: Mapping[str, str]

    def of_type(self, kind: str) -> dict[str, str]:
        """Return the physical ids of the resources of a type, by logical id."""
        declared = expansion.of_type(self.template, kind)
        return {name: self.physical_ids[name] for name in declared if name in self.physical_ids}


@contextmanager
def _made(parameters: Mapping[str, str]) -> Iterator[Made]:
    """Deploy what moto can of the template."""
    name = next(STACKS)
    template = expansion.expand(parameters)
    kept = {
        name: _as_moto_knows_it(name, resource)
        for name, resource in template["Resources"].items()
        if resource["Type"] not in BEYOND_MOTO
    }
    template = {**template, "Resources": kept, "Outputs": {}}
    with mock_aws(), warnings.catch_warnings():
        # it tells of what it does not know instead of refusing it
        warnings.simplefilter("error")
        client = boto3.Session().client("cloudformation", REGION)
        client.create_stack(
            StackName=name,
            TemplateBody=json.dumps(template),
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        pages = client.get_paginator("list_stack_resources").paginate(StackName=name)
        made = [resource for page in pages for resource in page["StackResourceSummaries"]]
        ids = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in made}
        yield Made(name, template, ids)


def _as_moto_knows_it(name: str, resource: Mapping[str, Any]) -> Mapping[str, Any]:
    resource = expansion.with_every_statement(resource)
    # CloudFormation ends the names that it makes up as they must end
    if resource.get("Properties", {}).get("FifoQueue"):
        return {**resource, "Properties": {**resource["Properties"], "QueueName": f"{name}.fifo"}}
    # the two differ only while the stack is being made
    if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
        return {**resource, "DeletionPolicy": "Retain"}
    return resource


# the conditions' other branches are looked at in any case
@pytest.mark.parametrize("shape", ["default", "everything"])
def test_expansion_is_valid(shape: str) -> None:
    expanded = expansion.expand(SHAPES[shape])
    for name, value in SHAPES[shape].items():
        expanded["Parameters"][name]["Default"] = value
    # SAM itself goes by this one: of what is left, only IsTraced depends on its other value
    tracing = expanded["Parameters"]["Tracing"]
    tracing["AllowedValues"] = [tracing["Default"]]

    found = lint(json.dumps(expanded), config=ManualArgs(regions=[REGION]))

    assert [str(match) for match in found if match.rule.id not in OF_NO_USE_LEFT] == []


@pytest.mark.parametrize("shape", SHAPES)
def test_what_moto_knows_is_made(shape: str) -> None:
    with _made(SHAPES[shape]) as made:
        counts = {
            kind: len(made.of_type(kind))
            for kind in {resource["Type"] for resource in made.template["Resources"].values()}
        }
        functions = expansion.of_type(expansion.expand(), "AWS::Lambda::Function").values()
        tells_events = SHAPES[shape].get("Events") == "true"
        exports_trail = SHAPES[shape].get("TrailExport") == "true"
        roles = {
            function["Properties"]["Role"]["Fn::GetAtt"][0]
            for function in functions
            if {"TellsEvents": tells_events, "ExportsTrail": exports_trail}.get(
                function.get("Condition", ""), True
            )
        }
        granted = sum(bool(role["PolicyNames"]) for role in _roles(made))

    keys = sum(
        {
            "FactorKey": 1,
            "PasswordKey": 1,
            "NewPasswordKey": SHAPES[shape].get("ReplacePasswordKey") == "true",
            "SigningKeys": 1 + ("PublishBothSigningKeys" in SHAPES[shape]),
        }.values()
    )
    seals = "cached" in SHAPES[shape].values() or "modes" in SHAPES[shape].values()
    assert counts == {
        "AWS::DynamoDB::Table": 12 if seals else 11,
        "AWS::Events::EventBus": 1 if tells_events else 0,
        "AWS::IAM::ManagedPolicy": 1,
        "AWS::IAM::Role": len(roles) + 1,  # CodeDeploy's
        "AWS::KMS::Key": keys,
        "AWS::Logs::LogGroup": 2,
        "AWS::SQS::Queue": 5 if tells_events else 2,
    }
    # all but the one of functions that need nothing of AWS, and CodeDeploy's
    assert granted == len(roles) - 1


def _roles(made: Made) -> Iterator[Mapping[str, Any]]:
    client = boto3.Session().client("iam", REGION)
    for name in made.of_type("AWS::IAM::Role").values():
        yield client.list_role_policies(RoleName=name)


@pytest.mark.parametrize("shape", ["default", "staging", "prod"])
def test_tables_are_protected_against_deletion_in_prod_alone(shape: str) -> None:
    with _made(SHAPES[shape]) as made:
        dynamodb = boto3.Session().client("dynamodb", REGION)
        protected = {
            name: dynamodb.describe_table(TableName=table)["Table"]["DeletionProtectionEnabled"]
            for name, table in made.of_type("AWS::DynamoDB::Table").items()
        }

    assert protected == dict.fromkeys(protected, shape == "prod")


def test_every_table_goes_back_to_any_second() -> None:
    # moto's CloudFormation leaves it out
    for table in expansion.of_type(expansion.expand(), "AWS::DynamoDB::Table").values():
        recovery = table["Properties"]["PointInTimeRecoverySpecification"]
        assert recovery == {"PointInTimeRecoveryEnabled": True}


def test_no_table_is_encrypted_with_a_key_that_is_charged_for() -> None:
    # without SSESpecification it is DynamoDB's own
    for table in expansion.of_type(expansion.expand(), "AWS::DynamoDB::Table").values():
        assert "SSESpecification" not in table["Properties"]


def test_gateway_logs_where_no_policy_of_the_account_fills_up() -> None:
    resources = expansion.expand()["Resources"]
    stage = resources["ApiApiGatewayDefaultStage"]["Properties"]

    assert stage["AccessLogSettings"]["DestinationArn"] == {"Fn::GetAtt": ["AccessLogs", "Arn"]}
    assert resources["AccessLogs"]["Properties"]["LogGroupName"] == {
        "Fn::Sub": "/aws/vendedlogs/${AWS::StackName}/access"
    }


def _cors(origins: str) -> Any:  # noqa: ANN401 - as API Gateway gets it
    parameters = {"AllowedOrigins": origins}
    expanded = expansion.expand(parameters)
    body = expanded["Resources"]["Api"]["Properties"]["Body"]
    return expansion.resolved(body["x-amazon-apigateway-cors"], expanded, parameters)


def test_browsers_of_the_given_origins_may_use_all_that_the_api_has() -> None:
    assert _cors("https://app.example.com,http://localhost:5173") == {
        "allowOrigins": ["https://app.example.com", "http://localhost:5173"],
        "allowMethods": ["GET", "POST", "PUT", "PATCH", "DELETE"],
        "allowHeaders": ["authorization", "content-type", "idempotency-key", "x-token-delivery"],
        "allowCredentials": True,
        "exposeHeaders": ["x-error-code", "x-request-id", "retry-after"],
        "maxAge": 600,
    }


def test_without_origins_there_is_no_cors() -> None:
    assert _cors("") is None


@pytest.mark.parametrize(
    ("origins", "is_taken"),
    [
        ("", True),
        ("https://app.example.com", True),
        ("https://app.example.com,http://localhost:5173,capacitor://localhost", True),
        ("https://app.example.com, http://localhost:5173", False),
        ("https://app.example.com,", False),
        ("https://app.example.com/", False),
        ("app.example.com", False),
        ("*", False),
    ],
)
def test_origins_are_taken_only_as_browsers_send_them(origins: str, is_taken: bool) -> None:
    pattern = expansion.expand()["Parameters"]["AllowedOrigins"]["AllowedPattern"]

    assert bool(re.fullmatch(pattern, origins)) == is_taken


def test_paths_are_the_same_under_a_name_of_ones_own() -> None:
    mapping = expansion.expand()["Resources"]["DomainMapping"]["Properties"]

    # with an ApiMappingKey functions would be given other paths
    assert mapping == {
        "ApiId": {"Ref": "Api"},
        "DomainName": {"Ref": "Domain"},
        "Stage": {"Ref": "ApiApiGatewayDefaultStage"},
    }


def test_mail_that_cannot_be_sent_goes_to_the_dead_letters() -> None:
    with _made({}) as made:
        sqs = boto3.Session().client("sqs", REGION)
        queues = made.of_type("AWS::SQS::Queue")
        mail, dead = (
            sqs.get_queue_attributes(QueueUrl=queues[name], AttributeNames=["All"])["Attributes"]
            for name in ("MailQueue", "MailDeadLetters")
        )

    assert json.loads(mail["RedrivePolicy"])["deadLetterTargetArn"] == dead["QueueArn"]


@pytest.mark.parametrize("kind", STATEFUL)
def test_whatever_cannot_be_made_again_stays(kind: str) -> None:
    resources = expansion.of_type(expansion.expand(), kind)

    assert resources
    for resource in resources.values():
        assert resource["UpdateReplacePolicy"] == "Retain"
        # but not what a first deployment made that then failed
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate"


def test_tables_and_keys_outlive_the_stack() -> None:
    with _made(EVERYTHING | {"Stage": "dev"}) as made:
        session = boto3.Session()
        session.client("cloudformation", REGION).delete_stack(StackName=made.name)

        # those of other tests may be there, too, and so more than a page has
        listed = session.client("dynamodb", REGION).get_paginator("list_tables").paginate()
        tables = {table for page in listed for table in page["TableNames"]}
        known = session.client("kms", REGION).get_paginator("list_keys").paginate()
        keys = {key["KeyId"] for page in known for key in page["Keys"]}
        queues = session.client("sqs", REGION).list_queues().get("QueueUrls", [])

    assert tables >= set(made.of_type("AWS::DynamoDB::Table").values())
    assert keys >= set(made.of_type("AWS::KMS::Key").values())
    assert not set(queues) & set(made.of_type("AWS::SQS::Queue").values())
