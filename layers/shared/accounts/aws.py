"""AWS: its clients, how long a call may take, and what it calls its failures."""

import functools
from typing import TYPE_CHECKING, Any, Literal, overload

import botocore
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 2
ATTEMPTS = 3
# botocore would put its own together again twice for each request
USER_AGENT = f"Botocore/{botocore.__version__}"
_Service = Literal["events", "kms", "s3", "sesv2", "sqs", "ssm"]
# SES takes its time over a mail, and nobody waits for that
MAIL_READ_TIMEOUT_SECONDS = 5
MAIL_ATTEMPTS = 2


def config(read_timeout_seconds: float | None = None, attempts: int | None = None) -> "Config":
    """Return how patient a client is: by default :data:`ATTEMPTS` tries of three seconds each."""
    from botocore.config import Config  # noqa: PLC0415 - most functions call DynamoDB alone

    return Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=read_timeout_seconds or READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": attempts or ATTEMPTS, "mode": "standard"},
        user_agent=USER_AGENT,
    )


@overload
def client(service: Literal["kms"]) -> "KMSClient": ...
@overload
def client(service: Literal["sqs"]) -> "SQSClient": ...
@overload
def client(service: Literal["sesv2"]) -> "SESV2Client": ...
@overload
def client(service: Literal["events"]) -> "EventBridgeClient": ...
@overload
def client(service: Literal["s3", "ssm"]) -> Any: ...  # noqa: ANN401 - two calls do not want their types


def client(service: _Service) -> Any:
    """Return this process's client of the service, made on first use."""
    return _client(service)


@functools.cache
def _client(service: _Service) -> Any:  # noqa: ANN401 - see the overloads
    # as in config; and boto3 would load, besides, what S3's big files need
    from botocore.session import Session  # noqa: PLC0415

    patience = config(MAIL_READ_TIMEOUT_SECONDS, MAIL_ATTEMPTS) if service == "sesv2" else config()
    # a session of its own, since none bears two threads here
    made = Session().create_client(service, config=patience)
    if service == "kms":
        # as in config, too
        from accounts import request_signing  # noqa: PLC0415

        request_signing.sign_once(made.meta.events, service)
    return made


def code(error: BaseException | None) -> str | None:
    """Return the code of an error that AWS answered with; what is no answer has none."""
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else None


def reason(error: BaseException) -> str:
    """Return why a call failed, in a word without anything that was sent."""
    return code(error) or type(error).__name__
