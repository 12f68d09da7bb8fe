"""Tokens of back-ends are listed and ended like anybody's sessions."""

from collections.abc import Callable

import pytest

from accounts.storage.tables import User
from tests.support.answers import Answer
from tests.support.clocks import Clock
from tests.support.desk import BeforeWrite, Desk


def test_sessions_are_listed_like_any_other(desk: Desk, issued: Answer) -> None:
    (seance,) = desk.seances(issued.json["user_id"]).json["seances"]

    assert seance["session_id"] == issued.json["session_id"]
    assert seance["expires_at"] == issued.json["expires_at"]


def test_signing_the_back_end_out_ends_all_its_tokens(
    desk: Desk, issued: Answer, web_backend: str
) -> None:
    tokens = [issued, desk.service_token(), desk.service_token(expires_in=60)]

    assert desk.end_seances(issued.json["user_id"]).json == {"ended": 3}

    for answer in tokens:
        other = desk.by(answer.json["access_token"]).list_users(limit=1)
        assert (other.status, other.code) == (401, "session_ended")
    assert desk.by(web_backend).list_users(limit=1).status == 200


@pytest.mark.parametrize(
    "act",
    [
        lambda desk, user_id: desk.update(user_id, status="disabled"),
        lambda desk, user_id: desk.delete(user_id),
    ],
    ids=["disabled", "deleted"],
)
def test_tokens_end_with_what_they_stand_on(
    desk: Desk, issued: Answer, shop: Desk, act: Callable[[Desk, int], Answer]
) -> None:
    assert act(desk, issued.json["user_id"]).status == 200

    assert shop.list_users(limit=1).code == "session_ended"


def test_one_token_too_many_is_refused_and_ends_no_other(
    desk: Desk, issued: Answer, shop: Desk, clock: Clock, setting: Callable[..., None]
) -> None:
    setting(SESSIONS_PER_USER="3")
    for _ in range(2):
        clock.advance(seconds=1)
        desk.service_token()
    assert shop.list_users(limit=1).status == 200
    clock.advance(seconds=1)

    answer = desk.service_token()

    assert (answer.status, answer.code) == (409, "too_many_service_tokens")
    assert shop.list_users(limit=1).status == 200
    devices = desk.seances(issued.json["user_id"]).json["seances"]
    assert len(devices) == 3


def test_token_that_is_over_makes_room_for_another(
    desk: Desk, clock: Clock, setting: Callable[..., None]
) -> None:
    setting(SESSIONS_PER_USER="2")
    desk.service_token(expires_in=60)
    desk.service_token()
    clock.advance(seconds=61)

    assert desk.service_token().status == 201


def test_account_that_is_disabled_meanwhile_gets_no_token(
    desk: Desk, issued: Answer, before_write: BeforeWrite
) -> None:
    user_id = issued.json["user_id"]
    before_write(lambda: desk.update(user_id, status="disabled"))

    assert desk.service_token().code == "user_exists"

    assert User.get(user_id).session_ids == []
    assert desk.seances(user_id).json == {"seances": []}
