"""What only some of these tests need."""

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import bcrypt
import boto3
import pytest
from botocore.client import BaseClient

from accounts import settings
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.canaries import READ_QUERY, Call, Canaries, Escaped, Send
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, settle
from tests.support.endpoint import Endpoint
from tests.support.logged import Log
from tests.support.noting import noted_argument
from tests.support.people import Person
from tests.support.post_office import PostOffice, opened
from tests.support.scene import Scene

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture(scope="session")
def sqs(deployment: Deployment) -> "SQSClient":
    """The queues, and a mail service that knows the sender."""
    sender = deployment.environment["MAIL_FROM"]
    boto3.client("sesv2").create_email_identity(EmailIdentity=sender)
    return boto3.client("sqs")


@pytest.fixture
def post(
    api: Api,
    stack: Deployment,
    aws_calls: AwsCalls,
    sqs: "SQSClient",
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[PostOffice]:
    """The way of mails, with nothing on it; ``deliver`` has the consumer run."""
    with opened(stack, aws_calls, sqs, monkeypatch) as office:
        yield office
        links = (link for mail in office.mails for link in mail.links)
        api.secrets.update(link.rpartition("=")[2] for link in links)


@pytest.fixture
def canaries() -> Canaries:
    """Strings to look for where they do not belong."""
    return Canaries()


@pytest.fixture
def escaped(
    canaries: Canaries,
    log: Log,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Escaped:
    """Which canaries are in what comes out of the process: any log, any output."""
    caplog.set_level(logging.INFO)
    return lambda: canaries.found_in("\n".join([log.text, caplog.text, *capfd.readouterr()]))


@pytest.fixture
def send(scene: Scene, canaries: Canaries) -> Send:
    """Send a request with canaries in all that is around the body."""

    def noisy(endpoint: Endpoint, request: dict[str, Any]) -> Answer:
        headers = {**canaries.headers(), **request.get("headers", {})}
        query = "" if endpoint in READ_QUERY else canaries.query()
        return scene.api.call(**{**request, "path": request["path"] + query, "headers": headers})

    return noisy


@pytest.fixture
def call(scene: Scene, send: Send) -> Call:
    """Call an endpoint like that."""
    return lambda endpoint, **other: send(endpoint, endpoint.request(scene, **other))


@pytest.fixture
def before_write(aws_calls: AwsCalls) -> BeforeWrite:
    """Have something happen once, just before the function's next (or a later) decisive write."""
    return partial(_at_write, aws_calls)


@pytest.fixture
def after_write(aws_calls: AwsCalls) -> BeforeWrite:
    """Have something happen once, just after such a write that the function has not heard of."""
    return partial(_at_write, aws_calls, after=True)


def _takes_effect(operation: str, arguments: Mapping[str, Any]) -> bool:
    """Say whether it writes what matters: a transaction, or the update of a session."""
    sessions = settings.current().user_sessions_table
    is_of_session = operation == "UpdateItem" and arguments["TableName"] == sessions
    return is_of_session or operation == "TransactWriteItems"


def _at_write(
    aws_calls: AwsCalls, happens: Callable[[], object], *, number: int = 1, after: bool = False
) -> None:
    send, left = aws_calls.send, number

    def wait(client: BaseClient, operation: str, arguments: dict[str, Any]) -> object:
        nonlocal left
        left -= bool(aws_calls.function and _takes_effect(operation, arguments))
        if left:
            return send(client, operation, arguments)
        aws_calls.send = send
        answer = send(client, operation, arguments) if after else None
        function, aws_calls.function = aws_calls.function, ""
        happens()
        aws_calls.function = function
        return answer if after else send(client, operation, arguments)

    aws_calls.send = wait


@pytest.fixture
def desk(api: Api, admin: Person) -> Desk:
    """Everything that an administrator does, done by one."""
    return Desk(api, admin.token)


@pytest.fixture
def mailing_backend(desk: Desk, web_backend: str) -> str:
    """The token of a back-end that sends its own mail, so it may make reset tokens."""
    permissions = ("users:create", "users:read", "passwords:set", "passwords:reset")
    assert desk.save_role("service", *permissions).status == 200
    return web_backend


@pytest.fixture
def other_admin(desk: Desk) -> Person:
    """Another person who may do everything."""
    return desk.somebody_else("Bea", "administrator")


@pytest.fixture
def neighbours(stack: Deployment) -> list[str]:
    """The addresses of five more people, which begin with the same letter."""
    emails = [f"p{number}0@example.com" for number in range(1, 6)]
    for email in emails:
        settle(email)
    return emails


@pytest.fixture
def issued(desk: Desk) -> Answer:
    """A token for a new back-end."""
    answer = desk.service_token()
    assert answer.status == 201, answer
    return answer


@pytest.fixture
def shop(desk: Desk, issued: Answer) -> Desk:
    """The new back-end, calling."""
    return desk.by(issued.json["access_token"])


@pytest.fixture
def hash_checks(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The hashes that a password was compared with, in order."""
    return noted_argument(monkeypatch, bcrypt, "checkpw", 1)
