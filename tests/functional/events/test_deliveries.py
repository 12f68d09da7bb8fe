"""GET /api/v1/server/webhooks/{name}/deliveries: what became of events."""

from tests.functional.events.conftest import Line
from tests.support.people import Person
from tests.support.receiver import answering


def test_delivery_is_told_with_status_and_latency(line: Line, alice: Person) -> None:
    line.happen(alice)
    line.wire.tell()

    answer = line.hooks.deliveries()

    assert answer.status == 200
    (told,) = answer.json["deliveries"]
    assert told.pop("latency_ms") >= 0
    assert told.pop("attempted_at")
    assert told == {
        "delivery_id": line.receiver.requests[0].id,
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
        listed += [told["delivery_id"] for told in page["deliveries"]]
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


def test_personal_data_are_not_in_the_log(line: Line, alice: Person) -> None:
    line.hooks.save(url=line.receiver.url, events=["user.updated"], personal_data=True)
    line.happen(alice)
    line.wire.tell()

    assert alice.email in line.receiver.requests[0].body
    assert alice.email not in line.hooks.deliveries().text
