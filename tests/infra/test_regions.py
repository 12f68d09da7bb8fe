"""The same stack in two regions of one account: neither takes a name that the other has."""

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types

from infra.cloudfront.__main__ import stack_name
from infra.local import ROOT
from infra.local.template.pseudo_parameters import ACCOUNT_ID
from tests.support import expansion
from tests.support.filled import filled

HERE, THERE = "eu-west-1", "us-west-2"
OF_CLOUDFRONT = "us-east-1"
GIVEN = {
    "CertificateArn": f"arn:aws:acm:{OF_CLOUDFRONT}:{ACCOUNT_ID}:certificate/12345678",
    "DomainName": "users.example.com",
    "OriginDomain": "d-abc.execute-api.eu-west-1.amazonaws.com",
    "SecretArn": f"arn:aws:secretsmanager:{OF_CLOUDFRONT}:{ACCOUNT_ID}:secret:users",
    "SecretVersion": "12345678",
}
# what is one for all regions of an account, and the property that would name it
GLOBAL_NAMES = {
    "AWS::CloudFront::CachePolicy": "CachePolicyConfig.Name",
    "AWS::CloudFront::OriginRequestPolicy": "OriginRequestPolicyConfig.Name",
    "AWS::CloudFront::ResponseHeadersPolicy": "ResponseHeadersPolicyConfig.Name",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::S3::Bucket": "BucketName",
    # CloudFront's lie in one region
    "AWS::WAFv2::WebACL": "Name",
}

Resources = Mapping[str, Mapping[str, Any]]


def _stack(region: str) -> dict[str, Any]:
    """Return the resources of a stack, and of the one within it, without intrinsics."""
    outer = filled(expansion.expand(), {}, stack="users", region=region)
    given = outer["Operations"]["Properties"]["Parameters"]
    nested = yaml_parse((ROOT / "infra/operations/template.yaml").read_text(encoding="utf-8"))
    return outer | filled(nested, given, stack="users-Operations", region=region)


def _before(region: str) -> dict[str, Any]:
    """Return the resources of the stack that puts CloudFront before one of a region."""
    template = yaml_parse((ROOT / "infra/cloudfront/template.yaml").read_text(encoding="utf-8"))
    return filled(template, GIVEN, stack=stack_name("users", region), region=OF_CLOUDFRONT)


def _global_names(resources: Resources) -> Iterator[tuple[str, str]]:
    for resource in resources.values():
        *within, last = GLOBAL_NAMES.get(resource["Type"], "").split(".")
        properties = reduce(lambda node, key: node[key], within, resource["Properties"])
        if last in properties:
            yield resource["Type"], properties[last]


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    if isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _texts(value)


def test_no_name_that_is_one_for_all_regions_is_taken_twice() -> None:
    here, there = (set(_global_names(_stack(region))) for region in (HERE, THERE))

    assert here
    assert here & there == set()


def test_what_stands_before_two_regions_takes_no_name_twice() -> None:
    here, there = (set(_global_names(_before(region))) for region in (HERE, THERE))

    assert here
    assert here & there == set()
    # what its stack, and its secret, are called in the one region that both lie in
    assert stack_name("users", HERE) != stack_name("users", THERE)


def test_nothing_is_exported_under_a_name() -> None:
    # an export cannot change while another stack imports it
    outputs = expansion.expand()["Outputs"].values()

    assert [output for output in outputs if "Export" in output] == []


@pytest.mark.parametrize(("region", "other"), [(HERE, THERE), (THERE, HERE)])
def test_nothing_in_a_stack_points_to_another_region(region: str, other: str) -> None:
    named = [text for text in _texts(_stack(region)) if other in text]

    assert named == []


def test_tokens_of_one_region_are_not_those_of_the_other() -> None:
    here, there = (
        _stack(region)["LogIn"]["Properties"]["Environment"]["Variables"]["ISSUER"]
        for region in (HERE, THERE)
    )

    assert here != there
