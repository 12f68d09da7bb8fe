"""GET /api/v1/server/audit: what happened to all accounts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from accounts.storage.places import SHARDS
from accounts.storage.tables import AuditEvent
from tests.support import former_events
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import Desk, log_in, settle
from tests.support.people import Person


def _pages(desk: Desk, **query: object) -> list[list[dict[str, Any]]]:
    pages: list[list[dict[str, Any]]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = desk.events(**query, **cursor)
        assert answer.status == 200, answer
        pages.append(answer.json["events"])
        if "cursor" not in answer.json:
            return pages
        cursor = {"cursor": answer.json["cursor"]}


def _all(desk: Desk, **query: object) -> list[dict[str, Any]]:
    return [event for page in _pages(desk, **query) for event in page]


def _stored() -> list[str]:
    return sorted((event.event_id for event in AuditEvent.scan()), reverse=True)


def test_events_of_all_accounts_are_told_newest_first(
    desk: Desk, alice: Person, clock: Clock
) -> None:
    clock.advance(seconds=1)
    desk.update(alice.id, name="Alice Liddell")

    found = _all(desk)

    assert [event["id"] for event in found] == _stored()
    assert found[0]["what"] == "user_updated"
    assert found[0]["user_id"] == alice.id


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_pages_make_up_the_trail(desk: Desk, limit: int) -> None:
    for number in range(15):
        settle(f"p{number}@example.com")
    whole = _stored()

    pages = _pages(desk, limit=limit)

    assert [event["id"] for page in pages for event in page] == whole
    assert all(len(page) <= limit for page in pages)


def test_what_happens_meanwhile_neither_repeats_nor_hides_another(desk: Desk, clock: Clock) -> None:
    for number in range(8):
        settle(f"p{number}@example.com")
    before = _stored()
    first = desk.events(limit=3).json
    clock.advance(seconds=1)
    settle("late@example.com")

    rest = desk.events(limit=100, cursor=first["cursor"]).json

    assert [event["id"] for event in (*first["events"], *rest["events"])] == before


def test_one_sort_of_events_is_told(desk: Desk, alice: Person) -> None:
    desk.update(alice.id, name="First")
    settle("p@example.com")
    desk.update(alice.id, name="Second")

    found = _all(desk, event="user_updated", limit=1)

    assert [(event["what"], event["user_id"]) for event in found] == [
        ("user_updated", alice.id)
    ] * 2


def test_what_one_account_did_is_told(
    desk: Desk, admin: Person, alice: Person, clock: Clock
) -> None:
    clock.advance(seconds=1)
    desk.update(alice.id, name="First")
    clock.advance(seconds=1)
    desk.update(admin.id, name="Ada L.")
    alice.sign_in()

    found = _all(desk, actor_id=admin.id)

    assert {event["actor_id"] for event in found} == {admin.id}
    assert [event["user_id"] for event in found][:2] == [admin.id, alice.id]
    (named, *_) = _all(desk, actor_id=admin.id, event="user_updated", limit=1)
    assert named["user_id"] == admin.id


def test_time_is_narrowed_from_and_until(desk: Desk, clock: Clock) -> None:
    first = settle("first@example.com")
    clock.advance(seconds=60)
    since = clock()
    second = settle("second@example.com")
    clock.advance(seconds=60)
    until = clock()
    third = settle("third@example.com")

    def found(**query: object) -> list[int]:
        created = _all(desk, event="user_created", **query)
        ids = (first.id, second.id, third.id)
        return [event["user_id"] for event in created if event["user_id"] in ids]

    begins, ends = (moment.isoformat().replace("+00:00", "Z") for moment in (since, until))
    assert found(since=begins) == [third.id, second.id]
    assert found(until=ends) == [second.id, first.id]
    assert found(since=begins, until=ends) == [second.id]
    assert found(since=ends, until=begins) == []


def test_trail_goes_back_over_the_months(desk: Desk, clock: Clock, alice: Person) -> None:
    old = AuditEvent.find_all(alice.id)[0]
    moments = [clock() - timedelta(days=days) for days in (35, 130, 250)]
    for moment in moments:
        id_ = f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}-0000000a"
        old.event_id, old.bucket, old.happened_at = id_, f"{id_[:7]}#a", moment
        old.save()

    found = [event["id"] for page in _pages(desk, limit=2) for event in page]

    assert found == _stored()


def test_events_of_a_deleted_account_are_found_by_its_id(
    desk: Desk, alice: Person, clock: Clock
) -> None:
    # events of one moment are in no order
    clock.advance(seconds=1)

    assert desk.delete(alice.id).status == 200

    assert desk.audit(alice.id).json["events"][0]["what"] == "user_deleted"
    (deleted,) = _all(desk, event="user_deleted")
    assert deleted["user_id"] == alice.id


def test_failure_at_an_address_of_nobody_is_of_no_account(desk: Desk, alice: Person) -> None:
    log_in(alice, email="nobody@example.net", passw="wrong password")

    (failed,) = _all(desk, event="log_in_failed")

    assert "user_id" not in failed


def test_page_costs_a_query_a_shard_and_one_read(desk: Desk, aws_calls: AwsCalls) -> None:
    for number in range(20):
        settle(f"p{number}@example.com")
    aws_calls.forget()

    desk.events(limit=10)

    assert aws_calls.operations == ["GetItem", "GetItem", *["Query"] * 16, "BatchGetItem"]


def test_what_one_account_did_costs_a_query_a_shard_and_one_read(
    desk: Desk, admin: Person, aws_calls: AwsCalls
) -> None:
    desk.update(admin.id, name="Ada L.")
    aws_calls.forget()

    desk.events(actor_id=admin.id)

    # one more finds what old deployments have on record
    assert aws_calls.operations == ["GetItem", "GetItem", *["Query"] * 17, "BatchGetItem"]


def test_what_one_account_did_is_spread_over_keys(desk: Desk, alice: Person, admin: Person) -> None:
    for number in range(60):
        desk.update(alice.id, name=f"Alice {number}")

    acts = [event for event in AuditEvent.scan() if event.actor_id == admin.id]
    assert len({event.actor_shard for event in acts}) > 8
    assert {event.actor_shard for event in acts} <= {f"{admin.id}#{digit}" for digit in SHARDS}


def test_what_one_account_did_is_told_with_what_old_deployments_recorded(
    desk: Desk, alice: Person, admin: Person, clock: Clock
) -> None:
    for number in range(60):
        clock.advance(seconds=1)
        desk.update(alice.id, name=f"Alice {number}")
    acts = sorted(
        (event for event in AuditEvent.scan() if event.actor_id == admin.id),
        key=lambda event: event.event_id,
    )
    former_events.keep_as_before(*acts[:40])

    found = [event["id"] for event in _all(desk, actor_id=admin.id, limit=7)]

    assert found == [event.event_id for event in reversed(acts)]


def test_events_of_one_month_are_spread_over_keys(desk: Desk) -> None:
    for number in range(60):
        settle(f"p{number}@example.com")

    assert len({event.bucket for event in AuditEvent.scan()}) > 8


def test_index_holds_nothing_personal(stack: Deployment) -> None:
    properties = stack.template.document["Resources"]["AuditEventsTable"]["Properties"]
    indexes = properties["GlobalSecondaryIndexes"]
    (declared,) = [one for one in indexes if one["IndexName"] == "by_time"]

    assert declared["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["what"]}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        *(({"event": event}, "event") for event in ("", "User_created", "a b", "*", "a" * 65)),
        *(({"actor_id": one}, "actor_id") for one in ("", "0", "-1", "x", "1.5", "9" * 17)),
        *(({"since": one}, "since") for one in ("", "yesterday", "2024-01-01", "1700000000")),
        *(({"until": one}, "until") for one in ("2024-13-01T00:00:00Z", "2024-01-01T00:00:00")),
        ({"user_id": "1"}, "user_id"),
        ({"limit": "0"}, "limit"),
        ({"cursor": "x"}, "cursor"),
    ],
)
def test_bad_query_is_refused(desk: Desk, query: Mapping[str, object], field: str) -> None:
    answer = desk.events(**query)

    assert (answer.status, answer.code) == (422, "validation_failed")
    assert [detail["field"] for detail in answer.json["details"]] == [field]


def test_time_that_is_none_is_told_what_one_looks_like(desk: Desk) -> None:
    answer = desk.events(since="yesterday")

    told = "Must be a time such as 2024-01-31T12:00:00Z"
    assert answer.json["details"] == [{"field": "since", "message": told}]


def test_cursor_is_of_its_list_and_its_session(desk: Desk, other_admin: Person) -> None:
    for number in range(5):
        settle(f"p{number}@example.com")
    cursor = desk.events(limit=2).json["cursor"]

    assert desk.events(limit=3, cursor=cursor).status == 200
    assert desk.events(event="user_created", cursor=cursor).status == 422
    assert desk.list_users(cursor=cursor).status == 422
    assert desk.by(other_admin.token).events(cursor=cursor).status == 422


@pytest.mark.parametrize("reader", ["alice", "methodist"])
def test_trail_is_for_who_may_read_it(
    desk: Desk, reader: str, request: pytest.FixtureRequest
) -> None:
    assert desk.by(request.getfixturevalue(reader).token).events().code == "permission_missing"
