"""GET /api/v1/server/webhooks/{name}/deliveries: what became of events.

And POST /api/v1/server/webhooks/{name}/deliveries/{delivery_id}: sending one again.
"""

import pytest

from tests.functional.events.conftest import Line
from tests.support.people import Person
from tests.support.receiver import TAKEN, answering
from tests.support.register import LIST_DELIVERIES

UNKNOWN = "evt_20260101T000000000000Z_0123abcd_1"
NO_IDS = [UNKNOWN, "evt", "a%23b", "..", "evt_20261399T000000000000Z_0123abcd_1", "x" * 1025]


def test_delivery_is_told_with_status_and_latency(line: Line, alice: Person) -> None:
    line.happen(alice)
    line.wire.tell()

    answer = line.hooks.deliveries()

    assert answer.status == 200
    (told,) = answer.json["deliveries"]
    assert told.pop("latency_ms") >= 0
    assert told.pop("attempted_at")
    assert told == {
        "id": line.receiver.requests[0].id,
        "type": "user.updated",
        "status": "delivered",
        "attempts": 1,
        "response_status": 204,
    }


def test_refusal_is_told_with_the_beginning_of_what_was_answered(line: Line, alice: Person) -> None:
    line.receiver.react = answering(503, "<h1>Down</h1>\n" + 1000 * "for maintenance ")
    line.happen(alice)
    line.wire.tell()

    (told,) = line.hooks.deliveries().json["deliveries"]

    assert (told["status"], told["response_status"]) == ("pending", 503)
    assert told["reason"].startswith("<h1>Down</h1> for maintenance")
    assert len(told["reason"]) <= 200
    assert told["next_attempt_at"] > told["attempted_at"]


def test_deliveries_are_listed_newest_first_page_by_page(line: Line, alice: Person) -> None:
    for _ in range(5):
        line.happen(alice)
    line.wire.tell()
    cursor: dict[str, str] = {}
    listed: list[str] = []

    while True:
        page = line.hooks.deliveries(limit=2, **cursor).json
        listed += [told["id"] for told in page["deliveries"]]
        if "cursor" not in page:
            break
        cursor = {"cursor": page["cursor"]}

    assert listed == [request.id for request in reversed(line.receiver.requests)]


def test_cursor_of_another_list_is_refused(line: Line, alice: Person) -> None:
    for _ in range(2):
        line.happen(alice)
    line.wire.tell()
    cursor = line.hooks.deliveries(limit=1).json["cursor"]

    assert line.hooks.deliveries("other", cursor=cursor).status == 422
    assert line.hooks.deliveries(limit=0).status == 422


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


def test_personal_data_are_not_in_the_log(line: Line, alice: Person) -> None:
    line.hooks.save(url=line.receiver.url, events=["user.updated"], personal_data=True)
    line.happen(alice)
    line.wire.tell()

    assert alice.email in line.receiver.requests[0].body
    assert alice.email not in LIST_DELIVERIES.key + line.hooks.deliveries().text
