"""POST /api/v1/server/webhooks/{name}/deliveries/{delivery_id}: sending an event again."""

import pytest

from tests.functional.events.conftest import Line
from tests.support.people import Person
from tests.support.receiver import TAKEN, answering

UNKNOWN = "evt_20260101T000000000000Z_0123abcd_1"
NO_IDS = [UNKNOWN, "evt", "a%23b", "..", "evt_20261399T000000000000Z_0123abcd_1", "x" * 1025]


def test_event_is_sent_again_with_its_id_whatever_became_of_it(line: Line, alice: Person) -> None:
    line.happen(alice)
    line.wire.tell()
    (first,) = line.receiver.requests

    answer = line.hooks.redeliver(first.id)
    line.wire.deliver()

    assert (answer.status, answer.json) == (202, {"delivery_id": first.id})
    assert [request.id for request in line.receiver.requests] == [first.id] * 2
    assert line.receiver.requests[1].body == first.body
    assert line.log() == [("delivered", 1)]


def test_message_of_a_round_before_is_void(line: Line, alice: Person) -> None:
    line.receiver.react = answering(500)
    line.happen(alice)
    line.wire.tell()
    line.receiver.react = TAKEN
    (delivery_id,) = line.ids()
    line.hooks.redeliver(delivery_id)

    # the one of the first round is before it in its group
    line.wire.pass_time(10)

    assert line.wire.waiting() == 0
    assert line.statuses() == ["delivered"]


@pytest.mark.parametrize("delivery_id", NO_IDS)
def test_delivery_that_nobody_knows_is_not_found(line: Line, delivery_id: str) -> None:
    answer = line.hooks.redeliver(delivery_id)

    assert answer.status == 404
    assert answer.code in ("delivery_not_found", "route_not_found")


def test_webhook_that_nobody_knows_is_not_found(line: Line) -> None:
    for answer in (line.hooks.redeliver(UNKNOWN, "other"), line.hooks.test("other")):
        assert (answer.status, answer.code) == (404, "webhook_not_found")
    assert line.hooks.deliveries("other").json == {"deliveries": []}
