"""Memory, time and how many at once, as docs/deploy.md reasons them."""

from collections.abc import Mapping
from typing import Any

import pytest

from accounts import aws, invocation
from accounts.access import deployment
from accounts.edge import custom_resource
from accounts.mail import orders, sending
from tests.support import expansion

GATEWAY_SECONDS = 30
# one vCPU, which is all that one hash can use
ONE_CPU_MB = 1769
# of botocore's pauses between tries, when it is not throttled
PAUSES_SECONDS = 0.25


@pytest.fixture(scope="module")
def expanded() -> Mapping[str, Any]:
    """The template as SAM expands it for CloudFormation."""
    return expansion.expand()


@pytest.fixture(scope="module")
def functions(expanded: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The functions' properties by logical id."""
    found = expansion.of_type(expanded, "AWS::Lambda::Function")
    return {name: function["Properties"] for name, function in found.items()}


@pytest.fixture(scope="module")
def routed(expanded: Mapping[str, Any]) -> set[str]:
    """The functions that API Gateway waits for."""
    aliases = expansion.of_type(expanded, "AWS::Lambda::Alias")
    return {
        aliases[permission["Properties"]["FunctionName"]["Ref"]]["Properties"]["FunctionName"][
            "Ref"
        ]
        for permission in expansion.of_type(expanded, "AWS::Lambda::Permission").values()
        if permission["Properties"]["Principal"] == "apigateway.amazonaws.com"
    }


_KEYING_CODES = (
    *("AddPasskey", "EnableTotp", "LogInWithCode", "ProveSecondFactor", "RenewRecoveryCodes"),
    "SendMail",
)


def _hashing(expanded: Mapping[str, Any]) -> set[str]:
    """Return the functions that hash passwords; others that key something key what is shorter."""
    roles = {
        name
        for name, role in expansion.of_type(expanded, "AWS::IAM::Role").items()
        if "kms:GenerateMac" in str(role["Properties"].get("Policies"))
    }
    return {
        name
        for name, function in expansion.of_type(expanded, "AWS::Lambda::Function").items()
        if function["Properties"]["Role"]["Fn::GetAtt"][0] in roles
    } - {*_KEYING_CODES, "DeliverWebhooks", "PrepareStack", "SaveWebhook"}


# memory, and how many at once


def test_functions_that_hash_have_a_whole_cpu_and_no_other_pays_for_one(
    expanded: Mapping[str, Any], functions: Mapping[str, Mapping[str, Any]]
) -> None:
    whole = {name for name, function in functions.items() if function["MemorySize"] >= ONE_CPU_MB}

    assert whole == _hashing(expanded)
    assert {functions[name]["MemorySize"] for name in whole} == {ONE_CPU_MB}


def test_functions_that_hash_and_they_alone_are_kept_apart_from_the_rest_of_the_account(
    expanded: Mapping[str, Any], functions: Mapping[str, Mapping[str, Any]]
) -> None:
    limits = {
        name: function["ReservedConcurrentExecutions"]
        for name, function in functions.items()
        if "ReservedConcurrentExecutions" in function
    }

    limit = {"Fn::If": ["LimitsHashing", {"Ref": "HashingConcurrency"}, {"Ref": "AWS::NoValue"}]}
    assert limits == dict.fromkeys(_hashing(expanded), limit)


def test_new_account_can_deploy(expanded: Mapping[str, Any]) -> None:
    # such an account has ten at once, of which none can be reserved
    assert expanded["Parameters"]["HashingConcurrency"]["Default"] == 0
    assert "HashingConcurrency" not in expansion.parameters_of("default")


# time


def _longest_seconds(attempts: int, read_timeout_seconds: int) -> float:
    return attempts * (aws.CONNECT_TIMEOUT_SECONDS + read_timeout_seconds) + PAUSES_SECONDS


def test_call_to_aws_gives_up_in_the_time_that_is_kept_for_it() -> None:
    longest = _longest_seconds(aws.ATTEMPTS, aws.READ_TIMEOUT_SECONDS)

    assert longest <= invocation.LONGEST_CALL_SECONDS


def test_mail_gives_up_in_the_time_that_is_kept_for_it() -> None:
    longest = _longest_seconds(aws.MAIL_ATTEMPTS, aws.MAIL_READ_TIMEOUT_SECONDS)

    assert longest <= sending.LONGEST_CALL_SECONDS


def test_function_outlasts_a_call_and_the_gateway_outlasts_the_function(
    functions: Mapping[str, Mapping[str, Any]], routed: set[str]
) -> None:
    for name in routed:
        # time for work of its own, at the highest cost of a hash that the template allows too
        assert invocation.LONGEST_CALL_SECONDS + 5 < functions[name]["Timeout"] < GATEWAY_SECONDS


def test_notice_of_a_change_leaves_when_the_change_has_been_made_or_never_will(
    functions: Mapping[str, Mapping[str, Any]], routed: set[str]
) -> None:
    assert max(functions[name]["Timeout"] for name in routed) < orders.AFTER_THE_FACT_SECONDS


def test_batch_of_mails_is_not_given_to_another_while_it_is_worked_on(
    expanded: Mapping[str, Any], functions: Mapping[str, Mapping[str, Any]]
) -> None:
    timeout = functions["SendMail"]["Timeout"]
    visibility = expanded["Resources"]["MailQueue"]["Properties"]["VisibilityTimeout"]

    assert timeout > sending.LONGEST_CALL_SECONDS + invocation.LONGEST_CALL_SECONDS
    assert visibility >= 6 * timeout


def test_cloudformation_has_its_answer_before_the_function_and_its_own_patience_end(
    expanded: Mapping[str, Any], functions: Mapping[str, Mapping[str, Any]]
) -> None:
    timeout = functions["PrepareStack"]["Timeout"]
    patience = expanded["Resources"]["Setup"]["Properties"]["ServiceTimeout"]

    work = timeout - custom_resource.LONGEST_REPLY_SECONDS
    # six calls, of which one may fail as slowly as it can, after IAM has taken its time
    assert work > deployment.SPREADING_SECONDS + 2 * invocation.LONGEST_CALL_SECONDS
    assert timeout < patience


# snapshots


def test_snapshots_are_taken_only_if_asked_for_and_never_for_cloudformation(
    expanded: Mapping[str, Any], functions: Mapping[str, Mapping[str, Any]]
) -> None:
    taken = {name: function["SnapStart"]["ApplyOn"] for name, function in functions.items()}

    assert expanded["Parameters"]["SnapStart"]["Default"] == "false"
    assert taken.pop("PrepareStack") == "None"
    for applied in taken.values():
        assert applied == {"Fn::If": ["UsesSnapStart", "PublishedVersions", "None"]}
