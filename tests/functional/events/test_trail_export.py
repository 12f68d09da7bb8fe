"""The trail in a bucket: each event once, in files that hang together, whatever happens."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from botocore.client import BaseClient
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from accounts.events import trail_export
from accounts.events.trail_files import TrailFile
from accounts.storage import audit, trail_heads
from accounts.storage.tables import AuditEvent
from infra.local.invoke import Invoke
from tests.support import exports
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import Desk
from tests.support.exports import EXPORT, HOUR_SECONDS, Exports
from tests.support.faults import refusal, silence
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.register import LIST_AUDIT, LOG_IN
from tests.support.scene import Scene


@pytest.fixture
def export(
    stack: Deployment, invoke: Invoke, clock: Clock, setting: Callable[..., None]
) -> Exports:
    """The export, with everything that has happened in no file yet."""
    # the first run looks through all of it
    setting(AUDIT_DAYS="30")
    it = exports.opened(stack, invoke, clock)
    clock.time = clock.time.replace(minute=20)
    clock.advance(seconds=2 * HOUR_SECONDS)
    return it


def _recorded() -> list[str]:
    return sorted(item.event_id for item in AuditEvent.scan() if item.user_id >= audit.NOBODY)


def _outcomes(log: Log) -> list[str]:
    return [line["outcome"] for line in log.named("trail_export")]


def test_each_event_is_in_one_file(export: Exports, alice: Person) -> None:
    for _ in range(3):
        export.happen(alice.id)
        export.pass_hour()

    export.pass_hour()

    assert sorted(export.ids()) == _recorded()
    assert len(export.names()) == 4


def test_files_go_on_where_the_one_before_ends(export: Exports, alice: Person) -> None:
    for _ in range(3):
        export.happen(alice.id)
        export.pass_hour()

    files = export.files()
    assert [file.statement.number for file in files] == [1, 2, 3]
    for before, file in pairwise(files):
        file.require_after(before.head)
    assert trail_heads.find() == files[-1].head


def test_hour_without_events_is_a_file_too(export: Exports) -> None:
    export.run()

    export.pass_hour()

    assert [file.statement.count for file in export.files()][1:] == [0]


def test_what_leaves_is_what_the_trail_shows_but_no_address(
    stack: Deployment, invoke: Invoke, clock: Clock, scene: Scene, desk: Desk, alice: Person
) -> None:
    desk.update(alice.id, name="Alice Cooper", role="methodist")
    LOG_IN.call(scene)
    answer = LIST_AUDIT.call(scene)
    export = exports.opened(stack, invoke, clock)

    clock.advance(seconds=2 * HOUR_SECONDS)
    export.run()

    shown = {event["id"]: event for event in answer.json["events"]}
    told = {event["id"]: event for file in export.files() for event in file.events()}
    assert any("ip_address" in event for event in shown.values())
    for event in shown.values():
        event.pop("ip_address", None)
        # in the files to the microsecond
        seconds = event["happened_at"].removesuffix("Z")
        assert told[event["id"]]["happened_at"].startswith(seconds)
        event["happened_at"] = told[event["id"]]["happened_at"]
    assert told == shown
    assert "Cooper" not in json.dumps(told)


def test_failures_of_nobody_do_not_leave(export: Exports, scene: Scene) -> None:
    LOG_IN.call(scene, json={"email": "nobody@example.com", "passw": "wrong"})
    (nobodys,) = [item.event_id for item in AuditEvent.scan() if item.user_id < audit.NOBODY]

    export.pass_hour()

    assert nobodys not in export.ids()


def test_what_may_still_come_is_left_to_the_next_hour(export: Exports, alice: Person) -> None:
    export.clock.time = export.clock.time.replace(minute=50)
    event_id = export.happen(alice.id)
    export.clock.advance(seconds=24 * 60)

    # at 14 minutes past the hour it is still too early for that hour
    export.run()
    assert event_id not in export.ids()

    export.clock.advance(seconds=60)
    export.run()
    assert event_id in export.ids()


@pytest.mark.parametrize("hours", [0, 0.1])
def test_repeated_run_writes_nothing(export: Exports, alice: Person, hours: float) -> None:
    export.happen(alice.id)
    export.run()
    before = export.content(1)

    export.clock.advance(seconds=hours * HOUR_SECONDS)
    export.run()

    assert (len(export.names()), export.content(1)) == (1, before)


def test_run_that_is_days_late_catches_up_bit_by_bit(
    export: Exports, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_export, "MOST_EVENTS", 4)
    monkeypatch.setattr(trail_export, "MOST_FILES", 2)
    for _ in range(10):
        export.happen(alice.id)
        export.clock.advance(seconds=9 * HOUR_SECONDS)

    export.run()
    assert [file.statement.count for file in export.files()] == [4, 4]

    for _ in range(4):
        export.run()
    assert export.ids() == _recorded()
    assert max(file.statement.count for file in export.files()) == 4


def test_events_of_one_moment_are_parted_between_files(
    export: Exports, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_export, "MOST_EVENTS", 3)
    # everybody was made in the same moment
    assert len({event_id[:27] for event_id in _recorded()}) == 1

    export.run()

    assert len(export.names()) > 1
    assert export.ids() == _recorded()


@pytest.mark.parametrize("minutes", [16, 60, 119])
def test_event_that_was_in_the_index_late_is_in_the_next_file(
    export: Exports, alice: Person, minutes: int
) -> None:
    export.run()
    cut = export.clock.time.replace(minute=0)
    seconds_ago = (export.clock.time - cut).total_seconds() + minutes * 60
    late = export.happen(alice.id, seconds_ago=seconds_ago)
    due = export.happen(alice.id)

    export.pass_hour()
    export.pass_hour()

    _, file, last = export.files()
    assert file.ids() == [late, due]
    assert (file.statement.late, file.statement.count) == (1, 2)
    assert last.ids() == []
    file.require_ordered()


def test_event_of_last_month_is_found(export: Exports, alice: Person) -> None:
    first = export.clock.time.replace(day=1, hour=0, minute=20)
    export.clock.time = first.replace(year=first.year + 1)
    late = export.happen(alice.id, seconds_ago=30 * 60)

    export.run()

    assert late in export.ids()


# what dies, and what runs twice


def _calls_of_a_run(export: Exports, aws_calls: AwsCalls, alice: Person) -> Sequence[int]:
    """Return the numbers of a run's first and last call of each operation."""
    export.pass_hour()
    export.happen(alice.id)
    aws_calls.forget()
    export.pass_hour()
    made = aws_calls.operations
    firsts = {made.index(operation) + 1 for operation in made}
    return sorted(firsts | {len(made) - made[::-1].index(operation) for operation in made})


@pytest.mark.parametrize("fault", [silence(), refusal("AccessDenied")])
def test_run_that_dies_at_any_call_is_made_good_by_the_next(
    export: Exports, aws_calls: AwsCalls, alice: Person, log: Log, fault: Exception
) -> None:
    for number in _calls_of_a_run(export, aws_calls, alice):
        export.happen(alice.id)
        aws_calls.forget()
        aws_calls.fail(number, fault)
        export.pass_hour()
        assert _outcomes(log)[-1] == "failed"
        aws_calls.forget()
        export.run()

    assert Counter(export.ids()) == Counter(_recorded())
    _require_whole(export)


@pytest.mark.parametrize("operation", ["PutObject", "TransactWriteItems"])
def test_run_whose_write_was_not_heard_of_is_made_good_by_the_next(
    export: Exports, aws_calls: AwsCalls, alice: Person, operation: str
) -> None:
    export.happen(alice.id)
    _unheard(aws_calls, operation)
    export.run()

    for _ in range(2):
        export.happen(alice.id)
        export.pass_hour()

    assert Counter(export.ids()) == Counter(_recorded())
    _require_whole(export)


def _unheard(aws_calls: AwsCalls, operation: str) -> None:
    """Have the answer to the next such call be lost."""
    send = aws_calls.send

    def lost(client: BaseClient, asked: str, arguments: dict[str, Any]) -> object:
        answer = send(client, asked, arguments)
        if asked != operation or not aws_calls.function:
            return answer
        aws_calls.send = send
        raise silence()

    aws_calls.send = lost


def test_of_two_runs_at_once_none_writes_an_event_twice(
    export: Exports, aws_calls: AwsCalls, alice: Person, log: Log
) -> None:
    for number in _calls_of_a_run(export, aws_calls, alice):
        export.happen(alice.id)
        aws_calls.forget()
        aws_calls.before(number, export.run)
        export.pass_hour()

    assert set(_outcomes(log)) == {"done"}
    assert Counter(export.ids()) == Counter(_recorded())
    _require_whole(export)


def _require_whole(export: Exports) -> None:
    files = export.files()
    for before, file in pairwise(files):
        file.require_after(before.head)
        file.require_ordered()
    assert trail_heads.find() == files[-1].head


def test_run_ends_while_there_is_time_for_a_whole_file(
    export: Exports, stack: Deployment, alice: Person, monkeypatch: pytest.MonkeyPatch, log: Log
) -> None:
    export.happen(alice.id)
    monkeypatch.setattr(trail_export, "_FILE_SECONDS", 301)

    export.run()

    assert (export.names(), _outcomes(log)) == ([], ["done"])


# what somebody else has done to the bucket


def _signed_by_another(export: Exports) -> bytes:
    head = trail_heads.find()
    assert head is not None
    key = ec.generate_private_key(ec.SECP256R1())
    until = f"{export.clock.time:%Y-%m-%dT%H}:00:00.000000Z"
    file = TrailFile.written(head, until, [], [], lambda it: key.sign(it, ec.ECDSA(SHA256())))
    return file.content()


Planted = Callable[[Exports], bytes]
PLANTED: dict[str, Planted] = {
    "no file": lambda _: b"{}\n",
    "nothing": lambda _: b"",
    "the file before": lambda export: export.content(1),
    "a file signed by another key": _signed_by_another,
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_file_of_another_is_not_gone_on_from(
    export: Exports, alice: Person, log: Log, planted: Planted
) -> None:
    export.run()
    export.happen(alice.id)
    content = planted(export)
    export.put(2, content)

    export.pass_hour()

    assert _outcomes(log) == ["done", "failed"]
    assert log.named("crash")[-1]["causes"][0]["type"] == "BrokenFileError"
    assert export.content(2) == content
    head = trail_heads.find()
    assert head is not None
    assert head.number == 1


def test_newest_file_that_was_changed_stops_the_export(
    export: Exports, alice: Person, log: Log
) -> None:
    export.run()
    export.put(1, export.content(1).replace(b"user_created", b"user_deleted"))

    export.pass_hour()

    assert _outcomes(log) == ["done", "failed"]
    assert len(export.names()) == 1


def test_newest_file_that_is_gone_stops_the_export(export: Exports, log: Log) -> None:
    export.run()
    export.remove(1)

    export.pass_hour()

    assert _outcomes(log) == ["done", "failed"]
    assert export.names() == []


def test_files_are_written_once_and_never_over_another(
    export: Exports, aws_calls: AwsCalls
) -> None:
    export.run()

    (put,) = [call for call in aws_calls.made if call.operation == "PutObject"]
    assert put.arguments["IfNoneMatch"] == "*"
    assert put.arguments["ChecksumSHA256"]


def test_every_right_of_the_export_is_used(
    export: Exports, aws_calls: AwsCalls, alice: Person
) -> None:
    export.run()
    export.happen(alice.id)
    _unheard(aws_calls, "PutObject")
    export.pass_hour()

    export.run()

    assert aws_calls.used[EXPORT] == aws_calls.allowed[EXPORT]
    assert aws_calls.refused == []
