"""Every policy of the expanded template passes a linter that knows AWS's actions and ARNs."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from parliament import analyze_policy_string  # type: ignore[import-untyped] # ships no types

from infra.local.template.pseudo_parameters import ACCOUNT_ID
from tests.support import expansion
from tests.support.filled import filled

STACK = {"stack": "users", "region": "eu-central-1"}
# with every key and every statement that only some stacks have
SHAPES: Mapping[str, Mapping[str, str]] = {
    "default": {},
    "everything": {
        "PublishBothSigningKeys": "true",
        "ReplacePasswordKey": "true",
        "Tracing": "Active",
    },
    "key pairs": {"SigningMode": "cached", "PublishBothSigningKeys": "true"},
    "keys of either mode": {"PublishBothSigningKeys": "modes"},
}
# SAM hands statements on without one, which only a policy variable would miss; there is none
BY_SAM = {"NO_VERSION"}
# in a key's own policy "*" is the key, and the account itself must be able to mend the policy
BY_KMS = {"RESOURCE_STAR", "PERMISSIONS_MANAGEMENT_ACTIONS"}
# to take on a role is to get its credentials
BY_TRUST = {"CREDENTIALS_EXPOSURE"}

Resources = Mapping[str, Mapping[str, Any]]


@pytest.fixture(params=SHAPES)
def resources(request: pytest.FixtureRequest) -> Resources:
    """All of the stack, with every reference replaced."""
    parameters = SHAPES[request.param]
    return filled(expansion.expand(parameters), parameters, **STACK)


def _of_roles(resources: Resources) -> Iterator[tuple[str, object]]:
    for name, resource in resources.items():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::IAM::Role":
            for policy in properties.get("Policies", []):
                yield name, policy["PolicyDocument"]
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            yield name, properties["PolicyDocument"]


def _of_keys(resources: Resources) -> Iterator[tuple[str, object]]:
    for name, resource in resources.items():
        if resource["Type"] == "AWS::KMS::Key":
            yield name, resource["Properties"]["KeyPolicy"]


def _of_trust(resources: Resources) -> Iterator[tuple[str, object]]:
    """Return who may take on a role, as policies; what the role is they leave out, as it is it."""
    for name, resource in resources.items():
        if resource["Type"] == "AWS::IAM::Role":
            document = resource["Properties"]["AssumeRolePolicyDocument"]
            role = f"arn:aws:iam::{ACCOUNT_ID}:role/{name}"
            statements = [{**one, "Resource": role} for one in document["Statement"]]
            yield name, {**document, "Statement": statements}


def _found(policy: object) -> dict[str, str]:
    """Return what the linter says by issue, ways to more rights than are granted among them."""
    findings = analyze_policy_string(json.dumps(policy), include_community_auditors=True).findings
    return {finding.issue: str(finding) for finding in findings}


def test_roles_and_their_boundary_grant_what_exists_and_nothing_that_leads_to_more(
    resources: Resources,
) -> None:
    found = [(name, _found(policy)) for name, policy in _of_roles(resources)]

    assert found
    assert [(name, issues) for name, issues in found if set(issues) - BY_SAM] == []


def test_trust_in_who_takes_on_a_role_is_well_formed(resources: Resources) -> None:
    found = [(name, _found(policy)) for name, policy in _of_trust(resources)]

    assert found
    assert [(name, issues) for name, issues in found if set(issues) - BY_TRUST] == []


def test_no_other_kind_of_resource_has_a_policy(resources: Resources) -> None:
    kinds = {
        resource["Type"] for resource in resources.values() if '"Effect":' in json.dumps(resource)
    }

    assert kinds == {"AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::KMS::Key"}


def test_policies_of_keys_are_well_formed(resources: Resources) -> None:
    found = [(name, _found(policy)) for name, policy in _of_keys(resources)]

    assert found
    assert [(name, issues) for name, issues in found if set(issues) - BY_KMS] == []


@pytest.mark.parametrize(
    ("statement", "issue"),
    [
        ({"Action": "dynamodb:GetItems"}, "UNKNOWN_ACTION"),
        ({"Resource": "arn:aws:dynamodb:eu-central-1:123456789012:users"}, "RESOURCE_MISMATCH"),
        ({"Condition": {"StringEquals": {"ses:From": "a@b.c"}}}, "UNKNOWN_CONDITION_FOR_ACTION"),
        ({"Resource": "*"}, "RESOURCE_STAR"),
    ],
)
def test_linter_sees_what_a_slip_would_be(statement: Mapping[str, Any], issue: str) -> None:
    right = {
        "Effect": "Allow",
        "Action": "dynamodb:GetItem",
        "Resource": "arn:aws:dynamodb:eu-central-1:123456789012:table/users",
    }

    of_right, of_slip = (
        set(_found({"Version": "2012-10-17", "Statement": [one]}))
        for one in (right, {**right, **statement})
    )

    assert of_right == set()
    assert of_slip == {issue}
