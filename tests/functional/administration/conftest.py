"""The administrator's desk."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.client import BaseClient

from tests.answers import Answer
from tests.api import Api
from tests.aws_calls import AwsCalls
from tests.deployment import Deployment
from tests.functional.administration.desk import BeforeWrite, Desk, settle
from tests.people import Person


@pytest.fixture
def before_write(aws_calls: AwsCalls) -> BeforeWrite:
    """Have something happen once, just before the function's next (or a later) transaction."""
    return partial(_at_write, aws_calls)


@pytest.fixture
def after_write(aws_calls: AwsCalls) -> BeforeWrite:
    """Have something happen once, just after a transaction that the function has not heard of."""
    return partial(_at_write, aws_calls, after=True)


def _at_write(
    aws_calls: AwsCalls, happens: Callable[[], object], *, number: int = 1, after: bool = False
) -> None:
    send, left = aws_calls.send, number

    def wait(client: BaseClient, operation: str, arguments: dict[str, Any]) -> object:
        nonlocal left
        left -= bool(operation == "TransactWriteItems" and aws_calls.function)
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
