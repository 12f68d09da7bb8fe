"""PUT /api/v1/public/users/passw/set_new_passw: the token is the proof, no back-end is needed."""

from collections.abc import Callable

import pytest

from accounts.storage.tables import User
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import (
    ANY_USERS,
    FORGET_PASSWORD,
    LOG_IN,
    REFRESH,
    RESET_PASSWORD,
    SET_NEW_PASSWORD,
    UPDATE_USER,
)
from tests.support.scene import Scene

NEW = "another_string"
LIFE_SECONDS = 3600


def _set(scene: Scene, token: str, passw: str = NEW) -> Answer:
    return SET_NEW_PASSWORD.call(scene, json={"reset_token": token, "passw": passw})


def _log_in(scene: Scene, passw: str) -> int:
    return LOG_IN.call(scene, json={"email": scene.alice.email, "passw": passw}).status


def test_who_forgot_the_password_gets_back_in_with_nothing_but_the_mail(
    scene: Scene, post: PostOffice, alice: Person
) -> None:
    FORGET_PASSWORD.call(scene)

    answer = _set(scene, post.deliver_one().token)

    assert answer.status == 200
    assert list(answer.json) == ["success", "message", "device_token"]
    assert (answer.json["success"], answer.json["message"]) == (True, "Password updated")
    assert answer.cookies == ()
    assert _log_in(scene, alice.passw) == 401
    assert _log_in(scene, NEW) == 200
    assert post.deliver_one().to == [alice.email]


def test_every_session_ends(scene: Scene, alice: Person) -> None:
    phone = alice.sign_in()

    assert _set(scene, scene.reset_token()).status == 200

    for device in (alice, phone):
        assert ANY_USERS.call(scene, token=device.token).code == "session_ended"
        refreshed = REFRESH.call(scene, json={"refresh_token": device.refresh_token})
        assert refreshed.code == "session_ended"


@pytest.mark.parametrize(
    ("first", "then"),
    [(SET_NEW_PASSWORD, RESET_PASSWORD), (RESET_PASSWORD, SET_NEW_PASSWORD)],
    ids=["public first", "back-end first"],
)
def test_a_token_works_once_wherever_it_is_used(
    scene: Scene, stack: Deployment, first: Endpoint, then: Endpoint
) -> None:
    body = {"reset_token": scene.reset_token(), "passw": NEW}
    assert first.call(scene, json=body).status == 200

    with stack.unchanged():
        assert then.call(scene, json=body).code == "reset_token_invalid"


@pytest.mark.parametrize(
    "refused",
    ["short12", "a" * 257, "alice@example.com", "PassWord1"],
    ids=["short", "long", "own", "common"],
)
def test_a_refused_password_leaves_the_token_good(
    scene: Scene, stack: Deployment, refused: str
) -> None:
    token = scene.reset_token()

    with stack.unchanged():
        assert _set(scene, token, refused).status == 422

    assert _set(scene, token).status == 200


def test_of_two_uses_of_a_token_at_the_same_time_one_sets_the_password(
    scene: Scene, aws_calls: AwsCalls
) -> None:
    token = scene.reset_token()
    aws_calls.forget()
    assert _set(scene, token).status == 200
    write = aws_calls.operations.index("TransactWriteItems") + 1
    token = scene.reset_token()
    inner: list[Answer] = []
    aws_calls.forget()
    aws_calls.before(write, lambda: inner.append(_set(scene, token, "the inner one wins")))

    assert _set(scene, token, "the outer one wins").status == 410

    assert inner[0].status == 200
    assert _log_in(scene, "the inner one wins") == 200


def _used(scene: Scene, clock: Clock) -> str:
    token = scene.reset_token()
    assert _set(scene, token).status == 200
    return token


def _void(scene: Scene, clock: Clock) -> str:
    token = scene.reset_token()
    assert UPDATE_USER.call(scene, json={"role": "methodist"}).status == 200
    return token


def _expired(scene: Scene, clock: Clock) -> str:
    token = scene.reset_token()
    clock.advance(seconds=LIFE_SECONDS)
    return token


def _disabled(scene: Scene, clock: Clock) -> str:
    token = scene.reset_token()
    scene.alice.account.update([User.status.set("disabled")])
    return token


def _deleted(scene: Scene, clock: Clock) -> str:
    token = scene.reset_token()
    User(scene.alice.id).delete()
    return token


@pytest.mark.parametrize("bad", [_used, _void, _expired, _disabled, _deleted])
def test_a_bad_token_is_answered_like_one_that_never_was(
    scene: Scene, clock: Clock, bad: Callable[[Scene, Clock], str]
) -> None:
    token = bad(scene, clock)
    never_was = _set(scene, f"pr.{'x' * 43}")

    answer = _set(scene, token)

    assert (never_was.status, never_was.code) == (410, "reset_token_invalid")
    assert answer.but_for_its_id == never_was.but_for_its_id
