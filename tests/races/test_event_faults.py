"""Events and webhooks while a function, a receiver or AWS fails: nothing is lost or overtaken.

At every instant each event is in the stream, on a queue, or noted as taken or given up; and once
all is well again the receiver has everything, of each account in its order.
"""

import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from accounts.events import calling
from infra.local.events.event_log import EventLog
from infra.local.lambdas.stream_polling import StreamPoller
from infra.local.stack import Stack
from tests.support.clocks import Clock
from tests.support.hooks import Hooks
from tests.support.people import Person
from tests.support.races.event_line import Line, Striking
from tests.support.races.faults import Answers, Breaks, Dies, LosesReply, RefusesFirst
from tests.support.races.interference import EVERY, Aws, Interference
from tests.support.races.service import Service
from tests.support.races.storage import Storage
from tests.support.races.together import rounds
from tests.support.receiver import TAKEN, Reaction, Received, Receiver, answering, receiving
from tests.support.wire import CONSUMER, DELIVERER, Wire

pytestmark = [pytest.mark.races, pytest.mark.usefixtures("unthrottled")]

WANTED = ["user.created", "user.updated", "user.deleted"]
FAILING = answering(500, "out of order")
PATIENCE_SECONDS = 20
IMPATIENCE_SECONDS = 0.1
TEN_MINUTES = 600
STEPS = 40
# what can lie between two steps; together less than the day after which deliveries are given up
PAUSES_SECONDS = (1, 30, 600, 1800)


@pytest.fixture(scope="session")
def seen() -> dict[str, str]:
    """How far the stream has been looked at, by shard; it has what all tests before have done."""
    return {}


@pytest.fixture
def striking(on_dynamodb_local: Stack, aws: Aws) -> Striking:
    """What invokes the functions."""
    return Striking(on_dynamodb_local.invoke, aws)


@pytest.fixture
def receiver(service: Service, admin: Person) -> Iterator[Receiver]:
    """A receiver, and a webhook that wants it to know what becomes of accounts."""
    with receiving() as receiver:
        saved = Hooks(service.api, admin.token).save(url=receiver.url, events=WANTED)
        assert saved.status == 200
        yield receiver


@pytest.fixture
def wire(
    receiver: Receiver,
    on_dynamodb_local: Stack,
    striking: Striking,
    clock: Clock,
    seen: dict[str, str],
) -> Wire:
    """What brings events from the trail to receivers, from those on that are yet to come."""
    assert receiver.requests == []
    (consumer,) = (it for it in on_dynamodb_local.functions if it.logical_id == CONSUMER)
    source = replace(consumer.streams[0], batch_size=1000)
    poller = StreamPoller(CONSUMER, source, lambda *_: None, seen)
    while poller.poll():
        pass
    seen.update(poller.done)
    return Wire(on_dynamodb_local, striking, clock, poller.done)


@pytest.fixture
def line(
    service: Service, admin: Person, storage: Storage, wire: Wire, bus: EventLog, receiver: Receiver
) -> Line:
    """The whole line, on which nothing has happened yet, and whose receiver takes everything."""
    line = Line(service, admin, storage, wire, bus, receiver)
    line.begin_anew()
    line.answer()
    return line


@pytest.fixture
def people(alice: Person, bob: Person) -> tuple[Person, Person]:
    """Those to whom things happen."""
    return alice, bob


def _faults(clock: Clock) -> Sequence[Interference]:
    """Return what can happen: a call is refused, breaks, loses its reply, or is the last."""
    return (
        RefusesFirst(),
        Answers("ThrottlingException"),
        Breaks(ReadTimeoutError, 2, clock),
        LosesReply(ConnectionClosedError, 1, 0, clock),
        LosesReply(ReadTimeoutError, 3, 2, clock),
        Dies(after=False),
        Dies(after=True),
    )


# the functions


@pytest.mark.parametrize(
    ("function", "reaction"),
    [(CONSUMER, TAKEN), (DELIVERER, TAKEN), (DELIVERER, FAILING)],
    ids=["consumer", "deliverer", "deliverer to one that fails"],
)
def test_function_that_fails_or_dies_beside_a_call_loses_nothing(
    line: Line,
    striking: Striking,
    clock: Clock,
    people: tuple[Person, Person],
    function: str,
    reaction: Reaction,
) -> None:
    alice, bob = people
    line.rename(alice, "Alice Cooper")
    line.rename(alice, "Alice Walker")
    line.delete(bob)
    line.keep()
    line.answer(reaction)
    striking.strike(function, EVERY, Interference())
    line.wire.tell()
    calls, time = striking.calls, clock.time
    assert len(calls) >= 3

    for number, call in enumerate(calls, start=1):
        for fault in (it for it in _faults(clock) if it.concerns(call)):
            line.begin_anew()
            clock.time = time
            line.answer(reaction)
            striking.strike(function, number, fault)
            line.wire.tell()
            struck = striking.aws.struck
            assert struck is not None, f"{fault} at call {number}"
            assert struck.operation == call.operation
            line.check()
            line.recover()
            line.check_all_is_told()


def test_stream_that_is_replayed_tells_nothing_anew(line: Line, alice: Person, bob: Person) -> None:
    line.rename(alice, "Alice Cooper")
    line.delete(bob)
    line.wire.tell()
    line.rename(alice, "Alice Walker")

    line.wire.replay()
    line.wire.deliver()

    line.check_all_is_told()
    assert len(line.taken) == 3


def test_stream_that_is_replayed_while_a_receiver_fails_keeps_the_order(
    line: Line, alice: Person
) -> None:
    line.answer(FAILING)
    for name in ("Alice Cooper", "Alice Walker", "Alice Munro"):
        line.rename(alice, name)
        line.wire.replay()
        line.wire.deliver()
        line.check()

    line.recover()

    line.check_all_is_told()


# the receiver

Illness = Callable[[Line], AbstractContextManager[object]]


def _reacting(reaction: Reaction) -> Illness:
    @contextmanager
    def ill(line: Line) -> Iterator[None]:
        line.answer(reaction)
        yield

    return ill


@contextmanager
def _gone(line: Line) -> Iterator[None]:
    """Have no connection be made to the receiver."""
    port = int(line.receiver.url.rpartition(":")[2].partition("/")[0])
    with pytest.MonkeyPatch.context() as patch:
        connect = urllib3.util.connection.create_connection

        def refuse(address: tuple[str, int], *more: Any, **others: Any) -> Any:  # noqa: ANN401 - urllib3's
            if address[1] == port:
                raise ConnectionRefusedError
            return connect(address, *more, **others)

        patch.setattr("urllib3.util.connection.create_connection", refuse)
        yield


@contextmanager
def _slow(line: Line) -> Iterator[None]:
    """Have the receiver take everything, and say so when nobody listens any more."""
    well = threading.Event()

    def wait(request: Received) -> bytes:
        well.wait(PATIENCE_SECONDS)
        return TAKEN(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calling, "SECONDS", IMPATIENCE_SECONDS)
        line.receiver.react = wait
        yield
    well.set()


def _taking_every_third() -> Reaction:
    asked = 0

    def react(request: Received) -> bytes:
        nonlocal asked
        asked += 1
        return FAILING(request) if asked % 3 else TAKEN(request)

    return react


REACTIONS: Mapping[str, Reaction] = {
    "dies": lambda _: b"",
    "dies in the middle of its answer": lambda _: b"HTTP/1.1 2",
    "answers 500": FAILING,
    "leads elsewhere": answering(307, Location="https://elsewhere.example.com/"),
    "answers twice": lambda request: TAKEN(request) + FAILING(request),
}
ILLNESSES: Mapping[str, Illness] = {
    **{name: _reacting(reaction) for name, reaction in REACTIONS.items()},
    "takes every third": _reacting(_taking_every_third()),
    "is gone": _gone,
    "is slow": _slow,
}


@pytest.mark.parametrize("illness", ILLNESSES)
def test_receiver_that_is_ill_for_an_hour_has_everything_in_order_once_it_is_well(
    line: Line, alice: Person, bob: Person, illness: str
) -> None:
    with ILLNESSES[illness](line):
        line.rename(bob, "Bob Dylan")
        for number in range(6):
            line.rename(alice, f"Alice the {number}th")
            line.wire.tell()
            line.check()
            line.wire.pass_time(TEN_MINUTES)
            line.check()
        line.delete(bob)

    line.recover()

    line.check_all_is_told()


def test_api_and_stream_do_not_wait_while_a_receiver_holds_a_delivery(
    line: Line, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, released = threading.Event(), threading.Event()

    def hold(request: Received) -> bytes:
        held.set()
        released.wait(PATIENCE_SECONDS)
        return TAKEN(request)

    monkeypatch.setattr(calling, "SECONDS", PATIENCE_SECONDS)
    line.answer(hold)
    line.rename(alice, "Alice Cooper")
    line.wire.publish()

    with ThreadPoolExecutor(1) as thread:
        delivering = thread.submit(line.wire.deliver)
        assert held.wait(PATIENCE_SECONDS)
        line.rename(alice, "Alice Walker")
        line.wire.publish()
        assert list(line.wire.unread()) == []
        assert not delivering.done()
        released.set()
        delivering.result(PATIENCE_SECONDS)

    line.recover()
    line.check_all_is_told()


def test_who_is_deleted_between_change_and_delivery_is_told_of_by_id_alone(
    line: Line, alice: Person, admin: Person
) -> None:
    saved = Hooks(line.service.api, admin.token).save(
        url=line.receiver.url, events=WANTED, personal_data=True
    )
    assert saved.status == 200
    line.rename(alice, "Alice Cooper")
    line.wire.publish()
    line.delete(alice)

    line.recover()

    line.check_all_is_told()
    assert [request.type for request in line.taken] == ["user.updated", "user.deleted"]
    assert [request.event["data"].get("user") for request in line.taken] == [None, None]
    assert not [request for request in line.taken if alice.email in request.body]


# everything at once


@rounds(5)
def test_whatever_comes_together_loses_nothing(
    line: Line,
    striking: Striking,
    clock: Clock,
    people: tuple[Person, Person],
    round_number: int,
) -> None:
    chance = random.Random(round_number)  # noqa: S311 - so that a failure comes again
    there, bob = [*people], people[1]

    def change() -> None:
        line.rename(chance.choice(there), f"Somebody {chance.random()}")

    def leave() -> None:
        if bob in there:
            there.remove(bob)
            line.delete(bob)

    def strike() -> None:
        function = chance.choice((CONSUMER, DELIVERER))
        striking.strike(function, chance.randint(1, 6), chance.choice(_faults(clock)))

    actions: Mapping[Callable[[], object], int] = {
        change: 6,
        leave: 1,
        strike: 4,
        lambda: line.answer(chance.choice([*REACTIONS.values(), TAKEN, TAKEN])): 3,
        lambda: line.wire.pass_time(chance.choice(PAUSES_SECONDS)): 5,
        line.wire.publish: 4,
        line.wire.tell: 6,
        line.wire.replay: 1,
    }
    for act in chance.choices([*actions], [*actions.values()], k=STEPS):
        act()
        line.check()

    change()
    line.recover()

    line.check_all_is_told()
