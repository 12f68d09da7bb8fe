"""What moto's own CloudFormation does not do, measured: when one of these fails, it has learnt it.

Each is a reason for ``tests/support/rehearsal/stack.py``. What it does make of the stack,
``test_through_cloudformation.py`` has it make.
"""

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
from moto.cloudformation.custom_model import CustomModel

from infra.local.template.pseudo_parameters import ACCOUNT_ID
from tests.support import expansion
from tests.support.rehearsal.packaged import Package

pytestmark = [
    pytest.mark.rehearsal,
    pytest.mark.filterwarnings("ignore"),  # it warns of what it does not know
]

NAMES = (f"moto-{number}" for number in itertools.count(1))
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
KEY = {
    "Type": "AWS::KMS::Key",
    "DeletionPolicy": "Retain",
    "Properties": {
        "Description": "signs",
        "KeySpec": "ECC_NIST_P256",
        "KeyUsage": "SIGN_VERIFY",
        "KeyPolicy": json.dumps(POLICY),
    },
}
# of what the stack has
NOT_MADE = {
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudWatch::Alarm",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::Lambda::Alias",
    "AWS::Logs::MetricFilter",
}
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {}}

Client = Callable[[str], Any]


def _template(resources: Mapping[str, Any], **parameters: str) -> str:
    declared = {name: {"Type": "String", "Default": value} for name, value in parameters.items()}
    return json.dumps({"Parameters": declared, "Resources": resources})


def _ids(aws: Client, name: str) -> dict[str, str]:
    listed = aws("cloudformation").list_stack_resources(StackName=name)["StackResourceSummaries"]
    return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in listed}


@pytest.fixture
def name() -> str:
    """The name of a stack."""
    return next(NAMES)


def test_it_makes_every_key_symmetric(aws: Client, name: str) -> None:
    aws("cloudformation").create_stack(StackName=name, TemplateBody=_template({"Key": KEY}))

    key = aws("kms").describe_key(KeyId=_ids(aws, name)["Key"])["KeyMetadata"]
    assert key["KeySpec"] == "SYMMETRIC_DEFAULT"


def test_it_sees_a_changed_parameter_only_where_ref_names_it(aws: Client, name: str) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": {"Fn::Sub": "${Long}"}}}
    body = _template({"Queue": queue}, Long="30")
    aws("cloudformation").create_stack(StackName=name, TemplateBody=body)

    aws("cloudformation").update_stack(
        StackName=name,
        TemplateBody=body,
        Parameters=[{"ParameterKey": "Long", "ParameterValue": "60"}],
    )

    attributes = aws("sqs").get_queue_attributes(
        QueueUrl=_ids(aws, name)["Queue"], AttributeNames=["VisibilityTimeout"]
    )["Attributes"]
    assert attributes == {"VisibilityTimeout": "30"}


def test_it_deletes_on_update_what_is_to_be_retained(aws: Client, name: str) -> None:
    table = {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        },
    }
    both = _template({"Table": table, "Queue": QUEUE})
    aws("cloudformation").create_stack(StackName=name, TemplateBody=both)
    retained = _ids(aws, name)["Table"]

    aws("cloudformation").update_stack(StackName=name, TemplateBody=_template({"Queue": QUEUE}))

    assert retained not in aws("dynamodb").list_tables()["TableNames"]


def test_it_rolls_nothing_back(aws: Client, name: str) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"Path": "/"}}  # without a trust policy
    body = _template({"Queue": QUEUE, "Role": role})

    with pytest.raises((ClientError, ResponseParserError)):
        aws("cloudformation").create_stack(StackName=name, TemplateBody=body)

    left = aws("sqs").list_queues(QueueNamePrefix=f"{name}-Queue")["QueueUrls"]
    assert len(left) == 1


def test_it_leaves_out_most_types_of_the_stack_and_says_that_all_is_well(
    aws: Client, packaged: Package, name: str
) -> None:
    template = expansion.translated(packaged.template, {})
    left_out = {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] in NOT_MADE
    }
    assert {resource["Type"] for resource in left_out.values()} == NOT_MADE

    aws("cloudformation").create_stack(
        StackName=name, TemplateBody=json.dumps({**template, "Resources": left_out, "Outputs": {}})
    )

    (told,) = aws("cloudformation").describe_stacks(StackName=name)["Stacks"]
    assert told["StackStatus"] == "CREATE_COMPLETE"
    assert set(_ids(aws, name)) <= {""}


def test_it_cannot_make_the_whole_stack(aws: Client, packaged: Package, name: str) -> None:
    template = expansion.translated(packaged.template, {})

    with pytest.raises((ClientError, ResponseParserError)):
        aws("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(template))


def test_it_cannot_change_a_function_that_has_a_layer(
    aws: Client, packaged: Package, name: str
) -> None:
    template = expansion.translated(packaged.template, {})["Resources"]
    code = template["LogIn"]["Properties"]["Code"]
    layer = next(
        resource
        for resource in template.values()
        if resource["Type"] == "AWS::Lambda::LayerVersion"
    )
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "log_in.handler",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": code,
            "Layers": [{"Ref": "Layer"}],
            "MemorySize": {"Ref": "Memory"},
        },
    }
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
    content = {"LayerName": "shared", "Content": layer["Properties"]["Content"]}
    body = _template(
        {"Layer": {**layer, "Properties": content}, "Role": role, "LogIn": function}, Memory="256"
    )
    aws("cloudformation").create_stack(StackName=name, TemplateBody=body)

    with pytest.raises((ClientError, ResponseParserError)):
        aws("cloudformation").update_stack(
            StackName=name,
            TemplateBody=body,
            Parameters=[{"ParameterKey": "Memory", "ParameterValue": "512"}],
        )


def test_it_asks_nobody_when_a_custom_resource_changes() -> None:
    # what its models lack an update for, an update leaves alone
    assert vars(CustomModel.update_from_cloudformation_json)["__isabstractmethod__"] is True
