"""Setting a password by a reset token."""

from dataclasses import replace

import pytest

from accounts.storage.tables import User
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import (
    ANY_USERS,
    CHANGE_PASSWORD,
    FORGET_PASSWORD,
    LOG_IN,
    REFRESH,
    RESET_PASSWORD,
    UPDATE_USER,
)
from tests.support.scene import Scene

NEW = "another_string"
LIFE_SECONDS = 3600


def _reset(scene: Scene, token: str, passw: str = NEW) -> Answer:
    return RESET_PASSWORD.call(scene, json={"reset_token": token, "passw": passw})


def _log_in(scene: Scene, passw: str) -> int:
    return LOG_IN.call(scene, json={"email": scene.alice.email, "passw": passw}).status


@pytest.mark.parametrize(
    "refused",
    ["short12", "a" * 257, "alice@example.com", "ALICE@example.com", "PassWord1"],
    ids=["short", "long", "own", "own in capitals", "common"],
)
def test_a_refused_password_leaves_the_token_good(
    scene: Scene, stack: Deployment, refused: str
) -> None:
    token = scene.reset_token()

    with stack.unchanged():
        assert _reset(scene, token, refused).status == 422

    assert _reset(scene, token).status == 200


def test_nobody_is_logged_in_by_it(scene: Scene, alice: Person) -> None:
    answer = _reset(scene, scene.reset_token())

    assert answer.json == {"success": True, "message": "Password updated"}
    assert answer.cookies == ()
    assert alice.sessions == []


def test_every_session_ends(scene: Scene, alice: Person) -> None:
    phone = alice.sign_in()

    assert _reset(scene, scene.reset_token()).status == 200

    for device in (alice, phone):
        assert ANY_USERS.call(scene, token=device.token).code == "session_ended"
        refreshed = REFRESH.call(scene, json={"refresh_token": device.refresh_token})
        assert refreshed.code == "session_ended"
    assert _log_in(scene, alice.passw) == 401
    assert _log_in(scene, NEW) == 200


def test_a_token_works_once(scene: Scene) -> None:
    token = scene.reset_token()
    assert _reset(scene, token).status == 200

    assert _reset(scene, token, "yet another string").status == 410
    assert _log_in(scene, NEW) == 200


@pytest.mark.parametrize("used", ["older", "newer"])
def test_nobodys_request_voids_a_token_that_somebody_else_ordered(
    scene: Scene, post: PostOffice, used: str
) -> None:
    tokens = {"older": scene.reset_token()}
    FORGET_PASSWORD.call(scene)
    tokens["newer"] = post.deliver_one().token

    assert _reset(scene, tokens[used]).status == 200


def test_a_reset_voids_the_other_tokens(scene: Scene) -> None:
    used, other = scene.reset_token(), scene.reset_token()
    assert _reset(scene, used).status == 200

    assert _reset(scene, other, "yet another string").status == 410


@pytest.mark.parametrize("change", [{"role": "methodist"}, {"status": "disabled"}], ids=str)
def test_a_change_of_what_it_was_given_for_voids_it(scene: Scene, change: dict[str, str]) -> None:
    token = scene.reset_token()
    assert UPDATE_USER.call(scene, json=change).status == 200
    assert UPDATE_USER.call(scene, json={"status": "active"}).status == 200

    assert _reset(scene, token).status == 410


def test_a_new_name_leaves_it_good(scene: Scene) -> None:
    token = scene.reset_token()
    assert UPDATE_USER.call(scene).status == 200

    assert _reset(scene, token).status == 200


def test_a_change_of_password_voids_it(scene: Scene) -> None:
    token = scene.reset_token()
    assert CHANGE_PASSWORD.call(scene).status == 200

    assert _reset(scene, token, "yet another string").status == 410


def test_it_lives_an_hour(scene: Scene, clock: Clock) -> None:
    token = scene.reset_token()
    clock.advance(seconds=LIFE_SECONDS)
    assert _reset(scene, token).status == 410

    clock.advance(seconds=-1)
    assert _reset(scene, token).status == 200


def test_a_disabled_account_cannot_be_reset(scene: Scene, alice: Person) -> None:
    token = scene.reset_token()
    alice.account.update([User.status.set("disabled")])

    assert _reset(scene, token).status == 410


def test_whatever_is_wrong_with_the_token_the_answer_is_the_same(
    scene: Scene, alice: Person, clock: Clock
) -> None:
    void, used = scene.reset_token(), scene.reset_token()
    assert _reset(scene, used).status == 200
    expired = scene.reset_token()
    clock.advance(seconds=LIFE_SECONDS)
    tokens = {
        "used": used,
        "void": void,
        "expired": expired,
        "unknown": f"pr.{'x' * 43}",
        "no token": "x",
        "refresh token": alice.refresh_token,
        "access token": alice.token[:512],
    }

    answers = {kind: _reset(scene, token).but_for_its_id for kind, token in tokens.items()}

    assert answers["used"][0] == 410
    assert answers == dict.fromkeys(tokens, answers["used"])


def test_of_two_resets_with_one_token_at_the_same_time_one_is_made(
    scene: Scene, aws_calls: AwsCalls
) -> None:
    write = _decisive_call(scene, aws_calls)
    token = scene.reset_token()
    statuses: list[int] = []
    aws_calls.forget()
    aws_calls.before(
        write, lambda: statuses.append(_reset(scene, token, "the inner one wins").status)
    )

    outer = _reset(scene, token, "the outer one wins").status

    assert (statuses, outer) == ([200], 410)
    assert _log_in(scene, "the inner one wins") == 200


def test_a_token_issued_meanwhile_leaves_the_one_in_use_good_and_is_void_after_it(
    scene: Scene, aws_calls: AwsCalls
) -> None:
    write = _decisive_call(scene, aws_calls)
    older = scene.reset_token()
    newer: list[str] = []
    aws_calls.forget()
    aws_calls.before(write, lambda: newer.append(scene.reset_token()))

    assert _reset(scene, older, "the older one wins").status == 200

    assert _reset(scene, newer[0], "the newer one wins").status == 410


def test_a_log_in_with_the_old_password_does_not_outlive_it(
    scene: Scene, alice: Person, aws_calls: AwsCalls
) -> None:
    token = scene.reset_token()
    aws_calls.forget()
    assert _log_in(scene, alice.passw) == 200
    write = aws_calls.operations.index("TransactWriteItems") + 1
    aws_calls.forget()
    aws_calls.before(write, lambda: _reset(scene, token))

    assert _log_in(scene, alice.passw) == 401
    assert alice.sessions == []


def test_a_log_in_during_a_reset_is_ended_by_it(
    scene: Scene, alice: Person, aws_calls: AwsCalls
) -> None:
    write = _decisive_call(scene, aws_calls)
    token = scene.reset_token()
    devices: list[Person] = []
    aws_calls.forget()
    aws_calls.before(write, lambda: devices.append(replace(alice, passw=NEW).sign_in()))

    assert _reset(scene, token, "yet another string").status == 200

    (device,) = devices
    assert ANY_USERS.call(scene, token=device.token).code == "session_ended"


def _decisive_call(scene: Scene, aws_calls: AwsCalls) -> int:
    """Reset the password, and return which of the calls it takes is the decisive one."""
    token = scene.reset_token()
    aws_calls.forget()
    assert _reset(scene, token).status == 200
    return aws_calls.operations.index("TransactWriteItems") + 1
