"""What receivers get: signed, in order for each account, and whatever fails, never lost."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from accounts.events import calling, circuit, delivery, outbound, secrets
from accounts.storage.tables import User
from tests.functional.events.conftest import UPDATED, Line
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.desk import Desk
from tests.support.faults import refusal
from tests.support.people import Person
from tests.support.receiver import TAKEN, Received, answering
from tests.support.wire import DELIVERER

AN_HOUR = 3600
A_DAY = 24 * AN_HOUR
FAILING = answering(500, "out of order")


def _read_by(secret: str, request: Received, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - JSON
    """Return what a receiver reads that has this secret, at the moment of the request.

    Raises:
        WebhookVerificationError: it takes it for forged.
    """
    verifier = Verifier(secret)
    monkeypatch.setattr(
        verifier,
        "_Webhook__verify_timestamp",
        lambda text: datetime.fromtimestamp(int(text), tz=UTC),
    )
    return verifier.verify(request.body, dict(request.headers))


# what comes


def test_receiver_gets_the_event_and_can_tell_who_sent_it(
    line: Line, alice: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.happen(alice)

    line.wire.tell()

    (request,) = line.receiver.requests
    assert request.path == "/hook"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-timestamp"] == str(int(clock.time.timestamp()))
    assert _read_by(line.secret, request, monkeypatch) == request.event
    assert request.event["id"] == request.id
    assert (request.type, request.event["data"]["user_id"]) == ("user.updated", alice.id)
    assert (line.wire.waiting(), line.log()) == (0, [("delivered", 1)])


def test_body_that_was_changed_on_its_way_does_not_verify(
    line: Line, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.happen(alice)
    line.wire.tell()
    (request,) = line.receiver.requests

    forged = Received(request.path, request.headers, request.body.replace("updated", "deleted"))

    with pytest.raises(WebhookVerificationError):
        _read_by(line.secret, forged, monkeypatch)


def test_while_it_is_rotated_both_secrets_verify_and_then_the_new_one_alone(
    line: Line, alice: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = line.hooks.save(url=line.receiver.url, events=UPDATED, rotate_secret=True).json["secret"]
    line.happen(alice)
    line.wire.tell()
    clock.advance(seconds=secrets.OVERLAP.total_seconds())
    line.happen(alice)
    line.wire.tell()

    first, second = line.receiver.requests
    assert _read_by(line.secret, first, monkeypatch) == _read_by(new, first, monkeypatch)
    assert _read_by(new, second, monkeypatch) == second.event
    with pytest.raises(WebhookVerificationError):
        _read_by(line.secret, second, monkeypatch)


def test_nothing_secret_is_in_an_event(line: Line, alice: Person) -> None:
    line.hooks.save(url=line.receiver.url, events=["*"])
    alice.sign_in()

    line.wire.tell()

    assert line.receiver.types == ["webhook.saved", "session.begun"]
    for request in line.receiver.requests:
        assert not [one for one in line.hooks.api.secrets if one in request.body]
        assert alice.email not in request.body


# personal data


def test_personal_data_come_if_they_are_asked_for(personal: Line, alice: Person) -> None:
    personal.happen(alice)

    personal.wire.tell()

    (request,) = personal.receiver.requests
    assert request.event["data"]["user"] == {
        "email": alice.account.email,
        "name": alice.account.name,
    }


def test_who_is_deleted_between_change_and_delivery_is_told_of_by_id_alone(
    personal: Line, desk: Desk, alice: Person
) -> None:
    personal.happen(alice)
    personal.wire.publish()
    assert desk.delete(alice.id).status == 200

    personal.wire.tell()

    (request,) = personal.receiver.requests
    assert request.event["data"]["user_id"] == alice.id
    assert "user" not in request.event["data"]
    assert alice.email not in request.body


@pytest.mark.parametrize("change", [{"role": "read_only"}, {"status": "disabled"}])
def test_maker_who_may_read_accounts_no_more_is_told_no_personal_data(
    personal: Line, alice: Person, admin: Person, change: dict[str, str]
) -> None:
    actions = [getattr(User, name).set(value) for name, value in change.items()]
    admin.account.update(actions)
    personal.happen(alice)

    personal.wire.tell()

    assert "user" not in personal.receiver.requests[0].event["data"]


# what fails


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 410, 429, 500, 503])
def test_what_is_not_taken_comes_again_with_the_same_id(
    line: Line, alice: Person, status: int
) -> None:
    line.receiver.react = answering(status, Location="http://127.0.0.1:1/elsewhere")
    line.happen(alice)
    line.wire.tell()
    line.receiver.react = TAKEN

    line.wire.pass_time(4)
    assert len(line.receiver.requests) == 1
    line.wire.pass_time(2)

    first, second = line.receiver.requests
    assert (first.id, first.body) == (second.id, second.body)
    assert line.log() == [("delivered", 2)]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_is_one(line: Line, alice: Person, status: int) -> None:
    line.receiver.react = answering(status)
    line.happen(alice)

    line.wire.tell()

    assert (line.wire.waiting(), line.log()) == (0, [("delivered", 1)])


def test_receiver_that_is_down_for_hours_gets_everything_once_in_order(
    line: Line, alice: Person
) -> None:
    line.receiver.react = FAILING
    for number in range(3):
        line.happen(alice, str(number))
    line.wire.tell()
    for _ in range(60):
        line.wire.pass_time(60)
    tried = len(line.receiver.requests)
    assert {request.id for request in line.receiver.requests} == {line.receiver.requests[0].id}

    line.receiver.react = TAKEN
    for _ in range(60):
        line.wire.pass_time(60)

    taken = line.receiver.requests[tried:]
    assert [it.event["data"]["changes"]["language"] for it in taken] == ["0", "1", "2"]
    assert (line.wire.waiting(), line.statuses()) == (0, ["delivered"] * 3)


def test_event_that_is_never_taken_is_kept_as_failed_after_a_day_and_others_go_on(
    line: Line, alice: Person
) -> None:
    poison: list[str] = []

    def refuse_the_first(request: Received) -> bytes:
        poison.append(request.id)
        return FAILING(request) if request.id == poison[0] else TAKEN(request)

    line.receiver.react = refuse_the_first
    line.happen(alice)
    line.happen(alice)
    line.wire.tell()
    hours = 0
    while line.wire.waiting():
        line.wire.pass_time(AN_HOUR)
        hours += 1

    assert 20 <= hours <= 40
    assert line.statuses() == ["failed", "delivered"]
    assert line.log()[0][1] <= len(delivery.WAITS_SECONDS) + 1


def test_waits_grow_and_are_a_day_in_all() -> None:
    waits = delivery.WAITS_SECONDS

    assert list(waits) == sorted(waits)
    assert 0.9 * A_DAY < sum(waits) <= A_DAY
    # as long as SQS keeps a message from others
    assert max(waits) <= 12 * AN_HOUR
    assert circuit.LONGEST_PAUSE_SECONDS <= 12 * AN_HOUR


def test_receiver_that_hangs_is_given_up_in_time(
    line: Line, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def hang(request: Received) -> bytes:
        released.wait(10)
        return TAKEN(request)

    monkeypatch.setattr(calling, "SECONDS", 0.2)
    line.receiver.react = hang
    line.happen(alice)
    line.wire.tell()
    released.set()

    assert line.log() == [("pending", 1)]
    line.receiver.react = TAKEN
    line.wire.pass_time(6)
    assert line.log() == [("delivered", 2)]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 999999 Odd\r\n\r\n",
        b"HTTP/1.1 500 Oops\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 4096,
        b"HTTP/1.1 500 Oops\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 500 Oops\r\n\r\n" + "\x1b[31m\u202e".encode(),
    ],
    ids=["nothing", "garbage", "odd status", "endless", "no gzip", "signs"],
)
def test_whatever_a_receiver_answers_it_harms_nobody(
    line: Line, alice: Person, answer: bytes
) -> None:
    line.receiver.react = lambda _: answer
    line.happen(alice)

    line.wire.tell()

    (told,) = line.hooks.deliveries().json["deliveries"]
    assert told["status"] == "pending"
    assert len(told["reason"]) <= calling.SHOWN_CHARACTERS
    assert told["reason"].isprintable()


def test_receiver_that_answers_twice_is_heard_once(line: Line, alice: Person) -> None:
    line.receiver.react = lambda request: TAKEN(request) + FAILING(request)
    line.happen(alice)

    line.wire.tell()

    assert (len(line.receiver.requests), line.log()) == (1, [("delivered", 1)])


def test_message_that_comes_twice_is_delivered_once(line: Line, alice: Person) -> None:
    line.happen(alice)
    line.wire.tell()
    (request,) = line.receiver.requests

    outbound.send([outbound.Order("crm", request.id)])
    line.wire.deliver()

    assert len(line.receiver.requests) == 1


def test_stream_that_is_replayed_delivers_nothing_anew(
    line: Line, alice: Person, bob: Person
) -> None:
    for person in (alice, bob):
        line.happen(person)
    line.wire.tell()

    line.wire.replay()
    line.wire.deliver()

    assert len(line.receiver.requests) == 2


@pytest.mark.parametrize("call", range(1, 8))
def test_deliverer_that_dies_at_any_call_loses_nothing(
    line: Line, aws_calls: AwsCalls, alice: Person, call: int
) -> None:
    line.happen(alice, "0")
    line.happen(alice, "1")
    line.wire.publish()
    aws_calls.forget()
    aws_calls.fail(call, refusal("InternalServerError"))

    line.wire.deliver()
    # until its message is handed out again
    line.wire.pass_time(180)

    languages = [it.event["data"]["changes"]["language"] for it in line.receiver.requests]
    assert [one for at, one in enumerate(languages) if one not in languages[:at]] == ["0", "1"]
    assert (line.wire.waiting(), line.statuses()) == (0, ["delivered"] * 2)


def test_api_does_not_wait_for_a_receiver(line: Line, desk: Desk, alice: Person) -> None:
    line.receiver.react = FAILING

    assert desk.update(alice.id, name="Alice Cooper").status == 200
    assert line.hooks.test().status == 202
    assert line.receiver.requests == []


# one does not hold up another


def test_order_is_kept_for_each_account_and_others_do_not_wait(
    line: Line, alice: Person, bob: Person
) -> None:
    line.receiver.react = lambda it: (
        FAILING(it) if it.event["data"]["user_id"] == alice.id else TAKEN(it)
    )
    for person in (alice, alice, bob, alice, bob):
        line.happen(person)

    line.wire.tell()

    assert line.statuses().count("delivered") == 2
    assert len({it.id for it in line.receiver.requests}) == 3


def test_dead_endpoint_is_paused_and_others_go_on(line: Line, alice: Person) -> None:
    line.hooks.save("dead", url="http://localhost:1/", events=UPDATED)
    line.wire.publish()
    for _ in range(30):
        line.happen(alice)
        line.wire.tell()
        line.wire.pass_time(1)

    assert len(line.receiver.requests) == 30
    assert line.hooks.stored("crm").failures == 0
    assert line.hooks.stored("dead").failing_since is not None
    listed = {it["name"]: it for it in line.hooks.list().json["webhooks"]}
    assert "failing_since" in listed["dead"]
    assert "failing_since" not in listed["crm"]


def test_paused_endpoint_is_tried_now_and_then_and_what_waits_comes_once_it_answers(
    line: Line, crowd: Sequence[int]
) -> None:
    line.receiver.react = FAILING
    line.happen_to(crowd)
    line.wire.tell()
    # as many as make a row, of those that were there
    assert len(line.receiver.requests) == circuit.FREE_FAILURES
    assert line.hooks.stored().paused_until is not None

    line.receiver.react = TAKEN
    for _ in range(10):
        line.wire.pass_time(60)

    assert line.wire.waiting() == 0
    assert line.statuses() == ["delivered"] * len(crowd)
    assert line.hooks.stored().failures == 0
    assert circuit.seconds_paused(line.hooks.stored()) == 0


def test_endpoint_that_failed_for_a_day_has_nothing_wait_and_all_kept_for_redelivery(
    line: Line, crowd: Sequence[int], admin: Person
) -> None:
    line.receiver.react = FAILING
    line.happen_to(crowd)
    line.wire.tell()
    for _ in range(50):
        line.wire.pass_time(AN_HOUR)
    assert line.wire.waiting() == 0
    assert set(line.statuses()) == {"failed"}

    line.receiver.react = TAKEN
    hooks = replace(line.hooks, token=admin.sign_in().token)
    for delivery_id in line.ids():
        assert hooks.redeliver(delivery_id).status == 202
    line.wire.deliver()

    assert line.statuses() == ["delivered"] * len(crowd)
    assert line.hooks.stored().failures == 0


def test_queue_that_is_full_of_what_waits_takes_no_more(
    line: Line, crowd: Sequence[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MOST_WAITING", 10)
    line.receiver.react = FAILING
    line.happen_to(crowd)

    line.wire.tell()

    assert line.wire.waiting() <= 11
    assert "failed" in set(line.statuses())


# what is changed meanwhile


def test_webhook_that_is_deleted_meanwhile_is_sent_nothing(line: Line, alice: Person) -> None:
    line.happen(alice)
    line.wire.publish()
    line.hooks.delete()

    line.wire.deliver()

    assert (line.receiver.requests, line.wire.waiting()) == ([], 0)


def test_webhook_that_wants_no_such_event_any_more_is_sent_none(line: Line, alice: Person) -> None:
    line.happen(alice)
    line.wire.publish()
    line.hooks.save(url=line.receiver.url, events=["user.deleted"])

    line.wire.deliver()

    assert (line.receiver.requests, line.wire.waiting()) == ([], 0)


def test_webhook_saved_anew_is_tried_at_once(line: Line, crowd: Sequence[int]) -> None:
    line.receiver.react = FAILING
    line.happen_to(crowd)
    line.wire.tell()

    line.hooks.save(url=line.receiver.url, events=UPDATED)

    assert line.hooks.stored().failures == 0
    assert circuit.seconds_paused(line.hooks.stored()) == 0


def test_message_that_is_no_order_fails_alone(invoke: Callable[..., Any]) -> None:
    record = {"messageId": "m", "receiptHandle": "r", "body": "poison"}

    assert invoke(DELIVERER, {"Records": [record]}) == {
        "batchItemFailures": [{"itemIdentifier": "m"}]
    }
