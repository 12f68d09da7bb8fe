"""PUT /api/v1/server/users/passw/set_new_passw."""

from collections.abc import Callable

import pytest

from accounts.credentials import passwords
from accounts.storage.tables import User
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.people import Person
from tests.support.register import ANY_USERS, LOG_IN, REFRESH, RESET_PASSWORD, UPDATE_USER
from tests.support.scene import Scene

GONE = {"error": "Gone", "message": "Reset token is invalid or has expired"}


@pytest.fixture
def reset_token(scene: Scene) -> str:
    """A reset token of alice's."""
    return scene.reset_token()


Reset = Callable[..., Answer]


@pytest.fixture
def reset(api: Api, web_backend: str) -> Reset:
    """Reset a password: ``reset(token, passw)``."""

    def call(token: str, passw: str = "another_string") -> Answer:
        body = {"reset_token": token, "passw": passw}
        return api.call(*RESET_PASSWORD.at(), token=web_backend, json=body)

    return call


def _log_in(api: Api, person: Person, passw: str) -> int:
    return api.call(*LOG_IN.at(), json={"email": person.email, "passw": passw}).status


def test_reset_says_so_and_logs_nobody_in(reset: Reset, alice: Person, reset_token: str) -> None:
    answer = reset(reset_token)

    assert answer.status == 200
    assert answer.json == {"success": True, "message": "Password updated"}
    assert answer.cookies == ()
    assert alice.sessions == []


def test_new_password_opens_and_the_old_one_does_not(
    api: Api, reset: Reset, alice: Person, reset_token: str
) -> None:
    reset(reset_token)

    assert _log_in(api, alice, alice.passw) == 401
    assert _log_in(api, alice, "another_string") == 200


def test_every_session_ends_on_the_very_next_call(
    api: Api, reset: Reset, alice: Person, reset_token: str
) -> None:
    devices = [alice, alice.sign_in(), alice.sign_in()]

    reset(reset_token)

    for device in devices:
        who = api.call(*ANY_USERS.at(), token=device.token)
        refreshed = api.call(*REFRESH.at(), json={"refresh_token": device.refresh_token})
        assert (who.status, who.code) == (401, "session_ended")
        assert (refreshed.status, refreshed.code) == (401, "session_ended")


def test_sessions_of_others_go_on(
    api: Api, reset: Reset, bob: Person, reset_token: str, web_backend: str
) -> None:
    reset(reset_token)

    assert api.call(*ANY_USERS.at(), token=bob.token).status == 200
    assert reset("garbage").status == 410


def test_token_works_once(
    api: Api, reset: Reset, alice: Person, reset_token: str, stack: Deployment
) -> None:
    assert reset(reset_token).status == 200

    with stack.unchanged():
        answer = reset(reset_token, "a third password")

    assert (answer.status, answer.code) == (410, "reset_token_invalid")
    assert answer.json == GONE
    assert _log_in(api, alice, "another_string") == 200


@pytest.mark.parametrize(("seconds", "status"), [(3599, 200), (3600, 410), (3601, 410), (-30, 200)])
def test_token_works_for_an_hour(
    api: Api,
    reset: Reset,
    clock: Clock,
    reset_token: str,
    seconds: int,
    status: int,
) -> None:
    clock.advance(seconds=seconds)

    assert reset(reset_token).status == status


def test_all_bad_tokens_are_answered_alike(
    reset: Reset, alice: Person, reset_token: str, clock: Clock
) -> None:
    secret = reset_token.rpartition(".")[2]
    reset(reset_token)
    bad = (
        "garbage",
        reset_token,
        f"pr.{alice.id}.{secret}",
        f"ec.{secret}",
        f"pr.{'A' * 43}",
        alice.refresh_token,
        alice.token[:512],
    )

    answers = [reset(token) for token in bad]

    assert answers[0].status == 410
    assert answers[0].json == GONE
    for answer in answers[1:]:
        assert answer.but_for_its_id == answers[0].but_for_its_id


@pytest.mark.parametrize("passw", ["short", "p" * 257, "alice@example.com", "ALICE@EXAMPLE.COM"])
def test_refused_password_leaves_the_token_good(
    reset: Reset, stack: Deployment, reset_token: str, passw: str
) -> None:
    with stack.unchanged():
        assert reset(reset_token, passw).status == 422

    assert reset(reset_token).status == 200


def test_disabled_account_is_not_reset(
    reset: Reset, alice: Person, reset_token: str, stack: Deployment
) -> None:
    User(alice.id).update([User.status.set("disabled")])

    with stack.unchanged():
        assert reset(reset_token).status == 410


def test_deleted_account_is_not_reset(
    reset: Reset, alice: Person, reset_token: str, stack: Deployment
) -> None:
    User(alice.id).delete()

    with stack.unchanged():
        assert reset(reset_token).status == 410


def test_persons_own_token_does_not_authenticate_a_reset(
    api: Api, alice: Person, reset_token: str, stack: Deployment
) -> None:
    body = {"reset_token": reset_token, "passw": "another_string"}

    with stack.unchanged():
        answer = api.call(*RESET_PASSWORD.at(), token=alice.token, json=body)

    assert answer.status == 403
    assert answer.json == {"error": "Forbidden", "message": "Permission passwords:set required"}


# what happens meanwhile


def test_log_in_that_slips_in_between_is_ended_too(
    scene: Scene, api: Api, reset: Reset, alice: Person, aws_calls: AwsCalls
) -> None:
    at = _transaction(scene, reset, aws_calls)
    token = scene.reset_token()
    devices: list[Person] = []
    aws_calls.forget()
    aws_calls.before(at, lambda: devices.append(_signed_in_with(api, alice, "another_string")))

    assert reset(token, "a third password").status == 200

    (device,) = devices
    assert api.call(*ANY_USERS.at(), token=device.token).code == "session_ended"
    assert alice.sessions == []


def test_token_that_is_spent_in_between_is_gone(
    scene: Scene, api: Api, reset: Reset, alice: Person, aws_calls: AwsCalls
) -> None:
    at = _transaction(scene, reset, aws_calls)
    token = scene.reset_token()
    aws_calls.forget()
    aws_calls.before(at, lambda: reset(token, "the winner's password"))

    assert reset(token, "the loser's password").status == 410

    assert _log_in(api, alice, "the winner's password") == 200
    assert _log_in(api, alice, "the loser's password") == 401


def test_token_that_is_voided_in_between_is_gone(
    scene: Scene, reset: Reset, alice: Person, aws_calls: AwsCalls
) -> None:
    at = _transaction(scene, reset, aws_calls)
    token = scene.reset_token()
    aws_calls.forget()
    aws_calls.before(at, lambda: UPDATE_USER.call(scene, json={"role": "methodist"}))

    assert reset(token).status == 410
    assert alice.account.role == "methodist"


def test_account_that_does_not_stand_still_ends_in_try_again(
    reset: Reset,
    alice: Person,
    reset_token: str,
    aws_calls: AwsCalls,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    before = alice.account.password_hash
    aws_calls.forget()
    for number in range(1, 60):
        aws_calls.before(number, lambda: alice.account.update([User.version.add(1)]))

    answer = reset(reset_token)

    assert (answer.status, answer.code) == (503, "unavailable")
    assert alice.account.password_hash == before


def test_password_is_hashed_only_for_a_good_token(
    reset: Reset, reset_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    really = passwords.hashed

    def count(password: str) -> str:
        hashed.append(password)
        return really(password)

    monkeypatch.setattr("accounts.credentials.passwords.hashed", count)

    reset("garbage")
    assert hashed == []
    reset(reset_token)
    assert hashed == ["another_string"]


def _signed_in_with(api: Api, person: Person, passw: str) -> Person:
    answer = api.call(*LOG_IN.at(), json={"email": person.email, "passw": passw})
    assert answer.status == 200
    return Person(
        api,
        person.id,
        person.email,
        person.name,
        person.role,
        passw,
        answer.json["access_token"],
        answer.json["refresh_token"],
    )


def _transaction(scene: Scene, reset: Reset, aws_calls: AwsCalls) -> int:
    """Return which call of a reset it is that sets the password; does one to find out."""
    token = scene.reset_token()
    aws_calls.forget()
    assert reset(token).status == 200
    return aws_calls.operations.index("TransactWriteItems") + 1
