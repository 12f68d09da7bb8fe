"""How a deployment is found, and what is said when it is not."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError, NoCredentialsError, NoRegionError

from accounts import settings
from accounts.errors import UnavailableError
from accounts.storage import users
from infra.manage import deployments, problems
from infra.manage.__main__ import main
from infra.manage.arguments import parser
from tests.infra.manage.conftest import Manage
from tests.support.deployment import Deployment
from tests.support.people import Person


@pytest.fixture
def stack_on_aws(stack: Deployment) -> Iterator[str]:
    """A CloudFormation stack with what the command line looks for."""
    role = boto3.client("iam").create_role(RoleName="any", AssumeRolePolicyDocument="{}")["Role"]
    variables = {n: v for n, v in stack.environment.items() if not n.startswith("AWS_")}
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "log_in.handler",
            "Role": role["Arn"],
            "Code": {"ZipFile": "handler = None"},
            "Environment": {"Variables": variables},
        },
    }
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {}}}
    template = {
        "Resources": {**dict.fromkeys(deployments.FUNCTIONS, function), "PasswordKey": key},
        "Outputs": {"Issuer": {"Value": "urn:users"}, "ApiUrl": {"Value": "https://api.example"}},
    }
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(StackName="users-dev", TemplateBody=json.dumps(template))
    yield "users-dev"
    cloudformation.delete_stack(StackName="users-dev")
    boto3.client("iam").delete_role(RoleName="any")


def test_stack_on_aws_is_worked_on_with_its_own_settings(
    manage: Manage, stack_on_aws: str, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("USERS_TABLE")
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    ended = manage("disable", alice.email, where=("--stack", stack_on_aws))

    assert ended.code == 0
    assert not users.is_active(alice.account)
    assert os.environ["USERS_TABLE"]


def test_password_keys_of_a_stack_are_those_that_it_has(stack_on_aws: str) -> None:
    (key_id,) = deployments.stack(stack_on_aws).password_key_ids()

    assert boto3.client("kms").describe_key(KeyId=key_id)["KeyMetadata"]["Enabled"]


def test_api_of_a_stack_is_where_its_output_says(stack_on_aws: str) -> None:
    assert deployments.stack(stack_on_aws).api_url() == "https://api.example"


def test_unknown_stack_is_told_with_where_it_was_looked_for(manage: Manage) -> None:
    ended = manage("list-sessions", "1", where=("--stack", "users-nowhere"))

    assert ended.code == 1
    assert "users-nowhere in us-east-1" in ended.err


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"aws": {}}', '{"aws": null}', "\xff"])
def test_what_is_no_session_file_is_told(
    manage: Manage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content.encode("latin-1"))
    monkeypatch.setenv("SESSION", str(path))

    ended = manage("list-sessions", "1")

    assert (ended.code, ended.err) == (1, f"{path} is not what make run writes.\n")


@pytest.mark.parametrize("error", [NoCredentialsError(), NoRegionError()])
def test_what_is_missing_is_told_in_sentences(error: Exception) -> None:
    missing, remedy = problems.explained(error).split(". ")

    assert missing
    assert remedy == "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_REGION."


def test_missing_region_is_told(manage: Manage, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    # made when there was a region
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    ended = manage("list-sessions", "1", where=("--stack", "users-dev"))

    assert ended.code == 1
    assert "AWS_REGION" in ended.err


def test_local_run_that_is_not_there_is_told(manage: Manage, session_file: Path) -> None:
    session_file.unlink()

    ended = manage("list-sessions", "1")

    assert ended.code == 1
    assert "make run" in ended.err


def test_local_run_that_has_ended_is_told(manage: Manage, embedded: socket.socket) -> None:
    embedded.close()

    ended = manage("list-sessions", "1")

    assert ended.code == 1
    assert "has ended. Start it anew: make run" in ended.err


def test_local_run_is_never_mixed_with_the_shells_aws(
    manage: Manage, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "somebody's own")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "somebody's own")

    manage("list-sessions", alice.email)

    assert "AWS_PROFILE" not in os.environ
    assert "AWS_SESSION_TOKEN" not in os.environ


def test_no_deployment_named_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list-sessions", "1"]) == 1

    assert "--stack NAME" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--stack", "users-dev", "list-sessions", "1"],
        ["list-sessions", "1", "--stack", "users-dev"],
        ["list-sessions", "--stack", "users-dev", "1"],
    ],
)
def test_deployment_may_be_named_anywhere(arguments: list[str]) -> None:
    assert parser().parse_args(arguments).stack == "users-dev"


def test_settings_of_another_version_are_told(
    manage: Manage, session_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = json.loads(session_file.read_text())
    del session["settings"]["BCRYPT_COST"]
    session_file.write_text(json.dumps(session))
    monkeypatch.delenv("BCRYPT_COST")
    settings.current.cache_clear()

    ended = manage("create-administrator", "olga@example.com", "--name", "Olga")

    assert ended.code == 1
    assert "another version" in ended.err
    assert "BCRYPT_COST" in ended.err


def test_what_aws_refuses_is_told_in_its_own_words() -> None:
    refusal = ClientError(
        {"Error": {"Code": "AccessDeniedException", "Message": "not authorized to GetItem"}},
        "GetItem",
    )
    error = UnavailableError()
    error.__cause__ = refusal

    assert "not authorized to GetItem" in problems.explained(error)


def test_operator_whom_the_keys_do_not_know_is_told_how_they_would() -> None:
    told = problems.explained(UnavailableError("KMS", "AccessDeniedException"))

    assert "OperatorArn" in told
    assert "OperatorArn" not in problems.explained(
        UnavailableError("DynamoDB", "AccessDeniedException")
    )
