"""A receiver on this machine, and what brings it events."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from accounts.storage import audit
from accounts.storage.transactions import write
from accounts.storage.webhooks import Delivery, Webhook
from infra.local.invoke import Invoke
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.people import Person
from tests.support.receiver import Receiver, receiving
from tests.support.register import (
    DELETE_WEBHOOK,
    LIST_DELIVERIES,
    LIST_WEBHOOKS,
    REDELIVER_EVENT,
    SAVE_WEBHOOK,
    TEST_WEBHOOK,
)
from tests.support.wire import Wire

UPDATED = ["user.updated"]


@dataclass(frozen=True)
class Hooks:
    """The endpoints about webhooks, as called with one token."""

    api: Api
    token: str

    def save(self, name: str = "crm", **body: Any) -> Answer:  # noqa: ANN401 - whatever JSON takes
        answer = self._call(SAVE_WEBHOOK.at(name=name), json={"events": ["*"], **body})
        if answer.status == 200 and "secret" in answer.json:
            self.api.secrets.add(answer.json["secret"])
        return answer

    def list(self) -> Answer:
        return self._call(LIST_WEBHOOKS.at())

    def delete(self, name: str = "crm") -> Answer:
        return self._call(DELETE_WEBHOOK.at(name=name))

    def test(self, name: str = "crm") -> Answer:
        return self._call(TEST_WEBHOOK.at(name=name))

    def deliveries(self, name: str = "crm", **query: object) -> Answer:
        return self._call(LIST_DELIVERIES.at(query, name=name))

    def redeliver(self, delivery_id: str, name: str = "crm") -> Answer:
        return self._call(REDELIVER_EVENT.at(name=name, delivery_id=delivery_id))

    def stored(self, name: str = "crm") -> Webhook:
        webhook = Webhook.called(name)
        assert webhook is not None
        return webhook

    def _call(self, where: tuple[str, str], **request: Any) -> Answer:  # noqa: ANN401 - as Api.call
        return self.api.call(*where, token=self.token, **request)


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
