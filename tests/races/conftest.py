"""The stack on DynamoDB Local, whose transactions are those of DynamoDB."""

from collections.abc import Callable, Iterator

import boto3
import pytest

from infra.local.aws import PSEUDO_PARAMETERS
from infra.local.dynamodb_local import dynamodb_local
from infra.local.stack import TEMPLATE, Stack, deployed
from infra.local.template import Template
from tests import people
from tests.api import Api
from tests.clocks import Clock
from tests.logged import Log
from tests.races.invariants import Invariants
from tests.races.service import Service
from tests.races.storage import Content, Storage


@pytest.fixture(scope="session")
def on_dynamodb_local() -> Iterator[Stack]:
    """The stack, once for all tests. A hash would cost a quarter of a second, but for the cost."""
    with dynamodb_local() as url, deployed({"BcryptCost": "4"}, url) as stack:
        yield stack


@pytest.fixture(scope="session")
def all_tables(on_dynamodb_local: Stack) -> Storage:
    """The stack's tables, as left by the test before."""
    tables = Template.load(TEMPLATE, PSEUDO_PARAMETERS).tables()
    keys = {
        on_dynamodb_local.resources[table.logical_id]["Ref"]: tuple(
            part["AttributeName"] for part in table.definition["KeySchema"]
        )
        for table in tables
    }
    return Storage(boto3.client("dynamodb"), keys)


@pytest.fixture(scope="session")
def just_deployed(all_tables: Storage) -> Content:
    """What a fresh deployment has in its tables."""
    return all_tables.read()


@pytest.fixture
def storage(all_tables: Storage, just_deployed: Content) -> Storage:
    """The stack's tables, as just deployed."""
    all_tables.restore(just_deployed)
    return all_tables


@pytest.fixture
def api(on_dynamodb_local: Stack, storage: Storage, clock: Clock, log: Log) -> Iterator[Api]:
    """The API; whatever is done with it, nothing secret or personal may be logged."""
    api = Api(on_dynamodb_local.api)
    yield api
    logged = log.text
    assert [secret for secret in api.secrets if secret in logged] == []


@pytest.fixture
def service(api: Api) -> Service:
    """The endpoints, in a stack that has an administrator and a back-end."""
    people.person(api, "Ada", "administrator")
    return Service(api, people.service_token(api))


@pytest.fixture
def invariants(service: Service, storage: Storage) -> Callable[[], object]:
    """Check that all is well in the tables, now and since the last time."""
    rules = Invariants()
    return lambda: rules.check(storage.read())
