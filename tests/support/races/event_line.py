"""The whole line: what happens to accounts, and how a receiver on this machine hears of it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from accounts.events import secrets
from infra.local.events.event_log import EventLog, SeenEvent
from infra.local.invoke import FunctionError, Invoke
from tests.support.answers import Answer
from tests.support.people import Person
from tests.support.races import event_invariants
from tests.support.races.faults import Death
from tests.support.races.interference import EVERY, Aws, Call, Interference
from tests.support.races.invariants import InvariantError, Invariants, State
from tests.support.races.service import Service
from tests.support.races.storage import Content, Storage
from tests.support.receiver import TAKEN, Reaction, Received, Receiver
from tests.support.wire import Wire

AN_HOUR = 3600
# before a token has to be renewed, and a deletion takes another proof
PROVED_FOR = timedelta(minutes=5)
# longer than whatever a message waits for, and so many times that even the last wait is over
ROUNDS = 40


@dataclass
class Striking:
    """Invokes functions, and has something happen to the first invocation of one of them."""

    invoke: Invoke
    aws: Aws
    function: str = ""
    number: int = EVERY
    interference: Interference = field(default_factory=Interference)
    calls: list[Call] = field(default_factory=list)

    def __call__(self, function: str, event: dict[str, Any]) -> object:
        """Invoke a function.

        Raises:
            FunctionError: as always, and if its process ends.
        """
        if function != self.function:
            return self.invoke(function, event)
        self.function = ""
        with self.aws.interfering(self.number, self.interference):
            try:
                return self.invoke(function, event)
            except Death:
                raise FunctionError("Its process has ended") from None
            finally:
                self.calls = self.aws.calls

    def strike(self, function: str, number: int, interference: Interference) -> None:
        """Have this happen to a call of the function's next invocation."""
        self.function, self.number, self.interference = function, number, interference


@dataclass
class Line:
    """A webhook that wants to know what becomes of accounts, and what it was told."""

    service: Service
    admin: Person
    storage: Storage
    wire: Wire
    bus: EventLog
    receiver: Receiver
    # what the receiver has said that it took, repetitions included
    taken: list[Received] = field(default_factory=list)
    _start: Content | None = None
    _told_before: SeenEvent | None = None
    _signed_in_at: datetime | None = None
    _invariants: Invariants = field(default_factory=Invariants)

    def answer(self, reaction: Reaction = TAKEN) -> None:
        """Have the receiver answer so from now on."""

        def react(request: Received) -> bytes:
            answer = reaction(request)
            if answer.startswith(b"HTTP/1.1 2"):
                self.taken.append(request)
            return answer

        self.receiver.react = react

    def rename(self, person: Person, name: str) -> None:
        """Have an account changed, which no receiver has to do with."""
        self._act(lambda service: service.update_user(person.id, name=name))

    def delete(self, person: Person) -> None:
        """Have an account deleted, which no receiver has to do with either."""
        self._act(lambda service: service.delete_user(person.id))

    def keep(self) -> None:
        """Have this be where :meth:`begin_anew` leads: things have happened, and none is told."""
        self._start = self.storage.read()

    def begin_anew(self) -> None:
        """Be as when nothing had been told yet."""
        if self._start is not None:
            self.storage.restore(self._start)
        self.wire.begin_anew()
        self._told_before = next(iter(self.bus.events()), None)
        self.taken.clear()
        self.receiver.requests.clear()
        self._invariants = Invariants()
        # as in a process that has just begun
        secrets._secret.cache_clear()  # noqa: SLF001 - no other way leads there

    def recover(self) -> None:
        """Have everything work again, and let time pass until nothing waits."""
        self.answer()
        for _ in range(ROUNDS):
            self.wire.publish()
            if not self.wire.is_failing and not self.wire.waiting():
                return
            self.wire.pass_time(AN_HOUR)
        raise AssertionError(f"{self.wire.waiting()} messages wait for ever")

    def check(self) -> State:
        """Return what is in the tables, once sure that no event is lost, nor anything else wrong.

        Raises:
            InvariantError: something is.
        """
        state = self._invariants.check(self.storage.read())
        if lost := list(event_invariants.lost(state, self.wire.unread(), self.wire.under_way())):
            raise InvariantError("; ".join(lost))
        return state

    def check_all_is_told(self) -> None:
        """Be sure that everything was taken, for each account in the order of the trail.

        And that the bus has it, too, which keeps no order.
        """
        state = self.check()
        (webhook,) = state.webhooks
        due: dict[int, list[str]] = defaultdict(list)
        for event in event_invariants.wanted(state, webhook):
            due[event.data["user_id"]].append(event.id)
        assert due, "nothing has happened"
        assert self.told() == due
        assert {event.id for event in event_invariants.since(state, webhook)} <= self._on_bus()
        statuses = {delivery.status for delivery in state.deliveries[webhook.id].values()}
        assert statuses == {"delivered"}

    def told(self) -> Mapping[int, Sequence[str]]:
        """Return the ids that the receiver has, by account, as one does that drops repetitions."""
        heard: dict[int, dict[str, None]] = defaultdict(dict)
        for request in self.taken:
            heard[request.event["data"]["user_id"]].setdefault(request.id)
        return {user_id: list(ids) for user_id, ids in heard.items()}

    def _on_bus(self) -> Set[str]:
        new = takewhile(lambda it: it is not self._told_before, self.bus.events())
        return {str(event.detail["id"]) for event in new}

    def _act(self, act: Callable[[Service], Answer]) -> None:
        asked = len(self.receiver.requests)
        self.wire.clock.advance(seconds=1)
        now = self.wire.clock.time
        if self._signed_in_at is None or now - self._signed_in_at > PROVED_FOR:
            self.service = replace(self.service, administrator=self.admin.sign_in().token)
            self._signed_in_at = now
        assert act(self.service).status == 200
        assert len(self.receiver.requests) == asked
