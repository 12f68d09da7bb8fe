"""What all rules of the state machine share: the service, its model, and what is compared."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from infra.local.mail.outbox import Outbox
from tests.support.answers import Answer
from tests.support.clocks import Clock
from tests.support.people import Person
from tests.support.races.invariants import Invariants
from tests.support.races.machine.model import Account, Device, World
from tests.support.races.service import Service
from tests.support.races.storage import Content, Storage

PASSWORDS = ("correct horse battery", "violet umbrella 77", "seven grey pigeons")
Option = TypeVar("Option")
EMAILS = ("kim@example.com", "lee@example.com", "max@example.com")


class Driver(RuleBasedStateMachine):
    """The service beside its model. The class attributes are set by the test."""

    service: Service
    storage: Storage
    start: Content
    clock: Clock
    admin: Person
    outbox: Outbox
    time_of_deployment: datetime

    def __init__(self) -> None:
        super().__init__()
        self.storage.restore(self.start)
        self.clock.time = self.time_of_deployment
        self.world = World()
        self.rules_of_the_tables = Invariants()

    @property
    def now(self) -> datetime:
        """Return the time."""
        return self.clock.time

    def has_accounts(self) -> bool:
        """Say whether there was ever an account."""
        return any(self.world.everybody())

    def has_devices(self) -> bool:
        """Say whether any person ever signed in."""
        return any(account.devices for account in self.world.people())

    def has_service_tokens(self) -> bool:
        """Say whether any back-end ever had a token."""
        return any(self.world.back_ends())

    def choose(self, data: st.DataObject, options: Sequence[Option]) -> Option:
        """Return one of the options."""
        return data.draw(st.sampled_from(options))

    def pick(self, data: st.DataObject) -> tuple[Account, Device]:
        """Return some device of some person, ended or not."""
        owned = [(a, d) for a in self.world.people() for d in a.devices]
        # thrice, or most calls would be refused
        live = [(account, device) for account, device in owned if device.lives(self.now)]
        return self.choose(data, owned + live + live)

    def pick_account(self, data: st.DataObject) -> Account:
        """Return some account, deleted or not."""
        return self.choose(data, list(self.world.everybody()))

    def administrator(self) -> Service:
        """Return the service as an administrator calls it, who has just signed in."""
        return replace(self.service, administrator=self.admin.sign_in().token)

    def agrees(self, answer: Answer, device: Device, *, status: int = 200) -> bool:
        """Say whether a call from a device succeeded, once sure that it was to."""
        refused = device.verdict(self.now)
        if refused:
            assert (answer.status, answer.code) == (401, refused)
            return False
        assert answer.status == status
        return True

    @invariant()
    def the_tables_break_no_rule(self) -> None:
        self.rules_of_the_tables.check(self.storage.read())
