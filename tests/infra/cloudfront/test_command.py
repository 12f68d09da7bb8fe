"""One command puts CloudFront before a stack, in the order that loses no request."""

import json
import subprocess
from collections.abc import Mapping
from typing import Any

import boto3
import pytest

from accounts.edge import proxy
from infra.cloudfront.__main__ import main
from infra.manage import rotation

REGION = "eu-central-1"
ORIGIN = "d-abc.execute-api.eu-central-1.amazonaws.com"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678"
COMMAND = ["--stack", "users", "--certificate", CERTIFICATE, "--hosted-zone", "Z012345"]

Done = list[Any]


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Done:
    """What is done to stacks: updates of the service's, and command lines."""
    done: Done = []

    def update(stack: str, changes: Mapping[str, str]) -> None:
        done.append((stack, changes))

    def run(command: list[str], *, check: bool) -> None:
        assert check
        done.append(command)

    monkeypatch.setattr(rotation, "update", update)
    monkeypatch.setattr(subprocess, "run", run)
    return done


def _service(**outputs: str) -> None:
    """Deploy a stack that has what the service's stack tells of itself."""
    template = {
        "Parameters": {
            "DomainName": {"Type": "String", "Default": "users.example.com"},
            "TrustedProxy": {"Type": "String", "Default": ""},
        },
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    boto3.client("cloudformation").create_stack(
        StackName="users", TemplateBody=json.dumps(template)
    )


def test_functions_accept_the_secret_before_cloudfront_sends_it(done: Done) -> None:
    _service(OriginDomain=ORIGIN)

    assert main(COMMAND) == 0

    client = boto3.client("secretsmanager", region_name="us-east-1")
    secret = client.get_secret_value(SecretId=f"users-{REGION}-cloudfront")
    accepted, deployed = done
    assert accepted == ("users", {"TrustedProxy": proxy.digest(secret["SecretString"])})
    assert deployed[1:3] == ["deploy", "--template-file"]
    assert deployed[deployed.index("--region") + 1] == "us-east-1"
    parameters = dict(
        pair.split("=", 1) for pair in deployed[deployed.index("--parameter-overrides") + 1 :]
    )
    assert parameters == {
        "DomainName": "users.example.com",
        "CertificateArn": CERTIFICATE,
        "HostedZoneId": "Z012345",
        "OriginDomain": ORIGIN,
        "SecretArn": secret["ARN"],
        "SecretVersion": secret["VersionId"],
    }
    assert secret["SecretString"] not in str(done)


def test_stack_without_a_name_of_its_own_is_refused(
    done: Done, capsys: pytest.CaptureFixture[str]
) -> None:
    _service()

    assert main(COMMAND) == 1

    assert "has no name of its own" in capsys.readouterr().err
    assert done == []


def test_failed_deployment_fails_the_command(monkeypatch: pytest.MonkeyPatch, done: Done) -> None:
    _service(OriginDomain=ORIGIN)

    def fail(command: list[str], *, check: bool) -> None:
        raise subprocess.CalledProcessError(3, command)

    monkeypatch.setattr(subprocess, "run", fail)

    assert main(COMMAND) == 3
