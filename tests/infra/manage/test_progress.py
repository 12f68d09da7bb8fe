"""What is shown of long commands, and how long they wait."""

import io

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from accounts.errors import UnavailableError
from infra.manage.progress import LINE_SECONDS, Lines
from infra.manage.retries import TRIES, retried_until_available


def test_lines_come_now_and_then() -> None:
    now = 0.0
    screen = io.StringIO()
    lines = Lines("Importing", 1000, screen, lambda: now)

    lines.advance(100)
    now += LINE_SECONDS
    lines.advance(200)
    lines.advance(300)
    now += LINE_SECONDS
    lines.advance(400)

    assert screen.getvalue() == "Importing 300 of 1,000\nImporting 1,000 of 1,000\n"


def test_lines_do_without_a_total() -> None:
    now = 0.0
    screen = io.StringIO()
    lines = Lines("Exporting", None, screen, lambda: now)

    now += LINE_SECONDS
    lines.advance(1500)

    assert screen.getvalue() == "Exporting 1,500\n"


def _client_error(code: str, status: int) -> ClientError:
    return ClientError(
        {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # as much of it as matters
        "TransactWriteItems",
    )


@pytest.mark.parametrize(
    "cause",
    [
        None,
        _client_error("ThrottlingException", 400),
        _client_error("ProvisionedThroughputExceededException", 400),
        _client_error("TransactionCanceledException", 400),
        _client_error("InternalServerError", 500),
        ReadTimeoutError(endpoint_url="https://dynamodb"),
    ],
)
def test_what_passes_is_waited_for(cause: Exception | None) -> None:
    pauses: list[float] = []
    failures = iter([1, 2, 3])

    def call() -> str:
        if next(failures, None):
            raise UnavailableError from cause
        return "done"

    assert retried_until_available(call, pauses.append) == "done"
    assert len(pauses) == 3


def test_patience_ends() -> None:
    pauses: list[float] = []

    def call() -> None:
        raise UnavailableError

    with pytest.raises(UnavailableError):
        retried_until_available(call, pauses.append)

    assert len(pauses) == TRIES - 1
    assert 15 < sum(pauses) < 60


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ExpiredTokenException", "ResourceNotFoundException"]
)
def test_what_does_not_pass_is_not_waited_for(code: str) -> None:
    def call() -> None:
        raise UnavailableError from _client_error(code, 400)

    with pytest.raises(UnavailableError):
        retried_until_available(call, lambda _seconds: pytest.fail("it waited"))
