"""Everything in any order: the endpoints against a model of who is signed in where.

After each step the answer must be the model's, and the tables must break no rule.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.answers import Answer
from tests.clocks import Clock
from tests.people import Person, claims
from tests.races.invariants import Invariants
from tests.races.service import Service
from tests.races.storage import Content, Storage

pytestmark = [pytest.mark.races, pytest.mark.usefixtures("unthrottled")]

ACCESS = timedelta(seconds=900)
LEEWAY = timedelta(seconds=30)
GRACE = timedelta(seconds=10)
IDLE = timedelta(days=30)
RESET = timedelta(minutes=15)
# shorter than the life of the back-end's own token, all steps together
PAUSES = (1, 9, 10, 299, 301, 899, 931, 86_400, 2_591_999, 2_592_000)
LONGEST_TIME = timedelta(days=80)
PASSWORDS = ("correct horse battery", "violet umbrella 77", "seven grey pigeons")
EMAILS = ("kim@example.com", "lee@example.com")

settings.register_profile(
    "state machine",
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Device:
    """A session as the model knows it."""

    access: str
    issued_at: datetime
    refresh: str
    refreshed_at: datetime
    ended: bool = False
    parent: str | None = None
    ancestors: list[str] = field(default_factory=list)

    @property
    def session_id(self) -> str:
        """Return the id of the session."""
        return str(claims(self.access)["sid"])

    def lives(self, now: datetime) -> bool:
        """Say whether it can be refreshed."""
        return not self.ended and now < self.refreshed_at + IDLE

    def verdict(self, now: datetime) -> int | str:
        """Return the status of a call with its access token, or why that is refused."""
        if now >= self.issued_at + ACCESS + LEEWAY:
            return "token_expired"
        return 200 if self.lives(now) else "session_ended"


@dataclass
class Account:
    """A person as the model knows them."""

    id: int
    passw: str
    active: bool = True
    reset: tuple[str, datetime] | None = None
    spent: list[str] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)

    def end_all(self, *, spare: Device | None = None) -> None:
        """End every session but ``spare``."""
        for device in self.devices:
            device.ended = device.ended or device is not spare

    def void(self) -> None:
        """Let the reset token that is out be worth nothing."""
        if self.reset:
            self.spent.append(self.reset[0])
        self.reset = None


class Machine(RuleBasedStateMachine):
    """The service beside its model. The class attributes are set by the test below."""

    service: Service
    storage: Storage
    start: Content
    clock: Clock
    admin: Person
    time_of_deployment: datetime

    def __init__(self) -> None:
        super().__init__()
        self.storage.restore(self.start)
        self.clock.time = self.time_of_deployment
        self.accounts: dict[str, Account] = {}
        self.rules_of_the_tables = Invariants()

    @property
    def now(self) -> datetime:
        """Return the time."""
        return self.clock.time

    def pick(self, data: st.DataObject) -> tuple[Account, Device]:
        """Return some device of some person, ended or not."""
        owned = [(a, d) for a in self.accounts.values() for d in a.devices]
        return data.draw(st.sampled_from(owned))

    def has_devices(self) -> bool:
        """Say whether anybody ever signed in."""
        return any(account.devices for account in self.accounts.values())

    @rule(email=st.sampled_from(EMAILS), passw=st.sampled_from(PASSWORDS))
    def sign_up(self, email: str, passw: str) -> None:
        answer = self.service.sign_up(email.upper(), passw)
        if email in self.accounts:
            assert answer.status == 409
        else:
            assert answer.status == 201
            self.accounts[email] = Account(answer.json["id"], passw)

    @rule(email=st.sampled_from(EMAILS), passw=st.sampled_from(PASSWORDS))
    def log_in(self, email: str, passw: str) -> None:
        answer = self.service.log_in(email, passw)
        account = self.accounts.get(email)
        if account is None or not account.active or passw != account.passw:
            assert (answer.status, answer.code) == (401, "invalid_credentials")
            return
        assert answer.status == 200
        tokens = answer.json
        account.devices.append(
            Device(tokens["access_token"], self.now, tokens["refresh_token"], self.now)
        )

    @precondition(has_devices)
    @rule(data=st.data())
    def who_am_i(self, data: st.DataObject) -> None:
        account, device = self.pick(data)
        answer = self.service.who_am_i(device.access)
        if self._agree(answer, device):
            assert answer.json["user_id"] == account.id

    @precondition(has_devices)
    @rule(data=st.data())
    def list_devices(self, data: st.DataObject) -> None:
        account, device = self.pick(data)
        answer = self.service.show_seances(device.access)
        if self._agree(answer, device):
            shown = {seance["session_id"] for seance in answer.json["seances"]}
            assert shown == {d.session_id for d in account.devices if d.lives(self.now)}

    @precondition(has_devices)
    @rule(data=st.data())
    def refresh(self, data: st.DataObject) -> None:
        _, device = self.pick(data)
        answer = self.service.refresh(device.refresh)
        if not device.lives(self.now):
            assert answer.code == "session_ended"
            return
        assert answer.status == 200
        if device.parent:
            device.ancestors.append(device.parent)
        device.parent, device.refresh = device.refresh, answer.json["refresh_token"]
        device.access, device.issued_at = answer.json["access_token"], self.now
        device.refreshed_at = self.now

    @precondition(has_devices)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        _, device = self.pick(data)
        used = [token for token in (*device.ancestors, device.parent) if token]
        if not used:
            return
        token = data.draw(st.sampled_from(used))
        answer = self.service.refresh(token)
        if (
            device.lives(self.now)
            and token == device.parent
            and self.now < device.refreshed_at + GRACE
        ):
            assert answer.status == 200
            assert answer.json["refresh_token"] == device.refresh
        else:
            assert answer.code == "session_ended"
            device.ended = True

    @precondition(has_devices)
    @rule(data=st.data())
    def log_out(self, data: st.DataObject) -> None:
        _, device = self.pick(data)
        if self._agree(self.service.log_out(device.access), device):
            device.ended = True

    @precondition(has_devices)
    @rule(data=st.data())
    def end_a_device(self, data: st.DataObject) -> None:
        account, device = self.pick(data)
        owner, other = self.pick(data)
        answer = self.service.end_seance(device.access, other.session_id)
        if self._agree(answer, device, status=204) and owner is account:
            other.ended = True

    @precondition(has_devices)
    @rule(data=st.data())
    def end_the_others(self, data: st.DataObject) -> None:
        account, device = self.pick(data)
        answer = self.service.end_other_seances(device.access)
        if self._agree(answer, device):
            others = [d for d in account.devices if d is not device and d.lives(self.now)]
            assert answer.json["ended"] == len(others)
            for other in others:
                other.ended = True

    @precondition(has_devices)
    @rule(data=st.data(), current=st.sampled_from(PASSWORDS), new=st.sampled_from(PASSWORDS))
    def change_password(self, data: st.DataObject, current: str, new: str) -> None:
        account, device = self.pick(data)
        answer = self.service.change_password(device.access, current, new)
        if device.verdict(self.now) == 200 and current != account.passw:
            assert answer.status == 422
        elif self._agree(answer, device):
            account.passw = new
            account.void()
            account.end_all(spare=device)

    @rule(email=st.sampled_from(EMAILS))
    def issue_reset_token(self, email: str) -> None:
        answer = self.service.issue_reset_token(email)
        account = self.accounts.get(email)
        if account is None or not account.active:
            assert answer.status == 404
            return
        assert answer.status == 201
        account.void()
        account.reset = (answer.json["reset_token"], self.now + RESET)

    @rule(email=st.sampled_from(EMAILS), passw=st.sampled_from(PASSWORDS), data=st.data())
    def reset_password(self, email: str, passw: str, data: st.DataObject) -> None:
        account = self.accounts.get(email)
        tokens = (
            [*account.spent, *((account.reset[0],) if account.reset else ())] if account else []
        )
        if account is None or not tokens:
            return
        token = data.draw(st.sampled_from(tokens))
        answer = self.service.reset_password(token, passw)
        if account.reset and token == account.reset[0] and self.now < account.reset[1]:
            assert answer.status == 200
            account.passw = passw
            account.void()
            account.end_all()
        else:
            assert answer.status == 410

    @rule(email=st.sampled_from(EMAILS), active=st.booleans())
    def disable_or_enable(self, email: str, active: bool) -> None:
        if account := self.accounts.get(email):
            token = self.admin.sign_in().token
            status = "active" if active else "disabled"
            answer = self.service.update_user(account.id, token=token, status=status)
            assert answer.status == 200
            if active != account.active:
                account.active = active
                account.void()
                account.end_all()

    @rule(seconds=st.sampled_from(PAUSES))
    def let_time_pass(self, seconds: int) -> None:
        if self.now + timedelta(seconds=seconds) < self.time_of_deployment + LONGEST_TIME:
            self.clock.advance(seconds=seconds)

    def _agree(self, answer: Answer, device: Device, *, status: int = 200) -> bool:
        """Say whether the call succeeded, once sure that it was to."""
        expected = device.verdict(self.now)
        if expected == 200:
            assert answer.status == status
            return True
        assert (answer.status, answer.code) == (401, expected)
        return False

    @invariant()
    def the_tables_break_no_rule(self) -> None:
        self.rules_of_the_tables.check(self.storage.read())


def test_whatever_is_done_in_whatever_order_goes_by_the_model(
    service: Service,
    storage: Storage,
    start: Content,
    clock: Clock,
    admin: Person,
    time_of_deployment: datetime,
) -> None:
    class Here(Machine):
        pass

    Here.service, Here.storage, Here.start = service, storage, start
    Here.clock, Here.admin, Here.time_of_deployment = clock, admin, time_of_deployment

    run_state_machine_as_test(Here, settings=settings.get_profile("state machine"))
