"""GET /api/v1/server/users, GET /api/v1/server/users/{user_id}: filters, and what is told."""

from collections.abc import Mapping

import pytest

from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment
from tests.support.desk import Desk, settle, timestamp
from tests.support.filed_factors import put_on_file
from tests.support.people import Person


@pytest.fixture
def crowd(stack: Deployment) -> None:
    """More people: some disabled, some whose addresses begin alike."""
    settle("anna@example.com", status="disabled")
    settle("anne@example.com", "methodist", status="disabled")
    settle("anne.other@example.org")
    settle("zoe@example.com", "methodist")


def _emails(desk: Desk, **query: object) -> list[str]:
    return [user["email"] for page in desk.pages(**query) for user in page]


def test_everybody_is_listed(desk: Desk, crowd: None) -> None:
    assert sorted(_emails(desk)) == [
        "ada@example.com",
        "alice@example.com",
        "anna@example.com",
        "anne.other@example.org",
        "anne@example.com",
        "bob@example.com",
        "maria@example.com",
        "web-back-end@services.example.com",
        "zoe@example.com",
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"role": "methodist"}, ["anne", "maria", "zoe"]),
        ({"role": "administrator"}, ["ada"]),
        ({"status": "disabled"}, ["anna", "anne"]),
        ({"email": "ann"}, ["anna", "anne.other", "anne"]),
        ({"email": "anne@"}, ["anne"]),
        ({"email": "anne@example.com"}, ["anne"]),
        ({"email": "x"}, []),
        ({"role": "read_only", "status": "disabled"}, ["anna"]),
        ({"role": "methodist", "status": "active"}, ["maria", "zoe"]),
        ({"role": "read_only", "email": "an"}, ["anna", "anne.other"]),
        ({"status": "active", "email": "a"}, ["ada", "alice", "anne.other"]),
        ({"role": "methodist", "status": "disabled", "email": "ann"}, ["anne"]),
        ({"role": "methodist", "status": "disabled", "email": "m"}, []),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else None,
)
@pytest.mark.parametrize("limit", [1, 100])
def test_filters_narrow_the_list_in_order_of_the_addresses(
    desk: Desk, crowd: None, query: Mapping[str, object], names: list[str], limit: int
) -> None:
    found = _emails(desk, **query, limit=limit)

    assert [email.partition("@")[0] for email in found] == names


@pytest.mark.parametrize("prefix", ["ALI", "Alice@EXAMPLE.com", "a", "A"])
def test_case_of_the_prefix_does_not_matter(desk: Desk, alice: Person, prefix: str) -> None:
    assert alice.email in _emails(desk, email=prefix)


@pytest.mark.parametrize("prefix", ["a%", "al_ce", "*", "a' OR '1'='1".replace(" ", "+"), "lice"])
def test_prefix_is_no_pattern(desk: Desk, prefix: str) -> None:
    assert _emails(desk, email=prefix) == []


@pytest.mark.parametrize(
    "query",
    [
        {"role": "methodist"},
        {"status": "active"},
        {"email": "a"},
        {"role": "read_only", "status": "active"},
        {"role": "read_only", "email": "a"},
        {"status": "active", "email": "a"},
        {"role": "read_only", "status": "active", "email": "a"},
    ],
    ids=",".join,
)
def test_filtered_list_costs_one_query_of_an_index_and_one_read_of_who_is_shown(
    desk: Desk, crowd: None, aws_calls: AwsCalls, query: Mapping[str, object]
) -> None:
    aws_calls.forget()

    desk.list_users(**query)

    # session, role, the role that is asked for, the list, accounts, and their throttles
    reads = ["GetItem"] * (3 if "role" in query else 2)
    assert aws_calls.operations == [*reads, "Query", "BatchGetItem", "BatchGetItem"]
    assert aws_calls.made[-3].arguments["IndexName"].startswith("by_")
    assert aws_calls.made[-3].arguments["Limit"] == 100


def test_whole_list_costs_one_scan_of_a_page(desk: Desk, aws_calls: AwsCalls) -> None:
    aws_calls.forget()

    desk.list_users(limit=3)

    assert aws_calls.operations == ["GetItem", "GetItem", "Scan", "BatchGetItem"]
    assert aws_calls.made[2].arguments["Limit"] == 3


def test_few_among_many_are_not_sought_in_one_call(desk: Desk, aws_calls: AwsCalls) -> None:
    for number in range(30):
        settle(f"many{number:02}@example.com")
    settle("zoe@example.com", status="disabled")
    aws_calls.forget()

    desk.list_users(role="read_only", status="disabled", limit=1)

    assert len(aws_calls.made) <= 7
    assert _emails(desk, role="read_only", status="disabled", limit=1) == ["zoe@example.com"]


def test_account_is_told_of_with_its_second_factors(desk: Desk, alice: Person) -> None:
    put_on_file(alice.id, passkeys=0)

    assert desk.show(alice.id).json["second_factors"] == ["totp", "recovery_code"]


def test_back_end_has_no_second_factors(desk: Desk) -> None:
    back_end = desk.service_token().json["user_id"]

    assert "second_factors" not in desk.show(back_end).json


def test_account_is_told_of_as_documented(desk: Desk, alice: Person) -> None:
    shown = {
        "id": alice.id,
        "kind": "person",
        "email": "alice@example.com",
        "name": "Alice",
        "role": "read_only",
        "status": "active",
        "language": "en",
        "created_at": timestamp(),
        "updated_at": timestamp(),
        "last_log_in": timestamp(),
        "email_confirmed": True,
        "second_factors": [],
    }

    assert desk.show(alice.id).json == shown
    for query in ({}, {"role": "read_only"}, {"status": "active"}, {"email": "alice@"}):
        assert shown in desk.list_users(**query).json["users"]


@pytest.mark.parametrize("query", [{}, {"role": "read_only"}, {"status": "active"}, {"email": "a"}])
def test_nothing_secret_is_told(
    desk: Desk, alice: Person, stack: Deployment, query: Mapping[str, object]
) -> None:
    desk.reset_token(alice.email)
    account = alice.account
    assert account.password_hash

    text = desk.list_users(**query).text + desk.show(alice.id).text

    for secret in (account.password_hash, *(account.session_ids or [])):
        assert secret not in text
    assert "hash" not in text
    assert "token" not in text


@pytest.mark.parametrize("index", ["by_role", "by_status", "by_initial"])
def test_indexes_hold_nothing_secret(stack: Deployment, index: str) -> None:
    properties = stack.template.document["Resources"]["UsersTable"]["Properties"]
    (projection,) = [
        declared["Projection"]
        for declared in properties["GlobalSecondaryIndexes"]
        if declared["IndexName"] == index
    ]

    assert projection["ProjectionType"] == "INCLUDE"
    assert set(projection["NonKeyAttributes"]) <= {
        *("kind", "name", "role", "status", "language", "created_at", "updated_at"),
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [
        *(({"limit": limit}, "limit") for limit in (0, 101, -1, "ten", "1.5", "1e1", "", "5,6")),
        *(({"limit": limit}, "limit") for limit in ("1.0", "1_0", "+5", " 5", "٣", "9" * 999)),
        *(({"role": role}, "role") for role in ("", "Admin", "a-b", "*", "a" * 65)),
        *(({"status": status}, "status") for status in ("", "ACTIVE", "deleted")),
        *(({"email": email}, "email") for email in ("", "a b", "é", "a\n", "\0", "a" * 255)),
        ({"name": "Alice"}, "name"),
        ({"password_hash": "x"}, "password_hash"),
    ],
)
def test_bad_query_is_refused(desk: Desk, query: Mapping[str, object], field: str) -> None:
    answer = desk.list_users(**query)

    assert (answer.status, answer.code) == (422, "validation_failed")
    assert [detail["field"] for detail in answer.json["details"]] == [field]


def test_filter_by_a_role_that_does_not_exist_is_refused(desk: Desk) -> None:
    answer = desk.list_users(role="gardener")

    assert answer.status == 422
    assert answer.json["details"] == [{"field": "role", "message": "There is no such role"}]
