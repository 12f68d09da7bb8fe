"""From the trail's stream to the bus and the queue: each event exactly if its change was made."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts import settings
from accounts.storage import audit, trails
from accounts.storage.tables import AuditEvent
from accounts.storage.transactions import write
from tests.functional.events.conftest import Line
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.desk import Desk
from tests.support.faults import refusal, silence
from tests.support.hooks import Hooks
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.receiver import Receiver
from tests.support.register import LOG_IN, SIGN_UP
from tests.support.scene import Scene
from tests.support.wire import CONSUMER, Wire

CAROL = {"email": "carol@example.com", "name": "Carol", "passw": "example_string"}


@pytest.fixture
def bus(aws_calls: AwsCalls) -> Iterator[list[dict[str, Any]]]:
    """What was put on the bus and accepted."""
    accepted: list[dict[str, Any]] = []
    send = aws_calls.send

    def watched(client: Any, operation: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - as botocore
        answer = send(client, operation, arguments)
        if operation == "PutEvents":
            accepted.extend(arguments["Entries"])
        return answer

    aws_calls.send = watched
    yield accepted
    aws_calls.send = send


def _types(bus: list[dict[str, Any]]) -> list[str]:
    return [entry["DetailType"] for entry in bus]


def test_what_happens_is_on_the_bus_in_its_order(
    desk: Desk, wire: Wire, bus: list[dict[str, Any]], admin: Person
) -> None:
    answer = SIGN_UP.call(Scene(desk.api, admin, admin, ""), token=admin.token, json=CAROL)
    user_id = answer.json["id"]
    desk.update(user_id, name="Caroline")
    desk.update(user_id, status="disabled")
    desk.update(user_id, status="active", role="methodist")
    desk.delete(user_id)

    wire.publish()

    assert _types(bus) == [
        "user.created",
        "user.updated",
        "user.disabled",
        "user.enabled",
        "user.deleted",
    ]
    assert {entry["EventBusName"] for entry in bus} == {settings.events().event_bus}
    assert {entry["Source"] for entry in bus} == {"users"}


def test_event_says_ids_and_what_changed_and_nothing_personal(
    desk: Desk, wire: Wire, bus: list[dict[str, Any]], alice: Person, admin: Person
) -> None:
    desk.update(alice.id, name="Alice Cooper", role="methodist")

    wire.publish()

    (entry,) = bus
    event = _event(entry)
    assert event["data"] == {
        "user_id": alice.id,
        "actor_id": admin.id,
        "request_id": event["data"]["request_id"],
        "changes": {"name": "changed", "role": "methodist"},
    }
    assert "Cooper" not in entry["Detail"]
    assert alice.email not in entry["Detail"]
    assert "127.0.0.1" not in entry["Detail"]


def _event(entry: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(entry["Detail"])
    return told


def test_log_in_begins_a_session(scene: Scene, wire: Wire, bus: list[dict[str, Any]]) -> None:
    assert LOG_IN.call(scene).status == 200

    wire.publish()

    assert _types(bus) == ["session.begun"]


def test_what_concerns_no_account_is_told_to_nobody(
    scene: Scene, wire: Wire, bus: list[dict[str, Any]]
) -> None:
    LOG_IN.call(scene, json={"email": "nobody@example.com", "passw": "wrong"})

    wire.publish()

    # it is on record all the same, so that it costs as much as for an account
    assert any(item.user_id < 0 for item in AuditEvent.scan())
    assert bus == []


def test_change_that_was_refused_is_no_event(
    desk: Desk, wire: Wire, bus: list[dict[str, Any]], admin: Person
) -> None:
    assert desk.update(admin.id, role="read_only").status == 409

    wire.publish()

    assert bus == []


def test_address_that_is_forgotten_is_no_event(
    desk: Desk, wire: Wire, bus: list[dict[str, Any]], alice: Person
) -> None:
    desk.delete(alice.id)
    wire.publish()
    told = len(bus)

    trails.forget_addresses_of(alice.id)
    wire.publish()

    assert len(bus) == told


def test_event_has_the_same_id_whenever_it_is_told(
    desk: Desk, wire: Wire, bus: list[dict[str, Any]], alice: Person
) -> None:
    desk.update(alice.id, name="Alice Cooper")
    wire.publish()

    wire.replay()

    first, second = bus
    assert first == second


def test_only_wanted_types_are_queued(
    hooks: Hooks, desk: Desk, receiver: Receiver, wire: Wire, alice: Person
) -> None:
    hooks.save(url=receiver.url, events=["user.deleted"])
    desk.update(alice.id, name="Alice Cooper")
    desk.delete(alice.id)

    wire.tell()

    assert receiver.types == ["user.deleted"]


def test_many_events_at_once_are_all_told(
    alice: Person, wire: Wire, bus: list[dict[str, Any]], clock: Clock
) -> None:
    for number in range(37):
        clock.advance(seconds=1)
        write(audit.event(alice.id, "session_ended", session_id=str(number), why="log_out"))

    wire.publish()

    told = [_event(entry)["data"]["changes"]["session_id"] for entry in bus]
    assert told == [str(number) for number in range(37)]


@pytest.mark.parametrize("error", [refusal("ThrottlingException"), silence()], ids=["no", "silent"])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_what_fails_comes_again_and_nothing_is_lost(
    line: Line, aws_calls: AwsCalls, alice: Person, call: int, error: Exception
) -> None:
    for language in ("en", "ru"):
        line.happen(alice, language)
    aws_calls.forget()
    aws_calls.fail(call, error)

    line.wire.publish()
    assert line.wire.is_failing
    line.wire.tell()

    assert [it.event["data"]["changes"]["language"] for it in line.receiver.requests] == [
        "en",
        "ru",
    ]


@pytest.mark.parametrize("failed", ["PutEvents", "SendMessageBatch"])
def test_entry_that_was_refused_alone_comes_again(
    line: Line, aws_calls: AwsCalls, alice: Person, failed: str
) -> None:
    line.happen(alice)
    send = aws_calls.send
    refused: list[str] = []

    def sometimes(client: Any, operation: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - as botocore
        if operation != failed or refused:
            return send(client, operation, arguments)
        refused.append(operation)
        if operation == "PutEvents":
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
        return {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}

    aws_calls.send = sometimes
    line.wire.publish()
    assert line.wire.is_failing
    line.wire.tell()

    assert line.receiver.types == ["user.updated"]


def test_record_that_cannot_be_read_keeps_back_none_before_it(
    invoke: Callable[..., Any], alice: Person, wire: Wire, bus: list[dict[str, Any]], log: Log
) -> None:
    event = audit.event(alice.id, "session_begun", session_id="s").item
    good: dict[str, Any] = {
        "eventName": "INSERT",
        "dynamodb": {"SequenceNumber": "1", "NewImage": event.to_dynamodb_dict()},
    }
    poison = {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "2", "NewImage": {}}}
    last = {**good, "dynamodb": {**good["dynamodb"], "SequenceNumber": "3"}}

    result = invoke(CONSUMER, {"Records": [good, poison, last]})

    # Lambda goes on there, and halves the batch until the one is alone
    assert result == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert _types(bus) == ["session.begun"]
    assert "crash" in log.text


def test_event_of_a_later_version_is_logged_and_keeps_nobody_back(
    alice: Person, wire: Wire, bus: list[dict[str, Any]], log: Log
) -> None:
    write(audit.event(alice.id, "abducted_by_aliens"))
    write(audit.event(alice.id, "password_changed"))

    wire.publish()

    assert _types(bus) == ["password.changed"]
    assert "abducted_by_aliens" in log.text
