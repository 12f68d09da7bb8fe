"""What all rules of the state machine share: the service, its model, and what is compared."""

from collections.abc import Iterator, Sequence
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
from tests.support.races.machine.model import RECENT_PROOF, Account, Device, World
from tests.support.races.service import Service
from tests.support.races.storage import Content, Storage

PASSWORDS = ("correct horse battery", "violet umbrella 77", "seven grey pigeons")
Option = TypeVar("Option")
EMAILS = ("kim@example.com", "lee@example.com", "max@example.com", "nat@example.com")


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
        self._asking, self._proof_ends = self.service, self.now

    @property
    def now(self) -> datetime:
        """Return the time."""
        return self.clock.time

    def has_accounts(self) -> bool:
        """Say whether there was ever an account."""
        return any(self.world.everybody())

    def has_people(self) -> bool:
        """Say whether there is an account of a person that is active."""
        return any(self.active_people())

    def has_devices(self) -> bool:
        """Say whether any person ever signed in."""
        return any(account.devices for account in self.world.people())

    def has_known_devices(self) -> bool:
        """Say whether anybody is known on a device."""
        return any(self._known_devices())

    def has_service_tokens(self) -> bool:
        """Say whether any back-end ever had a token."""
        return any(self.world.back_ends())

    def choose(self, data: st.DataObject, options: Sequence[Option]) -> Option:
        """Return one of the options."""
        return data.draw(st.sampled_from(options))

    def active_people(self) -> Iterator[Account]:
        """Return the accounts of persons that are active."""
        accounts = self.world.accounts.values()
        return (account for account in accounts if account.kind == "person" and account.active)

    def pick(self, data: st.DataObject) -> tuple[Account, Device]:
        """Return some device of some person, ended or not."""
        owned = [(a, d) for a in self.world.people() for d in a.devices]
        # thrice, or most calls would be refused
        live = [(account, device) for account, device in owned if device.lives(self.now)]
        return self.choose(data, owned + live + live)

    def pick_known_device(self, data: st.DataObject) -> tuple[Account, str]:
        """Return some account and the token of a device that it knows."""
        return self.choose(data, list(self._known_devices()))

    def _known_devices(self) -> Iterator[tuple[Account, str]]:
        for account in self.world.accounts.values():
            for token in account.new_devices + account.known_devices:
                yield account, token

    def pick_account(self, data: st.DataObject) -> Account:
        """Return some account, deleted or not."""
        return self.choose(data, list(self.world.everybody()))

    def administrator(self) -> Service:
        """Return the service as an administrator calls it, who signed in not long ago."""
        if self._proof_ends <= self.now:
            self._asking = replace(self.service, administrator=self.admin.sign_in().token)
            self._proof_ends = self.now + RECENT_PROOF
        return self._asking

    def strangers_are_kept_out(self, email: str, answer: Answer) -> bool:
        """Say whether a log-in from an unknown device was refused because strangers guessed."""
        if email in self.world.off:
            assert answer.status in (401, 429)
            return True
        return email in self.world.slowed and answer.status == 429

    def is_changed(self, account: Account, **changes: str) -> bool:
        """Say whether an administrator changed the account, once sure that it was to be."""
        answer = self.administrator().update_user(account.id, **changes)
        if account.gone:
            assert answer.code == "user_not_found"
            return False
        assert answer.status == 200
        account.trail["user_updated"] += 1
        return True

    def agrees(
        self,
        answer: Answer,
        device: Device,
        *,
        status: int = 200,
        while_enrolling: bool = False,
        takes_proof: bool = False,
    ) -> bool:
        """Say whether a call from a device succeeded, once sure that it was to."""
        refused = device.verdict(self.now)
        if refused:
            assert (answer.status, answer.code) == (401, refused)
            return False
        if device.due and not while_enrolling:
            assert (answer.status, answer.code) == (403, "second_factor_required")
            return False
        if takes_proof and (device.proof_ends is None or device.proof_ends <= self.now):
            assert (answer.status, answer.code) == (403, "reauthentication_required")
            return False
        assert answer.status == status
        return True

    @invariant()
    def the_tables_break_no_rule(self) -> None:
        state = self.rules_of_the_tables.check(self.storage.read())
        # which change by a confirmation and by its undoing alone
        accounts = self.world.accounts.items()
        assert {a.id: state.users[a.id].email for _, a in accounts} == {
            account.id: email for email, account in accounts
        }
