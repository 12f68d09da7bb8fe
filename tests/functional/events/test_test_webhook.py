"""POST /api/v1/server/webhooks/{name}/test: an event that says nothing, to see whether it comes."""

from tests.functional.events.conftest import Line
from tests.support.people import Person
from tests.support.receiver import answering


def test_receiver_gets_an_event_that_says_nothing(line: Line, admin: Person) -> None:
    answer = line.hooks.test()
    line.wire.deliver()

    (request,) = line.receiver.requests
    assert (answer.status, answer.json) == (202, {"delivery_id": request.id})
    assert request.type == "webhook.test"
    assert request.event["data"] == {
        "user_id": admin.id,
        "actor_id": admin.id,
        "request_id": None,
        "changes": {},
    }
    assert line.log() == [("delivered", 1)]


def test_endpoint_that_is_paused_is_tried_all_the_same(line: Line, alice: Person) -> None:
    line.receiver.react = answering(500)
    for _ in range(8):
        line.hooks.test()
    line.wire.deliver()

    assert len(line.receiver.requests) == 8
    assert line.hooks.stored().paused_until is not None


def test_each_test_is_another_event(line: Line) -> None:
    ids = {line.hooks.test().json["delivery_id"] for _ in range(3)}

    assert len(ids) == 3
