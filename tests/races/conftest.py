"""The stack on DynamoDB Local, whose transactions are those of DynamoDB."""

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace

import boto3
import pytest
from botocore.retries import standard

from accounts import settings
from accounts.access import recent_roles
from accounts.credentials.pace import Pace
from infra.local import TEMPLATE
from infra.local.aws.dynamodb_local import dynamodb_local
from infra.local.events.event_log import EventLog
from infra.local.mail.outbox import Outbox
from infra.local.stack import Stack, deployed
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS
from infra.local.template.reader import Template
from tests.support import people, queues
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.deployment import FEATURES
from tests.support.logged import Log
from tests.support.people import Person, Population
from tests.support.races.interference import Aws
from tests.support.races.invariants import Check, Invariants
from tests.support.races.scenario import Scene
from tests.support.races.service import Service
from tests.support.races.storage import Content, Storage


@pytest.fixture(autouse=True)
def round_number() -> int:
    """The number of the round, where a test has several."""
    return 0


@pytest.fixture(scope="session")
def dynamodb_url() -> Iterator[str]:
    """DynamoDB Local, once for all tests."""
    with dynamodb_local() as url:
        yield url


@pytest.fixture(scope="session")
def outbox() -> Outbox:
    """The mails that were sent."""
    return Outbox()


@pytest.fixture(scope="session")
def bus() -> EventLog:
    """The events that were put on the bus."""
    return EventLog()


@pytest.fixture(scope="session")
def on_dynamodb_local(dynamodb_url: str, outbox: Outbox, bus: EventLog) -> Iterator[Stack]:
    """The stack, once for all tests, with hashes that take no time."""
    with (
        deployed(FEATURES, dynamodb_url, outbox, events=bus) as stack,
        pytest.MonkeyPatch.context() as patch,
    ):
        _keep_what_is_over(stack)
        # less than the template allows
        patch.setenv("BCRYPT_COST", "4")
        settings.current.cache_clear()
        yield stack


def _keep_what_is_over(stack: Stack) -> None:
    """Have DynamoDB collect no garbage: its clock goes on, while the service's stands still."""
    dynamodb = boto3.client("dynamodb")
    for table in Template.load(TEMPLATE, PSEUDO_PARAMETERS).tables():
        if table.ttl_attribute:
            dynamodb.update_time_to_live(
                TableName=stack.resources[table.logical_id]["Ref"],
                TimeToLiveSpecification={
                    "Enabled": False,
                    "AttributeName": table.ttl_attribute,
                },
            )


@pytest.fixture(scope="session")
def tables(dynamodb_url: str, on_dynamodb_local: Stack) -> Storage:
    """The stack's tables, as left by the test before."""
    keys = {
        on_dynamodb_local.resources[table.logical_id]["Ref"]: tuple(
            part["AttributeName"] for part in table.definition["KeySchema"]
        )
        for table in Template.load(TEMPLATE, PSEUDO_PARAMETERS).tables()
    }
    return Storage(dynamodb_url, keys)


@pytest.fixture(scope="session")
def population(on_dynamodb_local: Stack, time_of_deployment: datetime) -> Population:
    """Everybody, signed in once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.clock.now", Clock(time_of_deployment))
        return people.populate(Api(on_dynamodb_local.api))


@pytest.fixture(scope="session")
def start(tables: Storage, population: Population) -> Content:
    """What is in the tables when each test begins."""
    return tables.read()


@pytest.fixture
def storage(tables: Storage, start: Content) -> Storage:
    """The stack's tables, with the built-in roles and everybody signed in, and nothing else.

    Nothing waits on the queues either, and no role is known from before.
    """
    tables.restore(start)
    recent_roles._known.cache_clear()  # noqa: SLF001 - as in a new process
    queues.emptied()
    return tables


@pytest.fixture
def api(
    on_dynamodb_local: Stack, storage: Storage, population: Population, clock: Clock, log: Log
) -> Iterator[Api]:
    """The API; whatever is done with it, nothing secret or personal may be logged."""
    client = Api(on_dynamodb_local.api)
    client.secrets |= population.secrets
    yield client
    logged = log.text
    assert [secret for secret in client.secrets if secret in logged] == []


@pytest.fixture
def service(on_dynamodb_local: Stack, api: Api, web_backend: str, admin: Person) -> Service:
    """The endpoints by name."""
    return Service(api, on_dynamodb_local.invoke, web_backend, admin.token)


@pytest.fixture
def check(service: Service, storage: Storage) -> Check:
    """Return what is in the tables, once sure that nothing is wrong with it."""
    invariants = Invariants()
    return lambda: invariants.check(storage.read())


@pytest.fixture
def unthrottled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let any number of people who know the password in at once."""
    monkeypatch.setattr("accounts.credentials.throttle.FREE_FAILURES", 1000)
    for paced in ("LOG_INS", "REFRESHES"):
        monkeypatch.setattr(f"accounts.credentials.pace.{paced}", Pace(at_once=1000, seconds=1))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    """What stands between the service and AWS, with retries that do not wait."""
    monkeypatch.setattr("accounts.storage.transactions.LONGEST_BACKOFF_SECONDS", 0)
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    # the quota is a container's, and no container lives through as much as this process
    monkeypatch.setattr(standard.RetryQuotaChecker, "acquire_retry_quota", lambda *_: True)
    aws = Aws()
    aws.install(monkeypatch)
    return aws


@pytest.fixture
def scene(service: Service, alice: Person, admin: Person, clock: Clock, outbox: Outbox) -> Scene:
    """Alice on two devices, and whoever has to do with her."""
    return Scene(service, alice, alice.sign_in(), admin, clock, outbox, alice.refresh_token)
