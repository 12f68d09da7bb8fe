"""GET /api/v1/server/users: what is a cursor, and whose."""

import base64
from collections.abc import Mapping

import pytest

from tests.support.deployment import Deployment
from tests.support.desk import Desk, settle
from tests.support.people import Person


def _cursor(desk: Desk, **query: object) -> str:
    answer = desk.list_users(**query)
    return str(answer.json["cursor"])


def test_cursor_serves_any_size_of_page(desk: Desk, neighbours: list[str]) -> None:
    cursor = _cursor(desk, email="p", limit=2)

    rest = desk.list_users(email="p", limit=100, cursor=cursor).json["users"]

    assert [user["email"] for user in rest] == neighbours[2:]


def test_cursor_can_be_used_again(desk: Desk, neighbours: list[str]) -> None:
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
    desk: Desk, neighbours: list[str], other: Mapping[str, object], stack: Deployment
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
    desk: Desk, neighbours: list[str], admin: Person, other_admin: Person, web_backend: str
) -> None:
    cursor = _cursor(desk, limit=2)

    for token in (other_admin.token, admin.sign_in().token, web_backend):
        assert desk.by(token).list_users(limit=2, cursor=cursor).status == 422


def test_tampered_cursor_is_refused(desk: Desk, neighbours: list[str]) -> None:
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
