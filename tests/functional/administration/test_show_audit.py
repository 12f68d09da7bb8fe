"""GET /api/v1/server/users/{user_id}/audit: what happened to an account, page by page."""

from collections.abc import Mapping

import pytest

from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import Desk, events, log_in, timestamp
from tests.support.people import Person


@pytest.fixture
def renamed(desk: Desk, alice: Person, clock: Clock) -> list[str]:
    """Alice's trail is seven events long; return when the last five were, newest first."""
    times = []
    for number in range(5):
        clock.advance(seconds=10)
        desk.update(alice.id, name=f"Alice {number}")
        times.append(timestamp())
    return times[::-1]


def test_event_is_told_as_documented(
    desk: Desk, alice: Person, admin: Person, clock: Clock
) -> None:
    clock.advance(seconds=10)
    changed = desk.update(alice.id, role="methodist")

    answer = desk.audit(alice.id)

    assert answer.status == 200
    assert answer.json["events"][0] == {
        "id": events(alice.id)[-1].event_id,
        "user_id": alice.id,
        "what": "user_updated",
        "happened_at": timestamp(),
        "actor_id": admin.id,
        "ip_address": "192.0.2.1",
        "request_id": changed.headers["x-request-id"],
        "details": {"role": "methodist"},
    }


def test_what_nobody_did_names_no_actor(desk: Desk, alice: Person, clock: Clock) -> None:
    clock.advance(seconds=10)
    log_in(alice)

    assert "actor_id" not in desk.audit(alice.id).json["events"][0]


def test_newest_comes_first(desk: Desk, alice: Person, renamed: list[str]) -> None:
    events = desk.audit(alice.id).json["events"]

    assert [event["happened_at"] for event in events][:5] == renamed
    assert {event["what"] for event in events[5:]} == {"user_created", "session_begun"}


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_make_up_the_trail(
    desk: Desk, alice: Person, renamed: list[str], limit: int, aws_calls: AwsCalls
) -> None:
    whole = desk.audit(alice.id).json["events"]
    pages = []
    query: dict[str, object] = {"limit": limit}
    aws_calls.forget()
    while True:
        answer = desk.audit(alice.id, **query).json
        pages.append(answer["events"])
        if "cursor" not in answer:
            break
        query["cursor"] = answer["cursor"]

    assert [event for page in pages for event in page] == whole
    assert all(len(page) == limit for page in pages[:-1])
    assert aws_calls.operations == ["GetItem", "GetItem", "Query"] * len(pages)


def test_what_happens_meanwhile_neither_repeats_nor_hides_anything(
    desk: Desk, alice: Person, renamed: list[str], clock: Clock
) -> None:
    first = desk.audit(alice.id, limit=3).json
    clock.advance(seconds=10)
    desk.update(alice.id, name="Another")

    second = desk.audit(alice.id, limit=2, cursor=first["cursor"]).json

    told = [event["happened_at"] for event in (*first["events"], *second["events"])]
    assert told == renamed


def test_cursor_is_of_its_session(
    desk: Desk, alice: Person, renamed: list[str], other_admin: Person
) -> None:
    cursor = desk.audit(alice.id, limit=2).json["cursor"]

    assert desk.by(other_admin.token).audit(alice.id, limit=2, cursor=cursor).status == 422
    flipped = cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]
    assert desk.audit(alice.id, limit=2, cursor=flipped).status == 422


def test_trail_of_a_deleted_account_can_be_read(desk: Desk, alice: Person, clock: Clock) -> None:
    clock.advance(seconds=10)
    desk.delete(alice.id)

    events = desk.audit(alice.id).json["events"]

    assert events[0]["what"] == "user_deleted"
    assert len(events) == 3
    assert all("ip_address" not in event for event in events[1:])


def test_trail_of_nobody_is_empty(desk: Desk) -> None:
    assert desk.audit(5).json == {"events": []}


@pytest.mark.parametrize("user_id", ["0", "x", "01", "9" * 17])
def test_what_is_no_id_is_not_found(desk: Desk, user_id: str) -> None:
    assert desk.audit(user_id).code == "user_not_found"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": ""}, "cursor"),
        ({"what": "user_created"}, "what"),
    ],
)
def test_bad_query_is_refused(
    desk: Desk, alice: Person, query: Mapping[str, object], field: str
) -> None:
    answer = desk.audit(alice.id, **query)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == [field]


def test_reading_it_changes_nothing(desk: Desk, alice: Person, stack: Deployment) -> None:
    with stack.unchanged():
        desk.audit(alice.id)


def test_what_was_done_to_roles_is_in_the_trail_of_who_did_it(
    desk: Desk, admin: Person, clock: Clock
) -> None:
    clock.advance(seconds=10)
    desk.save_role("gardener", "garden:write")
    clock.advance(seconds=10)
    desk.delete_role("gardener")

    events = desk.audit(admin.id, limit=2).json["events"]

    assert [event["what"] for event in events] == ["role_deleted", "role_saved"]
    assert [event["details"]["role"] for event in events] == ["gardener", "gardener"]
