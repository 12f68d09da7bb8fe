"""As much of the packaged stack as moto's own CloudFormation makes, led through its life there.

``test_moto.py`` measures why it is not all of it, and why it is not all of the life.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local.template.pseudo_parameters import REGION
from tests.support import expansion
from tests.support.rehearsal.packaged import Package

pytestmark = pytest.mark.rehearsal

STATEFUL = ("AWS::DynamoDB::Table", "AWS::KMS::Key")
MADE = {
    *STATEFUL,
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::Logs::LogGroup",
    "AWS::SQS::Queue",
}
NAMES = (f"made-{number}" for number in itertools.count(1))

Client = Callable[[str], Any]


@dataclass(frozen=True)
class Created:
    """A stack that CloudFormation was asked for."""

    aws: Client
    name: str
    template: Mapping[str, Any]

    def ids(self, *kinds: str) -> dict[str, str]:
        """Return the physical ids by logical id, of some types or of all."""
        pages = self.aws("cloudformation").get_paginator("list_stack_resources")
        return {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for page in pages.paginate(StackName=self.name)
            for one in page["StackResourceSummaries"]
            # one that a condition keeps out is listed too, without a name
            if one["LogicalResourceId"] and (not kinds or one["ResourceType"] in kinds)
        }

    def update(self, **parameters: str) -> None:
        """Change some parameters."""
        self.aws("cloudformation").update_stack(
            StackName=self.name,
            TemplateBody=json.dumps(self.template),
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
            ],
        )

    def delete(self) -> None:
        """Delete the stack."""
        self.aws("cloudformation").delete_stack(StackName=self.name)

    def there(self) -> set[str]:
        """Return the physical ids of all that the services themselves have."""
        return set(_in_aws(self.aws))


def _in_aws(aws: Client) -> Iterator[str]:
    for page in aws("dynamodb").get_paginator("list_tables").paginate():
        yield from page["TableNames"]
    for page in aws("kms").get_paginator("list_keys").paginate():
        yield from (key["KeyId"] for key in page["Keys"])
    for page in aws("iam").get_paginator("list_roles").paginate():
        yield from (role["RoleName"] for role in page["Roles"])
    for page in aws("iam").get_paginator("list_policies").paginate(Scope="Local"):
        yield from (policy["Arn"] for policy in page["Policies"])
    for page in aws("logs").get_paginator("describe_log_groups").paginate():
        yield from (group["logGroupName"] for group in page["logGroups"])
    for url in aws("sqs").list_queues().get("QueueUrls", []):
        # CloudFormation has AWS's own host in it
        yield f"https://sqs.{REGION}.amazonaws.com{urlsplit(url).path}"


@pytest.fixture
def created(aws: Client, packaged: Package) -> Created:
    """What CloudFormation makes of the packaged stack."""
    template = expansion.translated(packaged.template, {})
    resources = {
        name: _as_moto_knows_it(resource)
        for name, resource in template["Resources"].items()
        if resource["Type"] in MADE
    }
    resources = expansion.with_every_statement(resources)
    template = {**template, "Resources": resources, "Outputs": {}}
    name = next(NAMES)
    aws("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(template))
    return Created(aws, name, template)


def _as_moto_knows_it(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    # the two differ only while the stack is being made
    if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
        resource = {**resource, "DeletionPolicy": "Retain"}
    if resource["Type"] == "AWS::KMS::Key":
        # a policy that is no text makes it fail whenever the key is asked for
        return {**resource, "Properties": {**resource["Properties"], "KeyPolicy": "{}"}}
    return resource


def test_whatever_is_made_is_there_under_its_physical_id(created: Created) -> None:
    declared = {
        name
        for name, resource in created.template["Resources"].items()
        if "Condition" not in resource or resource["Condition"] == "HasKeyA"
    }

    ids = created.ids()

    assert set(ids) == declared
    assert len(set(ids.values())) == len(ids)
    assert set(ids.values()) <= created.there()


def test_update_adds_what_is_new_and_replaces_nothing(created: Created) -> None:
    before = created.ids()

    created.update(PublishBothSigningKeys="true")

    after = created.ids()
    assert set(after) - set(before) == {"SigningKeyB"}
    assert {name: after[name] for name in before} == before
    assert set(after.values()) <= created.there()


def test_deleted_stack_leaves_its_tables_and_keys_and_nothing_else(created: Created) -> None:
    ids = created.ids()
    # moto has forgotten to delete a managed policy
    stays = created.ids(*STATEFUL, "AWS::IAM::ManagedPolicy")

    created.delete()

    assert set(ids.values()) & created.there() == set(stays.values())
