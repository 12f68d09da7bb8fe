"""What only some of these tests need."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest

from tests.api import Api
from tests.aws_calls import AwsCalls
from tests.deployment import Deployment
from tests.functional.mail.post_office import PostOffice, opened

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
