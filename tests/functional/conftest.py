"""What only some of these tests need."""

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.answers import Answer
from tests.api import Api
from tests.aws_calls import AwsCalls
from tests.deployment import Deployment
from tests.endpoints import Endpoint, Scene
from tests.functional.canaries import READ_QUERY, Call, Canaries, Escaped, Send
from tests.functional.mail.post_office import PostOffice, opened
from tests.logged import Log

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
