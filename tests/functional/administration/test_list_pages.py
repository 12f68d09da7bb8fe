"""GET /api/v1/server/users: pages and their cursors."""

import base64
from collections.abc import Mapping

import pytest

from tests.aws_calls import AwsCalls
from tests.deployment import Deployment
from tests.functional.administration.desk import Desk, settle
from tests.people import Person

QUERIES: list[dict[str, object]] = [
    {},
    {"role": "read_only"},
    {"status": "active"},
    {"email": "p"},
    {"role": "read_only", "status": "active", "email": "p"},
]
ALL_QUERIES = pytest.mark.parametrize("query", QUERIES, ids=lambda query: ",".join(query) or "all")


@pytest.fixture
def crowd(stack: Deployment) -> list[str]:
    """Five more people, whose addresses begin with the same letter."""
    emails = [f"p{number}0@example.com" for number in range(1, 6)]
    for email in emails:
        settle(email)
    return emails


def _cursor(desk: Desk, **query: object) -> str:
    answer = desk.list_users(**query)
    return str(answer.json["cursor"])


@ALL_QUERIES
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_make_up_the_list(
    desk: Desk, crowd: list[str], query: Mapping[str, object], limit: int
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
    assert aws_calls.operations == ["GetItem", "GetItem", "Query"] * len(pages)


@ALL_QUERIES
def test_who_comes_meanwhile_neither_repeats_nor_hides_another(
    desk: Desk, crowd: list[str], query: Mapping[str, object]
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
    desk: Desk, crowd: list[str], query: Mapping[str, object]
) -> None:
    before = [user["id"] for user in desk.list_users(**query).json["users"]]
    seen: list[int] = []

    for page in desk.pages(**query, limit=2):
        seen += [user["id"] for user in page]
        # those that cursors stand on
        if page[-1]["role"] == "read_only":
            assert desk.delete(page[-1]["id"]).status == 200

    assert seen == before


def test_newcomer_ahead_of_the_cursor_is_listed(desk: Desk, crowd: list[str]) -> None:
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
    desk: Desk, crowd: list[str], aws_calls: AwsCalls, query: Mapping[str, object]
) -> None:
    aws_calls.forget()

    pages = list(desk.pages(**query, limit=2))

    page = ["GetItem", "GetItem", "Query" if query else "Scan"]
    assert aws_calls.operations == page * len(pages)


def test_cursor_serves_any_size_of_page(desk: Desk, crowd: list[str]) -> None:
    cursor = _cursor(desk, email="p", limit=2)

    rest = desk.list_users(email="p", limit=100, cursor=cursor).json["users"]

    assert [user["email"] for user in rest] == crowd[2:]


def test_cursor_can_be_used_again(desk: Desk, crowd: list[str]) -> None:
    cursor = _cursor(desk, limit=2)

    first, second = (desk.list_users(limit=2, cursor=cursor).json for _ in range(2))

    assert first == second


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"email": "p1"},
        {"email": "a"},
        {"role": "read_only"},
        {"email": "p", "role": "read_only"},
        {"email": "p", "status": "active"},
    ],
)
def test_cursor_is_of_its_list(
    desk: Desk, crowd: list[str], other: Mapping[str, object], stack: Deployment
) -> None:
    cursor = _cursor(desk, email="p", limit=2)

    with stack.unchanged():
        answer = desk.list_users(**other, limit=2, cursor=cursor)

    assert answer.status == 422
    assert answer.json["details"] == [
        {"field": "cursor", "message": "Is not a cursor of this list"}
    ]


def test_cursor_of_the_list_is_none_of_the_trail(desk: Desk, alice: Person, admin: Person) -> None:
    alice.sign_in()
    trail = desk.audit(alice.id, limit=1).json["cursor"]

    assert desk.list_users(cursor=trail).status == 422
    assert desk.audit(admin.id, cursor=trail).status == 422
    assert desk.audit(alice.id, cursor=_cursor(desk, limit=1)).status == 422
    assert desk.audit(alice.id, cursor=trail).status == 200


def test_cursor_is_of_its_session(
    desk: Desk, crowd: list[str], admin: Person, other_admin: Person, web_backend: str
) -> None:
    cursor = _cursor(desk, limit=2)

    for token in (other_admin.token, admin.sign_in().token, web_backend):
        assert desk.by(token).list_users(limit=2, cursor=cursor).status == 422


def test_tampered_cursor_is_refused(desk: Desk, crowd: list[str]) -> None:
    cursor = _cursor(desk, email="p", limit=2)
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    flipped = [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in range(0, len(raw), 5)]
    other = raw.replace(b"p20@", b"p10@")
    assert other != raw

    for forged in (*flipped, other, raw[:-1], raw[:32], raw[32:], b"\0" * 32 + raw[32:], raw * 2):
        text = base64.urlsafe_b64encode(forged).rstrip(b"=").decode()
        assert desk.list_users(email="p", limit=2, cursor=text).status == 422


@pytest.mark.parametrize("cursor", ["", "x", "%00", "=", "é", "null", "{}", "a" * 1025, "a" * 1024])
def test_what_is_no_cursor_is_refused(desk: Desk, cursor: str) -> None:
    answer = desk.list_users(cursor=cursor)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == ["cursor"]


def test_cursor_of_the_longest_address_works(desk: Desk) -> None:
    role = "r" * 64
    assert desk.save_role(role).status == 200
    for local in ("l" * 64, "l" * 63 + "m"):
        settle(f"{local}@{'.'.join(['a' * 61] * 3)}.com", role)
    query = {"role": role, "status": "active", "email": "l"}
    cursor = _cursor(desk, **query, limit=1)

    answer = desk.list_users(**query, cursor=cursor)

    assert [len(user["email"]) for user in answer.json["users"]] == [254]
