"""What stands before the API adds its secret, says who calls, and lets every password through."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from cfnlint.api import lint  # type: ignore[import-untyped] # ships no types
from cfnlint.config import ManualArgs  # type: ignore[import-untyped] # ships no types
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types

from accounts.edge import proxy
from infra.cloudfront.__main__ import REGION, TEMPLATE
from infra.local import ROOT
from tests.support import expansion
from tests.support.filled import filled

DOCUMENT = yaml_parse(TEMPLATE.read_text(encoding="utf-8"))
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:users-eu-central-1-cloudfront-AbCdEf"
GIVEN = {
    "DomainName": "users.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/12345678",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
    "OriginDomain": "d-abc.execute-api.eu-central-1.amazonaws.com",
    "SecretArn": SECRET,
    "SecretVersion": "11111111-1111-1111-1111-111111111111",
}


@pytest.fixture(scope="module")
def resources() -> Mapping[str, Any]:
    """The stack's resources, without intrinsics."""
    return filled(DOCUMENT, GIVEN, stack="users-eu-central-1-cloudfront", region=REGION)


@pytest.fixture(scope="module")
def distribution(resources: Mapping[str, Any]) -> Mapping[str, Any]:
    """What CloudFront is configured to do."""
    config: Mapping[str, Any] = resources["Distribution"]["Properties"]["DistributionConfig"]
    return config


def _rules(resources: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    return {rule["Name"]: rule for rule in resources["Firewall"]["Properties"]["Rules"]}


def test_template_is_valid() -> None:
    found = lint(TEMPLATE.read_text(encoding="utf-8"), config=ManualArgs(regions=[REGION]))

    assert [str(match) for match in found] == []


def test_each_request_gets_the_secret_that_functions_look_for(
    distribution: Mapping[str, Any],
) -> None:
    (origin,) = distribution["Origins"]
    (header,) = origin["OriginCustomHeaders"]

    assert header["HeaderName"] == proxy.SECRET_HEADER
    # the value itself is in no template and no parameter
    version = GIVEN["SecretVersion"]
    expected = f"{{{{resolve:secretsmanager:{SECRET}:SecretString:::{version}}}}}"
    assert header["HeaderValue"] == expected
    assert origin["DomainName"] == GIVEN["OriginDomain"]
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"


def test_functions_get_all_that_the_client_sends_and_where_it_sends_it_from(
    resources: Mapping[str, Any], distribution: Mapping[str, Any]
) -> None:
    policy = resources["OriginRequests"]["Properties"]["OriginRequestPolicyConfig"]
    behavior = distribution["DefaultCacheBehavior"]

    assert policy["HeadersConfig"]["HeaderBehavior"] == "allViewerAndWhitelistCloudFront"
    assert [name.lower() for name in policy["HeadersConfig"]["Headers"]] == [proxy.ADDRESS_HEADER]
    assert policy["CookiesConfig"] == {"CookieBehavior": "all"}
    assert policy["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert set(behavior["AllowedMethods"]) >= {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def test_nothing_is_cached_and_nothing_goes_in_the_clear(distribution: Mapping[str, Any]) -> None:
    behavior = distribution["DefaultCacheBehavior"]

    # CachingDisabled, by the name that AWS gave it
    assert behavior["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert behavior["ViewerProtocolPolicy"] == "https-only"
    assert distribution["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert "CacheBehaviors" not in distribution


def test_distribution_has_the_firewall_whose_rules_are_aws_and_a_rate(
    resources: Mapping[str, Any],
) -> None:
    rules = _rules(resources)

    config = DOCUMENT["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    assert config["WebACLId"] == {"Fn::GetAtt": ["Firewall", "Arn"]}
    assert resources["Firewall"]["Properties"]["Scope"] == "CLOUDFRONT"
    assert [rule["Priority"] for rule in rules.values()] == list(range(len(rules)))
    managed = {
        rule["Statement"]["ManagedRuleGroupStatement"]["Name"]
        for rule in rules.values()
        if "ManagedRuleGroupStatement" in rule["Statement"]
    }
    assert managed == {
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
    }


def test_too_many_requests_are_refused_in_our_own_words(resources: Mapping[str, Any]) -> None:
    rule = _rules(resources)["RequestsPerAddress"]
    response = rule["Action"]["Block"]["CustomResponse"]
    bodies = resources["Firewall"]["Properties"]["CustomResponseBodies"]

    assert rule["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "IP"
    assert response["ResponseCode"] == 429
    assert response["ResponseHeaders"] == [{"Name": "retry-after", "Value": "300"}]
    assert json.loads(bodies["TooManyRequests"]["Content"]).keys() == {"error", "message"}


def _overridden(resources: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for rule in _rules(resources).values():
        group = rule["Statement"].get("ManagedRuleGroupStatement", {})
        yield from group.get("RuleActionOverrides", [])


def test_no_password_is_refused_for_what_it_looks_like(resources: Mapping[str, Any]) -> None:
    overridden = {rule["Name"]: rule["ActionToUse"] for rule in _overridden(resources)}

    # those rules of the groups that look into bodies, as AWS lists them
    bodies = {
        "CrossSiteScripting_BODY",
        "EC2MetaDataSSRF_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "JavaDeserializationRCE_BODY",
        "Log4JRCE_BODY",
        "SizeRestrictions_BODY",
    }
    assert overridden.keys() == bodies | {"NoUserAgent_HEADER"}
    assert all(action == {"Count": {}} for action in overridden.values())


def test_service_tells_where_its_requests_are_to_be_sent() -> None:
    output = expansion.expand()["Outputs"]["OriginDomain"]

    assert output["Value"] == {"Fn::GetAtt": ["Domain", "RegionalDomainName"]}
    assert output["Condition"] == "HasDomain"


def test_template_lies_where_the_makefile_checks_it() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert f"--template {TEMPLATE.relative_to(ROOT)}" in makefile
