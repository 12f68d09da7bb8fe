"""The administrator's desk."""

import pytest

from tests.api import Api
from tests.aws_calls import AwsCalls
from tests.deployment import Deployment
from tests.functional.administration.desk import Desk
from tests.people import Person


@pytest.fixture
def aws_calls(aws_calls: AwsCalls, stack: Deployment) -> AwsCalls:
    """What the functions ask of AWS, where an index counts as its table."""
    (table,) = [r["Arn"] for name, r in stack.resources.items() if name == "UsersTable"]
    allowed = dict(aws_calls.allowed)
    if ("dynamodb:Query", f"{table}/index/*") in allowed["ListUsers"]:
        allowed["ListUsers"] |= {("dynamodb:Query", table)}
    aws_calls.allowed = allowed
    return aws_calls


@pytest.fixture
def desk(api: Api, admin: Person) -> Desk:
    """Everything that an administrator does, done by one."""
    return Desk(api, admin.token)


@pytest.fixture
def other_admin(desk: Desk) -> Person:
    """Another person who may do everything."""
    return desk.somebody_else("Bea", "administrator")
