"""A receiver on this machine, and what brings it events."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest

from accounts.storage import audit
from accounts.storage.transactions import write
from accounts.storage.webhooks import Delivery
from infra.local.invoke import Invoke
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.hooks import Hooks
from tests.support.people import Person
from tests.support.receiver import Receiver, receiving
from tests.support.wire import Wire

UPDATED = ["user.updated"]


@pytest.fixture
def hooks(api: Api, admin: Person) -> Hooks:
    """The endpoints as an administrator calls them."""
    return Hooks(api, admin.token)


@pytest.fixture
def receiver(setting: Callable[..., None]) -> Iterator[Receiver]:
    """A receiver on this machine, where webhooks may lead in these tests."""
    setting(WEBHOOKS_ON_LOOPBACK="true")
    with receiving() as it:
        yield it


@pytest.fixture
def wire(stack: Deployment, invoke: Invoke, clock: Clock) -> Wire:
    """What brings events from the trail to receivers."""
    return Wire(stack, invoke, clock)


@dataclass(frozen=True)
class Line:
    """The whole line: from something that happens to a receiver, and the webhook in between."""

    hooks: Hooks
    receiver: Receiver
    wire: Wire
    secret: str

    def happen(self, person: Person, language: str = "en") -> None:
        """Put a change of a person on record, as a request that made it would."""
        self.wire.clock.advance(seconds=0.001)
        write(audit.event(person.id, "user_updated", name="changed", language=language))

    def happen_to(self, crowd: Sequence[int]) -> None:
        """Put something on record of many."""
        for user_id in crowd:
            self.wire.clock.advance(seconds=0.001)
            write(audit.event(user_id, "user_updated", name="changed"))

    def log(self) -> list[tuple[str, int]]:
        """Return status and attempts of the deliveries, in the order of their events."""
        found = Delivery.query(Delivery.owner_of("crm"))
        return [(it.status, it.attempts) for it in found]

    def ids(self) -> list[str]:
        """Return the ids of the deliveries, in the order of their events."""
        return [it.id for it in Delivery.query(Delivery.owner_of("crm"))]

    def statuses(self) -> list[str]:
        """Return what became of the deliveries, in the order of their events."""
        return [status for status, _ in self.log()]


@pytest.fixture
def line(hooks: Hooks, receiver: Receiver, wire: Wire) -> Line:
    """A line whose webhook wants changes of accounts."""
    secret = str(hooks.save(url=receiver.url, events=UPDATED).json["secret"])
    wire.publish()
    return Line(hooks, receiver, wire, secret)


@pytest.fixture
def personal(line: Line) -> Line:
    """A line whose webhook asks for personal data."""
    line.hooks.save(url=line.receiver.url, events=UPDATED, personal_data=True)
    return line


@pytest.fixture
def crowd() -> Sequence[int]:
    """Accounts that something happens to, many of them."""
    return range(1000, 1020)
