"""The emergency rotation, as CloudFormation is asked for it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from infra.local.template.reader import Template
from infra.manage import deployments, rotation
from tests.infra.manage.conftest import Manage
from tests.support.deployment import Deployment

STACK = "users"
USUAL = {"TrafficShift": "Linear10PercentEvery3Minutes", "RollBackOnAlarm": "true"}
AT_ONCE = {"TrafficShift": "AllAtOnce", "RollBackOnAlarm": "false"}
A_ALONE = {"ActiveSigningKey": "A", "PublishBothSigningKeys": "false"}
BOTH = {"ActiveSigningKey": "B", "PublishBothSigningKeys": "true"}
B_ALONE = {"ActiveSigningKey": "B", "PublishBothSigningKeys": "false"}

Updates = list[dict[str, str]]


@pytest.fixture
def updates(stack: Deployment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Updates]:
    """A stack that key A signs for, and the parameters of its updates, one after another."""
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "log_in.handler",
            "Role": _role(),
            "Code": {"ZipFile": "handler = None"},
            "Environment": {
                "Variables": {
                    name: value
                    for name, value in stack.environment.items()
                    if not name.startswith("AWS_")
                }
            },
        },
    }
    given = {**A_ALONE, **USUAL, "BcryptCost": "11"}
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(
            {
                "Parameters": {name: {"Type": "String"} for name in given},
                "Resources": {**dict.fromkeys(deployments.FUNCTIONS, function)},
            }
        ),
        Parameters=[{"ParameterKey": n, "ParameterValue": v} for n, v in given.items()],
    )
    made: Updates = []
    # where botocore is the same for whoever calls
    send = BaseClient._make_api_call  # type: ignore[attr-defined] # noqa: SLF001 - as above

    def send_and_note(client: BaseClient, operation: str, arguments: dict[str, Any]) -> object:
        answer = send(client, operation, arguments)
        if operation == "UpdateStack":
            assert arguments["UsePreviousTemplate"]
            assert arguments["Capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
            made.append(dict(rotation.parameters(STACK)))
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", send_and_note)
    yield made
    cloudformation.delete_stack(StackName=STACK)
    boto3.client("iam").delete_role(RoleName="any")


def _role() -> str:
    role = boto3.client("iam").create_role(RoleName="any", AssumeRolePolicyDocument="{}")["Role"]
    return str(role["Arn"])


def _rotate(manage: Manage, key: str, code: int = 0) -> str:
    ended = manage("rotate-signing-key", key, where=("--stack", STACK))
    assert ended.code == code, ended.err
    return ended.err


def test_key_is_published_then_alone_and_then_all_is_as_before(
    manage: Manage, updates: Updates
) -> None:
    told = _rotate(manage, "B")

    assert updates == [
        {**BOTH, **AT_ONCE, "BcryptCost": "11"},
        {**B_ALONE, **AT_ONCE, "BcryptCost": "11"},
        {**B_ALONE, **USUAL, "BcryptCost": "11"},
    ]
    assert "issue-service-token" in told


def test_rotation_that_was_interrupted_goes_on(manage: Manage, updates: Updates) -> None:
    rotation.update(STACK, BOTH)

    _rotate(manage, "B")

    assert [_keys(update) for update in updates] == [BOTH, B_ALONE, B_ALONE]


def test_stack_that_is_updated_at_once_as_a_rule_is_not_asked_to_change_nothing() -> None:
    changes = list(rotation.updates({**A_ALONE, **AT_ONCE}, "B"))

    assert changes == [{**BOTH, **AT_ONCE}, {"PublishBothSigningKeys": "false", **AT_ONCE}]


def test_key_that_is_alone_already_is_left_alone(manage: Manage, updates: Updates) -> None:
    told = _rotate(manage, "A", code=1)

    assert updates == []
    assert "Name the other" in told


def test_one_can_rotate_back(manage: Manage, updates: Updates) -> None:
    _rotate(manage, "B")

    _rotate(manage, "A")

    assert _keys(updates[-1]) == A_ALONE


def test_what_make_run_runs_has_no_such_rotation(manage: Manage) -> None:
    ended = manage("rotate-signing-key", "B")

    assert ended.code == 1
    assert "keys of its own" in ended.err


def test_template_has_the_parameters_that_are_changed(stack: Deployment) -> None:
    template: Template = stack.template

    for changes in rotation.updates({**A_ALONE, **USUAL}, "B"):
        for name, value in changes.items():
            declared = template.document["Parameters"][name]
            assert value in declared["AllowedValues"]


def _keys(parameters: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in parameters.items() if name in BOTH}
