"""The administrator's desk."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient

from tests.api import Api
from tests.aws_calls import AwsCalls
from tests.functional.administration.desk import Desk
from tests.people import Person


@pytest.fixture
def before_write(aws_calls: AwsCalls) -> Callable[..., None]:
    """Have something happen once, just before the function's next (or a later) transaction."""

    def arm(happens: Callable[[], object], *, number: int = 1) -> None:
        send, left = aws_calls.send, number

        def wait(client: BaseClient, operation: str, arguments: dict[str, Any]) -> object:
            nonlocal left
            if operation == "TransactWriteItems" and aws_calls.function:
                left -= 1
                if not left:
                    aws_calls.send = send
                    function, aws_calls.function = aws_calls.function, ""
                    happens()
                    aws_calls.function = function
            return send(client, operation, arguments)

        aws_calls.send = wait

    return arm


@pytest.fixture
def desk(api: Api, admin: Person) -> Desk:
    """Everything that an administrator does, done by one."""
    return Desk(api, admin.token)


@pytest.fixture
def other_admin(desk: Desk) -> Person:
    """Another person who may do everything."""
    return desk.somebody_else("Bea", "administrator")
