"""GET /api/v1/server/users: accounts by when they were made, or last logged in to."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.desk import Desk, log_in, settle
from tests.support.people import Person


@pytest.fixture
def newcomers(clock: Clock) -> list[int]:
    """Seven more people, one after another, of whom nobody has logged in."""
    ids = []
    for number in range(7):
        clock.advance(seconds=1)
        role = "methodist" if number % 2 else "read_only"
        ids.append(int(settle(f"new{number}@example.com", role).id))
    return ids


def _ids(desk: Desk, **query: object) -> list[int]:
    return [user["id"] for page in desk.pages(**query) for user in page]


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_latest_accounts_come_first_and_the_other_way_round(
    desk: Desk, newcomers: list[int], limit: int
) -> None:
    latest = _ids(desk, sort="created_at", limit=limit)
    first = _ids(desk, sort="created_at", order="asc", limit=limit)

    assert latest[:7] == newcomers[::-1]
    assert first == latest[::-1]
    assert sorted(latest) == sorted(_ids(desk))


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_who_logged_in_last_comes_first_and_who_never_did_last(
    desk: Desk, newcomers: list[int], alice: Person, bob: Person, clock: Clock, limit: int
) -> None:
    for person in (alice, bob):
        clock.advance(seconds=1)
        assert log_in(person).status == 200

    latest = _ids(desk, sort="last_log_in", limit=limit)
    first = _ids(desk, sort="last_log_in", order="asc", limit=limit)

    assert latest[:2] == [bob.id, alice.id]
    # and a back-end, which logs in nowhere
    assert {*newcomers} < {*latest[-8:]}
    assert first == latest[::-1]
    assert sorted(latest) == sorted(_ids(desk))


def test_last_log_in_is_told(desk: Desk, alice: Person, clock: Clock) -> None:
    clock.advance(seconds=5)
    assert log_in(alice).status == 200

    (first, *_) = desk.list_users(sort="last_log_in").json["users"]

    assert (first["id"], first["last_log_in"]) == (alice.id, f"{clock():%Y-%m-%dT%H:%M:%SZ}")
    assert "last_log_in" not in desk.show(settle("never@example.com").id).json


@pytest.mark.parametrize("sort", ["created_at", "last_log_in"])
def test_role_and_status_narrow_it(desk: Desk, newcomers: list[int], sort: str) -> None:
    assert desk.update(newcomers[1], status="disabled").status == 200

    disabled = _ids(desk, sort=sort, role="methodist", status="disabled", limit=1)
    active = _ids(desk, sort=sort, role="methodist", status="active", limit=1)

    assert disabled == [newcomers[1]]
    assert {newcomers[3], newcomers[5]} <= {*active}
    assert newcomers[1] not in active


def test_who_comes_and_goes_meanwhile_neither_repeats_nor_hides_another(
    desk: Desk, newcomers: list[int], clock: Clock
) -> None:
    seen: list[int] = []
    for number, page in enumerate(desk.pages(sort="created_at", limit=2)):
        seen += [user["id"] for user in page]
        if number == 0:
            assert desk.delete(seen[-1]).status == 200
            assert desk.delete(newcomers[2]).status == 200
            clock.advance(seconds=1)
            settle("late@example.com")

    assert len(seen) == len(set(seen))
    assert {*newcomers} - {newcomers[2]} <= {*seen}


@pytest.mark.parametrize("sort", ["created_at", "last_log_in"])
def test_a_page_costs_a_query_a_shard_and_two_reads(
    desk: Desk, newcomers: list[int], aws_calls: AwsCalls, sort: str
) -> None:
    desk.list_users(sort=sort)
    aws_calls.forget()

    desk.list_users(sort=sort)

    reads = ["GetItem", "GetItem", *["Query"] * 16, "BatchGetItem", "BatchGetItem"]
    assert aws_calls.operations == reads


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sort": "name"}, "sort"),
        ({"sort": ""}, "sort"),
        ({"sort": "created_at", "order": "up"}, "order"),
        ({"sort": "created_at", "search": "alice"}, "sort"),
        ({"sort": "last_log_in", "email": "a"}, "sort"),
    ],
)
def test_bad_order_is_refused(desk: Desk, query: Mapping[str, Any], field: str) -> None:
    answer = desk.list_users(**query)

    assert (answer.status, answer.code) == (422, "validation_failed")
    assert [detail["field"] for detail in answer.json["details"]] == [field]


def test_order_that_goes_with_nothing_else_says_so(desk: Desk) -> None:
    answer = desk.list_users(sort="created_at", search="alice")

    told = "Does not go with search or email"
    assert answer.json["details"] == [{"field": "sort", "message": told}]


def test_cursor_is_of_its_order(desk: Desk, newcomers: list[int], other_admin: Person) -> None:
    cursor = desk.list_users(sort="created_at", limit=2).json["cursor"]

    assert desk.list_users(sort="created_at", limit=3, cursor=cursor).status == 200
    for other in ({}, {"sort": "last_log_in"}, {"sort": "created_at", "order": "asc"}):
        assert desk.list_users(**other, cursor=cursor).status == 422
    assert desk.by(other_admin.token).list_users(sort="created_at", cursor=cursor).status == 422
