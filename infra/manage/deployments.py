"""Finding a deployment, and making this process work on it as one of its functions would."""

import argparse
import os
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.local import session

# which have all settings together; the first knows the issuer, whatever that is
FUNCTIONS = ("VerifySession", "BeginTotp", "ListUsers", "LogIn", "SaveWebhook", "SendMail")
# which are there only where somebody wants what they do
OPTIONAL = ("ExportTrail",)
# the output that says where the API answers
API_URL = "ApiUrl"
PASSWORD_KEYS = ("PasswordKey", "NewPasswordKey")


class DeploymentError(Exception):
    """The deployment cannot be found; the text says what to do."""


@dataclass(frozen=True)
class Deployment:
    """A deployment: the settings of its functions, and what CloudFormation made for it."""

    settings: Mapping[str, str]
    physical_id: Callable[[str], str | None]
    api_url: Callable[[], str]
    # what leads AWS clients there; None where the environment does already
    aws: Mapping[str, str] | None = None
    # DynamoDB's stand-in copies whole tables in each transaction, and does one thing at a time
    is_embedded: bool = False

    def enter(self) -> None:
        """Have this process's AWS clients and the accounts package work on this deployment."""
        if self.aws is not None:
            # whatever the shell says of AWS: a profile, a session token, another endpoint
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                del os.environ[name]
            os.environ.update(self.aws)
        os.environ.update(self.settings)

    def password_key_ids(self) -> frozenset[str]:
        """Return the keys of the password hashes that verify here."""
        ids = (self.physical_id(name) for name in PASSWORD_KEYS)
        return frozenset(key_id for key_id in ids if key_id)


# for what is done with files alone
NONE = Deployment({}, lambda _: None, lambda: "")


def find(options: argparse.Namespace) -> Deployment:
    """Return the deployment that the command line names, which for files need be none.

    Raises:
        DeploymentError: it names none, or there is none.
        BotoCoreError, ClientError: AWS does not say.
    """
    if getattr(options, "local", False):
        return local(session.file())
    if name := getattr(options, "stack", None):
        return stack(name)
    if getattr(options, "folder", None):
        return NONE
    raise DeploymentError(
        "Say which deployment: --stack NAME for one on AWS, --local for make run."
    )


def local(session_file: Path) -> Deployment:
    """Return what ``make run`` runs.

    Raises:
        DeploymentError: nothing runs, or the file is not one of make run.
    """
    try:
        return _described(session.read(session_file))
    except session.NothingRunsError as error:
        raise DeploymentError(str(error)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DeploymentError(f"{session_file} is not what make run writes.") from error


def _described(told: dict[str, Any]) -> Deployment:
    aws = told["aws"]
    resources: dict[str, dict[str, str]] = aws["resources"]
    return Deployment(
        told["settings"],
        lambda logical_id: resources.get(logical_id, {}).get("Ref"),
        lambda: str(told["base_url"]),
        aws["environment"],
        is_embedded=aws["dynamodb_endpoint_url"] == aws["endpoint_url"],
    )


def stack(name: str) -> Deployment:
    """Return the CloudFormation stack of this name.

    Asks for ``cloudformation:DescribeStackResource`` and ``lambda:GetFunctionConfiguration``.

    Raises:
        DeploymentError: there is no such stack, or it is not one of ours.
        BotoCoreError, ClientError: AWS does not say.
    """
    if region := os.environ.get("AWS_REGION"):
        # Lambda's name for it, which botocore does not read
        os.environ.setdefault("AWS_DEFAULT_REGION", region)
    cloudformation = boto3.client("cloudformation")

    def physical_id(logical_id: str) -> str | None:
        try:
            answer = cloudformation.describe_stack_resource(
                StackName=name, LogicalResourceId=logical_id
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                return None
            raise
        found: str = answer["StackResourceDetail"]["PhysicalResourceId"]
        return found

    def api_url() -> str:
        (described,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        (url,) = (o["OutputValue"] for o in described["Outputs"] if o["OutputKey"] == API_URL)
        return str(url)

    functions = [physical_id(name) for name in FUNCTIONS]
    if None in functions:
        region = cloudformation.meta.region_name
        raise DeploymentError(
            f"There is no users service in a stack {name} in {region}."
            " Check the name, the region (AWS_REGION) and the account (AWS_PROFILE)."
        )
    functions += map(physical_id, OPTIONAL)
    settings = ChainMap(*map(_settings_of, filter(None, functions)))
    return Deployment(settings, physical_id, api_url)


def _settings_of(function: str) -> dict[str, str]:
    configuration = boto3.client("lambda").get_function_configuration(FunctionName=function)
    variables: dict[str, str] = configuration["Environment"]["Variables"]
    return variables
