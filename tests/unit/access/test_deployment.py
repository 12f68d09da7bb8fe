"""The custom resource, from CloudFormation's event to the answer that it waits for."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from accounts import invocation
from accounts.access import roles
from accounts.edge.custom_resource import LONGEST_REPLY_SECONDS
from accounts.storage.tables import Role
from infra.local.lambdas.in_process import load_module
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment
from tests.support.logged import Log

# CloudFormation takes no longer answer
LONGEST_ANSWER_BYTES = 4096


@dataclass
class CloudFormation:
    """What waits for the answer; it gives ``status`` to who brings it."""

    url: str = ""
    status: int = 200
    longest: int = 0
    answers: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    """CloudFormation, on this machine."""
    waiting = CloudFormation()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            waiting.longest = max(waiting.longest, len(body))
            waiting.answers.append(json.loads(body))
            waiting.headers.append(dict(self.headers.items()))
            self.send_response(waiting.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        waiting.url = f"http://127.0.0.1:{server.server_port}/answer?signature=abc"
        yield waiting
        server.shutdown()
        thread.join()


Send = Callable[..., dict[str, Any]]


@pytest.fixture
def send(stack: Deployment, aws_calls: AwsCalls, cloudformation: CloudFormation, log: Log) -> Send:
    """Send an event to the function and return what it answered."""
    (resource,) = stack.template.custom_resources(stack.resources)
    function = stack.template.function(resource.function_id, stack.resources)
    handler = load_module(function).handler

    def call(
        request_type: str,
        *,
        seconds: float = function.timeout_seconds,
        without: str = "",
        **other: Any,  # noqa: ANN401 - any JSON
    ) -> dict[str, Any]:
        event = {
            "RequestType": request_type,
            "ResponseURL": cloudformation.url,
            "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/users/1",
            "RequestId": "request-2",
            "ResourceType": "Custom::PrepareStack",
            "LogicalResourceId": resource.logical_id,
            "ResourceProperties": {"ServiceToken": "arn", **resource.properties},
            **other,
        }
        event.pop(without, None)
        context = SimpleNamespace(
            aws_request_id="request-1",
            log_stream_name="2026/01/01/[1]abc",
            get_remaining_time_in_millis=lambda: int(seconds * 1000),
        )
        aws_calls.function = function.logical_id
        try:
            assert handler(event, context) is None
        finally:
            aws_calls.function = ""
        return cloudformation.answers[-1]

    return call


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, in seconds; none takes any time."""
    made: list[float] = []
    monkeypatch.setattr("accounts.access.deployment.time.sleep", made.append)
    return made


def test_creation_gives_the_public_key_and_which_one_signs(send: Send, stack: Deployment) -> None:
    answer = send("Create")

    data = answer.pop("Data")
    assert answer == {
        "Status": "SUCCESS",
        "NoEcho": True,
        "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/users/1",
        "RequestId": "request-2",
        "LogicalResourceId": "Setup",
        "PhysicalResourceId": "Setup",
    }
    (key,) = json.loads(data["Jwks"])["keys"]
    assert data["SigningKid"] == key["kid"]
    assert data.pop("Revision")
    assert re.fullmatch(r"[0-9a-f]{96}", data["LogKey"])
    names = ("Jwks", "LogKey", "SigningKid")
    assert data == {name: stack.resources["Setup"][name] for name in names}


def test_revision_is_another_for_any_other_setting(send: Send, stack: Deployment) -> None:
    (resource,) = stack.template.custom_resources(stack.resources)
    settings = resource.properties["Settings"]

    def revision(values: Sequence[str]) -> str:
        properties = {**resource.properties, "Settings": values}
        answer: str = send("Update", ResourceProperties=properties)["Data"]["Revision"]
        return answer

    as_it_is = revision(settings)
    others = {
        revision([*settings[:number], "other", *settings[number + 1 :]])
        for number in range(len(settings))
    }

    assert revision(settings) == as_it_is
    assert len(others - {as_it_is}) == len(settings)


def test_answer_carries_no_content_type(send: Send, cloudformation: CloudFormation) -> None:
    send("Create")

    (headers,) = cloudformation.headers
    assert {name.lower(): value for name, value in headers.items()}["content-type"] == ""


def test_creation_seeds_the_roles(send: Send) -> None:
    for role in Role.scan():
        role.delete()

    send("Create")

    assert {role.name for role in Role.scan()} == {
        "administrator",
        "methodist",
        "read_only",
        "service",
    }


def test_update_gives_the_same_and_leaves_edited_roles_alone(send: Send) -> None:
    created = send("Create")
    role = Role.get("methodist")
    role.permissions = ["content:read"]
    role.save()

    updated = send("Update", PhysicalResourceId="Setup", OldResourceProperties={})

    assert updated == created
    assert Role.get("methodist").permissions == ["content:read"]


def test_update_keeps_the_resource_that_there_is(send: Send) -> None:
    # another one would have CloudFormation delete this one
    assert send("Update", PhysicalResourceId="other")["PhysicalResourceId"] == "other"


def test_roles_that_are_to_demand_a_second_factor_do(send: Send, stack: Deployment) -> None:
    (resource,) = stack.template.custom_resources(stack.resources)

    def demanding(**properties: str) -> set[str]:
        answer = send("Update", ResourceProperties={**resource.properties, **properties})
        assert answer["Status"] == "SUCCESS"
        return {role.name for role in Role.scan() if roles.demands_second_factor(role)}

    assert resource.properties["SecondFactorFor"] == ""
    assert demanding(SecondFactorFor="administrator,methodist") == {"administrator", "methodist"}
    assert demanding(SecondFactorFor="methodist") == {"methodist"}
    assert demanding(SecondFactorFor="") == set()


def test_update_is_rolled_back_to_a_version_that_says_nothing_of_second_factors(
    send: Send, stack: Deployment
) -> None:
    (resource,) = stack.template.custom_resources(stack.resources)
    before = {**resource.properties}
    send("Update", ResourceProperties={**before, "SecondFactorFor": "administrator"})
    del before["SecondFactorFor"]

    assert send("Update", ResourceProperties=before)["Status"] == "SUCCESS"

    assert not roles.demands_second_factor(Role.get("administrator"))


@pytest.mark.parametrize("name", ["gardener", "service"])
def test_deployment_fails_that_demands_one_of_what_is_no_role_of_people(
    send: Send, stack: Deployment, name: str
) -> None:
    (resource,) = stack.template.custom_resources(stack.resources)

    with stack.unchanged():
        answer = send("Update", ResourceProperties={**resource.properties, "SecondFactorFor": name})

    assert answer["Reason"] == "SecondFactorForError, see log stream 2026/01/01/[1]abc"


def test_deletion_does_nothing_and_succeeds(
    send: Send, stack: Deployment, aws_calls: AwsCalls
) -> None:
    with stack.unchanged():
        answer = send("Delete", PhysicalResourceId="Setup", ResourceProperties={})

    assert (answer["Status"], answer["Data"]) == ("SUCCESS", {})
    assert aws_calls.operations == []


def test_failure_is_answered_at_once_and_tells_where_to_look(
    send: Send, aws_calls: AwsCalls, log: Log, pauses: list[float]
) -> None:
    error = ClientError({"Error": {"Code": "KMSInternalException", "Message": "canary"}}, "x")
    calls = _number_of_calls(send, aws_calls)
    for number in range(1, calls + 1):
        aws_calls.forget()
        aws_calls.fail(number, error)

        answer = send("Create")

        assert answer["Status"] == "FAILED"
        assert answer["Reason"] == "UnavailableError, see log stream 2026/01/01/[1]abc"
        assert "Data" not in answer
    assert len(log.named("crash")) == calls
    assert "canary" not in log.text
    assert pauses == []


def _deny(aws_calls: AwsCalls) -> None:
    aws_calls.allowed = {"PrepareStack": frozenset()}


def test_rights_that_have_not_spread_yet_are_waited_for(
    send: Send, aws_calls: AwsCalls, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    rights = aws_calls.allowed
    _deny(aws_calls)

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            aws_calls.allowed = rights

    monkeypatch.setattr("accounts.access.deployment.time.sleep", sleep)

    answer = send("Create")

    assert answer["Status"] == "SUCCESS"
    assert len(pauses) == 3


def test_rights_that_are_denied_for_good_fail_in_time(
    send: Send, aws_calls: AwsCalls, pauses: list[float]
) -> None:
    _deny(aws_calls)

    answer = send("Create")

    assert answer["Reason"].startswith("UnavailableError")
    assert sum(pauses) == 35


@pytest.mark.parametrize("missing", ["ResourceProperties", "RequestType"])
def test_event_that_lacks_something_is_answered(send: Send, missing: str) -> None:
    answer = send("Create", without=missing)

    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("KeyError")


@pytest.mark.parametrize("properties", [None, [], "text", {}, {"PublishedKeyIds": 7}])
def test_properties_that_are_none_are_answered(send: Send, properties: object) -> None:
    assert send("Update", ResourceProperties=properties)["Status"] == "FAILED"


def test_too_little_time_is_answered_while_there_is_some(send: Send, aws_calls: AwsCalls) -> None:
    seconds = LONGEST_REPLY_SECONDS + invocation.LONGEST_CALL_SECONDS - 0.5

    answer = send("Create", seconds=seconds)

    assert answer["Reason"].startswith("UnavailableError")
    assert aws_calls.operations == []


def test_time_that_runs_out_on_the_way_is_answered(send: Send, aws_calls: AwsCalls) -> None:
    aws_calls.before(2, lambda: invocation.limit(0))

    answer = send("Create")

    assert answer["Reason"].startswith("UnavailableError")
    assert len(aws_calls.operations) == 2


def test_signing_key_that_is_not_published_fails(send: Send, stack: Deployment) -> None:
    (resource,) = stack.template.custom_resources(stack.resources)

    answer = send("Create", ResourceProperties={**resource.properties, "SigningKeyId": "another"})

    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("KeyError")


@pytest.mark.parametrize("status", [403, 500])
def test_answer_that_is_not_taken_fails_the_function_so_that_it_runs_again(
    send: Send, cloudformation: CloudFormation, status: int
) -> None:
    cloudformation.status = status

    with pytest.raises(ConnectionError, match=f"CloudFormation answered {status}"):
        send("Create")


def test_both_keys_of_a_rotation_are_published(
    send: Send, stack: Deployment, aws_calls: AwsCalls, cloudformation: CloudFormation
) -> None:
    kms = boto3.client("kms")
    metadata = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    (resource,) = stack.template.custom_resources(stack.resources)
    first, second = resource.properties["SigningKeyId"], metadata["KeyId"]
    aws_calls.arns = {**aws_calls.arns, second: metadata["Arn"]}
    allowed = aws_calls.allowed["PrepareStack"] | {("kms:GetPublicKey", metadata["Arn"])}
    aws_calls.allowed = {"PrepareStack": allowed}

    keys = {"PublishedKeyIds": [first, second], "SigningKeyId": second}
    properties = {**resource.properties, **keys}
    data = send("Update", ResourceProperties=properties)["Data"]

    kids = [key["kid"] for key in json.loads(data["Jwks"])["keys"]]
    assert len(set(kids)) == 2
    assert kids[0] == stack.resources["Setup"]["SigningKid"]
    assert data["SigningKid"] == kids[1]
    assert cloudformation.longest < LONGEST_ANSWER_BYTES


def _number_of_calls(send: Send, aws_calls: AwsCalls) -> int:
    aws_calls.forget()
    assert send("Create")["Status"] == "SUCCESS"
    return len(aws_calls.made)
