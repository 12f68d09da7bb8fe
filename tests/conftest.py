"""The stack, the people who use it, the clock they share, and what they leave behind."""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.client import BaseClient

from accounts.storage.tables import LoginAttempt
from infra.local.invoke import Invoke
from tests.support import people
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment, deployed, forget_settings
from tests.support.logged import Log
from tests.support.people import Person, Population
from tests.support.policies import Permission, declared
from tests.support.scene import Scene


@pytest.fixture(scope="session")
def deployment() -> Iterator[Deployment]:
    """The stack, once for all tests; ``stack`` is it as a test should find it."""
    with deployed() as it:
        yield it


@pytest.fixture(scope="session")
def time_of_deployment() -> datetime:
    """When everything begins; the service's clock stands there in each test."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="session")
def population(deployment: Deployment, time_of_deployment: datetime) -> Population:
    """Everybody, signed in once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.clock.now", Clock(time_of_deployment))
        everybody = people.populate(Api(deployment.gateway(deployment.invoke)))
    # as if that had been a while ago
    for count in LoginAttempt.scan():
        count.delete()
    deployment.keep()
    return everybody


@pytest.fixture
def stack(deployment: Deployment, population: Population) -> Deployment:
    """The stack with the built-in roles and everybody signed in, and nothing else."""
    deployment.reset()
    return deployment


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    """Everything that the service logs during the test."""
    stream = io.StringIO()
    monkeypatch.setattr("accounts.logs.write", stream.write)
    return Log(stream)


@pytest.fixture
def clock(time_of_deployment: datetime, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The service's clock, which stands still until told to move."""
    clock = Clock(time_of_deployment)
    monkeypatch.setattr("accounts.clock.now", clock)
    return clock


@pytest.fixture(scope="session")
def policies(deployment: Deployment) -> Mapping[str, frozenset[Permission]]:
    """What each function is allowed to do."""
    return declared(deployment.template, deployment.resources)


@pytest.fixture
def aws_calls(
    stack: Deployment,
    policies: Mapping[str, frozenset[Permission]],
    monkeypatch: pytest.MonkeyPatch,
) -> AwsCalls:
    """What the functions ask of AWS; what their policies do not allow is refused."""
    # where botocore and PynamoDB meet
    send = BaseClient._make_api_call  # type: ignore[attr-defined] # noqa: SLF001 - as above
    calls = AwsCalls(send, stack.arns(), policies)

    def instead(client: BaseClient, operation: str, arguments: dict[str, Any]) -> object:
        return calls(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", instead)
    return calls


@pytest.fixture
def invoke(stack: Deployment, aws_calls: AwsCalls, clock: Clock) -> Invoke:
    """Invoke a function by its logical id with any event, past the gateway."""

    def call(logical_id: str, event: dict[str, Any]) -> object:
        aws_calls.function = logical_id
        try:
            return stack.invoke(logical_id, event)
        finally:
            aws_calls.function = ""

    return call


@pytest.fixture
def api(
    stack: Deployment, population: Population, invoke: Invoke, aws_calls: AwsCalls, log: Log
) -> Iterator[Api]:
    """The API; whatever is done with it, nothing secret or personal may be logged.

    Nor may a function ask for what its role does not allow: the answer would be but a 503.
    """
    client = Api(stack.gateway(invoke))
    client.secrets |= population.secrets
    yield client
    assert aws_calls.refused == []
    assert [secret for secret in client.secrets if secret in log.text] == []


@pytest.fixture
def setting(stack: Deployment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Change settings for the rest of the test: ``setting(ISSUER="other")``."""

    def change(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        forget_settings()

    yield change
    forget_settings()


@pytest.fixture
def alice(api: Api, population: Population) -> Person:
    """A person who may only read, signed in on one device."""
    return replace(population.alice, api=api)


@pytest.fixture
def bob(api: Api, population: Population) -> Person:
    """Another one."""
    return replace(population.bob, api=api)


@pytest.fixture
def methodist(api: Api, population: Population) -> Person:
    """A person who works on content."""
    return replace(population.methodist, api=api)


@pytest.fixture
def admin(api: Api, population: Population) -> Person:
    """A person who may do everything."""
    return replace(population.admin, api=api)


@pytest.fixture
def web_backend(population: Population) -> str:
    """The token of a back-end."""
    return population.web_backend


@pytest.fixture
def scene(api: Api, alice: Person, admin: Person, web_backend: str) -> Scene:
    """What tests about every endpoint build their requests from."""
    return Scene(api, alice, admin, web_backend)
