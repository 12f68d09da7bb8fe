"""Refreshing, resetting and asking for mail have budgets of their own, by address."""

from collections.abc import Callable

import pytest

from accounts.storage.tables import LoginAttempt
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.guesses import UNKNOWN, guess, pretend, record
from tests.support.register import (
    ANY_USERS,
    FORGET_PASSWORD,
    REFRESH,
    RESET_PASSWORD,
    SET_NEW_PASSWORD,
)
from tests.support.scene import Scene

BUDGET = 100
NO_TOKEN = "pr.1." + "x" * 43
Call = Callable[[Scene, Api], Answer]


def _bad_refresh(scene: Scene, api: Api) -> Answer:
    return api.call(*REFRESH.at(), json={"refresh_token": "rt.1.x"})


def _bad_reset(scene: Scene, api: Api) -> Answer:
    body = {"reset_token": NO_TOKEN, "passw": "another_string"}
    return api.call(*RESET_PASSWORD.at(), token=scene.web_backend, json=body)


def _bad_set(scene: Scene, api: Api) -> Answer:
    body = {"reset_token": NO_TOKEN, "passw": "another_string"}
    return api.call(*SET_NEW_PASSWORD.at(), json=body)


def _forget(scene: Scene, api: Api) -> Answer:
    return api.call(*FORGET_PASSWORD.at(), json={"email": UNKNOWN})


LIMITED: dict[str, tuple[Call, int]] = {
    "refresh": (_bad_refresh, 401),
    "reset": (_bad_reset, 410),
    "set": (_bad_set, 410),
    "mail-from": (_forget, 202),
}
each_limited = pytest.mark.parametrize(
    ("kind", "call", "status"),
    [(kind, call, status) for kind, (call, status) in LIMITED.items()],
    ids=LIMITED,
)


@each_limited
def test_a_hundred_are_all_that_an_address_has(
    scene: Scene, clock: Clock, kind: str, call: Call, status: int
) -> None:
    clock.advance(seconds=300 - int(clock.time.timestamp()) % 300 + 100)
    assert call(scene, scene.api).status == status
    pretend(kind, BUDGET - 1)
    assert call(scene, scene.api).status == status

    refused = call(scene, scene.api)
    assert (refused.status, refused.headers["retry-after"]) == (429, "200")
    assert call(scene, scene.api.seen_from("198.51.100.7")).status == status

    clock.advance(seconds=200)
    assert call(scene, scene.api).status == status


@each_limited
def test_the_budgets_are_apart(scene: Scene, kind: str, call: Call, status: int) -> None:
    call(scene, scene.api)
    pretend(kind, BUDGET)
    assert call(scene, scene.api).status == 429

    others = {other: LIMITED[other] for other in LIMITED if other != kind}
    assert {other: request(scene, scene.api).status for other, (request, _) in others.items()} == {
        other: expected for other, (_, expected) in others.items()
    }
    assert guess(scene.api, UNKNOWN) == [401]


def test_good_tokens_work_from_an_address_without_budget(scene: Scene) -> None:
    for kind, call in (("refresh", _bad_refresh), ("reset", _bad_reset), ("set", _bad_set)):
        call(scene, scene.api)
        pretend(kind, BUDGET)
        assert call(scene, scene.api).status == 429

    assert ANY_USERS.call(scene).status == 200
    assert REFRESH.call(scene).status == 200
    assert RESET_PASSWORD.call(scene).status == 200
    assert SET_NEW_PASSWORD.call(scene).status == 200


def test_good_tokens_cost_nothing(scene: Scene) -> None:
    assert REFRESH.call(scene).status == 200
    assert RESET_PASSWORD.call(scene).status == 200
    assert SET_NEW_PASSWORD.call(scene).status == 200

    assert [record(kind) for kind in ("refresh", "reset", "set")] == [None] * 3


def test_a_replayed_refresh_token_is_charged(scene: Scene, clock: Clock) -> None:
    assert REFRESH.call(scene).status == 200
    clock.advance(seconds=60)

    assert REFRESH.call(scene).status == 401

    kept = record("refresh")
    assert kept is not None
    assert kept.failures == 1


def test_no_counter_outlives_its_window_for_long(scene: Scene, clock: Clock) -> None:
    for call, _ in LIMITED.values():
        call(scene, scene.api)
    guess(scene.api, UNKNOWN)

    lives = {
        attempt.subject.partition("#")[0]: (attempt.expires_at - clock.time).total_seconds()
        for attempt in LoginAttempt.scan()
    }

    assert lives == {
        "refresh": 600,
        "reset": 600,
        "set": 600,
        "mail-from": 600,
        "address": 600,
        "account": 30 * 24 * 3600,
    }
