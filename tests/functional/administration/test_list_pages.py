"""GET /api/v1/server/users: pages and their cursors."""

from collections.abc import Mapping

import pytest

from tests.support.aws_calls import AwsCalls
from tests.support.desk import Desk, settle

QUERIES: list[dict[str, object]] = [
    {},
    {"role": "read_only"},
    {"status": "active"},
    {"email": "p"},
    {"role": "read_only", "status": "active", "email": "p"},
]
ALL_QUERIES = pytest.mark.parametrize("query", QUERIES, ids=lambda query: ",".join(query) or "all")


@ALL_QUERIES
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_make_up_the_list(
    desk: Desk, neighbours: list[str], query: Mapping[str, object], limit: int
) -> None:
    whole = desk.list_users(**query).json["users"]

    pages = list(desk.pages(**query, limit=limit))

    assert [user for page in pages for user in page] == whole
    assert all(len(page) == limit for page in pages[:-1])
    assert len(whole) >= 5


def test_without_a_limit_a_page_has_a_hundred(desk: Desk, aws_calls: AwsCalls) -> None:
    for number in range(100):
        settle(f"q{number:03}@example.com")
    aws_calls.forget()

    pages = list(desk.pages(email="q"))

    assert [len(page) for page in pages[:1]] == [100]
    assert sum(len(page) for page in pages) == 100
    full = ["GetItem", "GetItem", "Query", "BatchGetItem", "BatchGetItem"]
    assert aws_calls.operations[: len(full)] == full
    assert aws_calls.operations.count("Query") == len(pages)


@ALL_QUERIES
def test_who_comes_meanwhile_neither_repeats_nor_hides_another(
    desk: Desk, neighbours: list[str], query: Mapping[str, object]
) -> None:
    before = {user["id"] for user in desk.list_users(**query).json["users"]}
    seen: list[int] = []

    for number, page in enumerate(desk.pages(**query, limit=2)):
        seen += [user["id"] for user in page]
        if number < 3:
            settle(f"p{number}5@example.com")
            settle(f"a{number}@example.com")

    assert len(seen) == len(set(seen))
    assert before <= set(seen)


@ALL_QUERIES
def test_who_goes_meanwhile_hides_nobody_else(
    desk: Desk, neighbours: list[str], query: Mapping[str, object]
) -> None:
    before = [user["id"] for user in desk.list_users(**query).json["users"]]
    seen: list[int] = []

    for page in desk.pages(**query, limit=2):
        seen += [user["id"] for user in page]
        # those that cursors stand on
        if page[-1]["role"] == "read_only":
            assert desk.delete(page[-1]["id"]).status == 200

    assert seen == before


def test_newcomer_ahead_of_the_cursor_is_listed(desk: Desk, neighbours: list[str]) -> None:
    pages = desk.pages(email="p", limit=2)
    next(pages)
    settle("p35@example.com")
    settle("p11@example.com")

    rest = [user["email"] for page in pages for user in page]

    assert rest == ["p30@example.com", "p35@example.com", "p40@example.com", "p50@example.com"]


@ALL_QUERIES
def test_last_page_has_no_cursor(desk: Desk, query: Mapping[str, object]) -> None:
    assert "cursor" not in desk.list_users(**query).json


@ALL_QUERIES
def test_a_page_costs_the_same_wherever_it_is(
    desk: Desk, neighbours: list[str], aws_calls: AwsCalls, query: Mapping[str, object]
) -> None:
    aws_calls.forget()

    pages = list(desk.pages(**query, limit=2))

    # session, role, the role that is asked for, the list, accounts, and their throttles
    reads = ["GetItem"] * (3 if "role" in query else 2)
    accounts = ["Query", "BatchGetItem"] if query else ["Scan"]
    page = [*reads, *accounts, "BatchGetItem"]
    # back-ends have no throttle, and on an empty page is nobody to read
    assert aws_calls.operations[: len(page)] == page
    assert len(aws_calls.operations) <= len(page) * len(pages)
