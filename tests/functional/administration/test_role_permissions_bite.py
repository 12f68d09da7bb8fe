"""When a role's permissions change: what its holders may do, and from when on."""

from collections.abc import Mapping

import pytest

from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.desk import Desk, refresh, who_am_i
from tests.support.people import Person, claims

SERVICE = ("users:create", "users:read", "passwords:set")
ACCESS_TOKEN_SECONDS = 900


def _status(desk: Desk, token: str) -> int:
    return desk.by(token).list_users(limit=1).status


def test_back_end_loses_a_permission_at_once(desk: Desk, web_backend: str) -> None:
    assert _status(desk, web_backend) == 200
    # its token says otherwise, and will for months
    assert "users:read" in claims(web_backend)["permissions"]

    desk.save_role("service", "users:create", "passwords:set")

    assert _status(desk, web_backend) == 403
    assert desk.by(web_backend).sign_up("new@example.com").status == 201


def test_back_end_gains_a_permission_at_once(desk: Desk, web_backend: str, alice: Person) -> None:
    assert desk.by(web_backend).seances(alice.id).status == 403

    desk.save_role("service", *SERVICE, "seances:read")

    assert desk.by(web_backend).seances(alice.id).status == 200


def test_person_loses_a_permission_in_the_server_zone_at_once(
    desk: Desk, methodist: Person
) -> None:
    assert _status(desk, methodist.token) == 200

    desk.save_role("methodist", "content:read")

    assert _status(desk, methodist.token) == 403
    assert who_am_i(methodist).status == 200


def test_next_access_token_says_what_the_role_permits_now(desk: Desk, methodist: Person) -> None:
    desk.save_role("methodist", "content:read", "garden:write")

    fresh = refresh(methodist).json["access_token"]

    assert claims(fresh)["permissions"] == ["content:read", "garden:write"]
    assert who_am_i(methodist, fresh).json["permissions"] == ["content:read", "garden:write"]
    assert claims(methodist.sign_in().token)["permissions"] == ["content:read", "garden:write"]


def test_token_that_tells_others_of_a_lost_permission_is_soon_over(
    desk: Desk, methodist: Person, clock: Clock
) -> None:
    desk.save_role("methodist", "content:read")
    assert "users:read" in who_am_i(methodist).json["permissions"]

    clock.advance(seconds=ACCESS_TOKEN_SECONDS + 30)

    assert who_am_i(methodist).code == "token_expired"
    assert "users:read" not in claims(refresh(methodist).json["access_token"])["permissions"]


def test_saving_a_role_signs_nobody_out(desk: Desk, methodist: Person, web_backend: str) -> None:
    desk.save_role("methodist", "users:read")
    desk.save_role("service", "users:read")

    assert who_am_i(methodist).status == 200
    assert _status(desk, web_backend) == 200
    assert refresh(methodist).status == 200


@pytest.mark.parametrize(
    "query", [{"role": "clerk"}, {"status": "active", "role": "clerk"}], ids=",".join
)
def test_holders_are_found_by_their_role(desk: Desk, api: Api, query: Mapping[str, object]) -> None:
    clerk = desk.somebody_with("users:read")

    assert [user["id"] for user in desk.list_users(**query).json["users"]] == [clerk.id]
