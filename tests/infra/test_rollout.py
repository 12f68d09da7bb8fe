"""How an update reaches the requests: as a version of its own, bit by bit, and back if it fails."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.support import expansion

ALARM = "AWS::CloudWatch::Alarm"
ALIAS = "AWS::Lambda::Alias"
FUNCTION = "AWS::Lambda::Function"
GROUP = "AWS::CodeDeploy::DeploymentGroup"
# only CloudFormation calls it, and must get the new code at once
AT_ONCE = "PrepareStack"
REPUBLISH = "Republish"
# the same for ever
BY_SAM = {"Key": "lambda:createdBy", "Value": "SAM"}


@pytest.fixture(scope="module")
def expanded() -> Mapping[str, Any]:
    """The template as SAM expands it for CloudFormation."""
    return expansion.expand(expansion.parameters_of("prod"))


def _versions(expanded: Mapping[str, Any]) -> dict[str, str]:
    """Return the logical ids of the functions' versions, by function."""
    return {
        version["Properties"]["FunctionName"]["Ref"]: name
        for name, version in expansion.of_type(expanded, "AWS::Lambda::Version").items()
    }


def _same(one: Mapping[str, str], other: Mapping[str, str]) -> set[str]:
    return {function for function in one if one[function] == other[function]}


# versions


def test_every_function_is_asked_through_an_alias_of_one_version(
    expanded: Mapping[str, Any],
) -> None:
    aliases = expansion.of_type(expanded, ALIAS).values()
    versions = _versions(expanded)

    assert {alias["Properties"]["FunctionName"]["Ref"] for alias in aliases} == set(versions)
    assert set(versions) == set(expansion.of_type(expanded, FUNCTION))
    for alias in (alias["Properties"] for alias in aliases):
        version = versions[alias["FunctionName"]["Ref"]]
        assert alias["FunctionVersion"] == {"Fn::GetAtt": [version, "Version"]}
        assert alias["Name"] == "live"


@pytest.mark.parametrize("changed", [{"code": "s3://bucket/x"}, {"layer": "s3://bucket/x"}])
def test_other_code_is_another_version(expanded: Mapping[str, Any], changed: Any) -> None:  # noqa: ANN401 - keywords
    parameters = expansion.parameters_of("prod")

    other = _versions(expansion.expand(parameters, **changed))

    assert _same(_versions(expanded), other) == set()


def test_the_same_template_is_the_same_version(expanded: Mapping[str, Any]) -> None:
    again = _versions(expansion.expand(expansion.parameters_of("prod")))

    assert _versions(expanded) == again


def test_other_settings_are_another_version(expanded: Mapping[str, Any]) -> None:
    # SAM does not look at the values of parameters; CloudFormation replaces a version whose
    # description changes
    for function, name in _versions(expanded).items():
        version = expanded["Resources"][name]["Properties"]
        revision = None if function == AT_ONCE else {"Fn::GetAtt": ["Setup", "Revision"]}
        assert version.get("Description") == revision

    # and Lambda publishes none that is the same as the last
    for name, resource in expansion.of_type(expanded, FUNCTION).items():
        variables = resource["Properties"]["Environment"]["Variables"]
        expected = "" if name == AT_ONCE else {"Fn::GetAtt": ["Setup", "Revision"]}
        assert variables["REVISION"] == expected


def _deciding(node: object, template: Mapping[str, Any]) -> set[str]:
    """Return the parameters that a part of the template depends on, by conditions too."""
    found = set(expansion.references(node))
    for name in expansion.conditions(node):
        found |= _deciding(template["Conditions"][name], template)
    return found & set(template["Parameters"])


def test_whatever_a_function_is_given_makes_another_revision(expanded: Mapping[str, Any]) -> None:
    given = set()
    for function in expansion.of_type(expanded, FUNCTION).values():
        # how many run at once is the function's, not the version's
        properties = {**function["Properties"], "ReservedConcurrentExecutions": None}
        given |= _deciding(properties, expanded)

    assert given - _deciding(expanded["Resources"]["Setup"]["Properties"], expanded) == set()


def test_revision_changes_with_nothing_that_functions_are_not_given(
    expanded: Mapping[str, Any],
) -> None:
    settings = expanded["Resources"]["Setup"]["Properties"]["Settings"]

    given = set()
    for function in expansion.of_type(expanded, FUNCTION).values():
        given |= _deciding(function["Properties"], expanded)

    assert set(expansion.references(settings)) - {REPUBLISH} <= given


def test_every_function_can_be_published_anew(expanded: Mapping[str, Any]) -> None:
    settings = expanded["Resources"]["Setup"]["Properties"]["Settings"]

    assert REPUBLISH in set(expansion.references(settings))


@pytest.mark.parametrize("value", ["0", "20", "100"])
def test_how_many_run_at_once_makes_no_version_that_lambda_would_not(
    expanded: Mapping[str, Any], value: str
) -> None:
    parameters = {**expansion.parameters_of("prod"), "HashingConcurrency": value}

    assert _versions(expansion.expand(parameters)) == _versions(expanded)


def test_tags_are_the_stacks_and_so_make_no_version_that_lambda_would_not(
    expanded: Mapping[str, Any],
) -> None:
    for function in expansion.of_type(expanded, FUNCTION).values():
        assert function["Properties"]["Tags"] == [BY_SAM]


# who asks


def _integrations(expanded: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for path in expanded["Resources"]["Api"]["Properties"]["Body"]["paths"].values():
        for operation in path.values():
            yield operation["x-amazon-apigateway-integration"]


def test_api_asks_the_aliases(expanded: Mapping[str, Any]) -> None:
    aliases = set(expansion.of_type(expanded, ALIAS))
    functions = set(expansion.of_type(expanded, FUNCTION))

    asked = [
        set(expansion.references(integration["uri"])) for integration in _integrations(expanded)
    ]

    assert asked
    for names in asked:
        assert len(names & aliases) == 1
        assert not names & functions


def test_queues_stream_and_authorizers_ask_the_alias(expanded: Mapping[str, Any]) -> None:
    mappings = expansion.of_type(expanded, "AWS::Lambda::EventSourceMapping").values()
    permission = expanded["Resources"]["VerifySessionMayBeAsked"]["Properties"]

    assert {mapping["Properties"]["FunctionName"]["Ref"] for mapping in mappings} == {
        f"{function}Aliaslive" for function in ("DeliverWebhooks", "PublishEvents", "SendMail")
    }
    assert permission["FunctionName"] == {"Ref": "VerifySessionAliaslive"}
    assert expanded["Outputs"]["AuthorizerArn"]["Value"] == {"Ref": "VerifySessionAliaslive"}


def test_cloudformation_asks_the_newest_code(expanded: Mapping[str, Any]) -> None:
    setup = expanded["Resources"]["Setup"]["Properties"]

    assert setup["ServiceToken"] == {"Fn::GetAtt": [AT_ONCE, "Arn"]}


# bit by bit, and back


@pytest.mark.parametrize(
    ("environment", "shift"),
    [
        ("default", "AllAtOnce"),
        ("staging", "Canary10Percent15Minutes"),
        ("prod", "Linear10PercentEvery3Minutes"),
    ],
)
def test_traffic_moves_as_configured_and_back_on_any_alarm(environment: str, shift: str) -> None:
    expanded = expansion.expand(expansion.parameters_of(environment))
    groups = expansion.of_type(expanded, GROUP)
    alarms = [{"Name": {"Ref": name}} for name in expansion.of_type(expanded, ALARM)]
    watched = {"Fn::If": ["RollsBackOnAlarm", {"Enabled": True, "Alarms": alarms}, {}]}

    functions = set(expansion.of_type(expanded, FUNCTION)) - {AT_ONCE}
    assert set(groups) == {f"{function}DeploymentGroup" for function in functions}
    for group in (group["Properties"] for group in groups.values()):
        config = group["DeploymentConfigName"]["Fn::Sub"]
        assert config == ["CodeDeployDefault.Lambda${ConfigName}", {"ConfigName": shift}]
        assert group["AlarmConfiguration"] == watched
        assert group["AutoRollbackConfiguration"]["Enabled"] is True
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]


@pytest.mark.parametrize("environment", ["default", "staging", "prod"])
@pytest.mark.parametrize("told", ["true", "false"])
def test_alarm_that_is_on_stops_a_deployment_unless_told_otherwise(
    environment: str, told: str
) -> None:
    given = expansion.parameters_of(environment)
    parameters = given if told == "true" else {**given, "RollBackOnAlarm": told}
    expanded = expansion.expand(parameters)

    stops = expansion.resolved(
        {"Fn::If": ["RollsBackOnAlarm", "true", "false"]}, expanded, parameters
    )

    assert stops == told


def test_aliases_are_moved_by_codedeploy(expanded: Mapping[str, Any]) -> None:
    moved = {
        alias["Properties"]["FunctionName"]["Ref"]: alias.get("UpdatePolicy", {})
        for alias in expansion.of_type(expanded, ALIAS).values()
    }

    assert moved.pop(AT_ONCE) == {}
    for function, policy in moved.items():
        group = policy["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]
        assert group == {"Ref": f"{function}DeploymentGroup"}


def test_alarms_are_there_before_anything_that_they_watch(expanded: Mapping[str, Any]) -> None:
    waits_for, more = set(), set(expansion.of_type(expanded, ALARM))
    while more:
        waits_for |= more
        more = {
            name
            for resource in more
            for name in expansion.references(expanded["Resources"][resource]["Properties"])
            if name in expanded["Resources"]
        } - waits_for

    kinds = {expanded["Resources"][name]["Type"] for name in waits_for}
    assert not kinds & {FUNCTION, ALIAS, GROUP, "AWS::ApiGatewayV2::Api"}
