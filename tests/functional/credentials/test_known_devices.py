"""What strangers do to an account does not keep out who has logged in there before."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.credentials import device_tokens, throttle
from accounts.storage.tables import LoginAttempt, User
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import Desk
from tests.support.guesses import (
    FREE,
    UNKNOWN,
    failures,
    guess,
    in_a_row,
    lock,
    log_in,
    pretend,
    record,
)
from tests.support.people import Person
from tests.support.register import CHANGE_PASSWORD, RESET_PASSWORD, SET_NEW_PASSWORD
from tests.support.scene import Scene

DAY_SECONDS = 24 * 3600
BY_COOKIE = {"X-Token-Delivery": "cookie"}
ELSEWHERE = "198.51.100.7"


@pytest.fixture
def home(api: Api, alice: Person) -> str:
    """The token of a device that Alice has logged in from."""
    return str(log_in(api, alice.email, alice.passw).json["device_token"])


def _owner_logs_in(api: Api, alice: Person, device_token: str | None) -> int:
    mine = api.seen_from(ELSEWHERE)
    return log_in(mine, alice.email, alice.passw, device_token=device_token).status


@pytest.mark.parametrize("before", [FREE + 1, 14, 99, 100, 101, 5000])
def test_a_known_device_is_never_refused_for_what_strangers_did(
    api: Api, alice: Person, home: str, before: int
) -> None:
    guess(api, alice.email)
    pretend("account", before)
    guess(api, alice.email, 2)

    assert _owner_logs_in(api, alice, home) == 200


def test_a_known_device_is_not_refused_for_what_others_behind_its_address_did(
    api: Api, alice: Person, home: str
) -> None:
    guess(api, UNKNOWN)
    pretend("address", 100)
    assert log_in(api, alice.email, alice.passw).status == 429

    assert log_in(api, alice.email, alice.passw, device_token=home).status == 200

    assert failures("address") == 100


def test_a_known_device_has_failures_of_its_own(
    api: Api, alice: Person, home: str, clock: Clock
) -> None:
    for _ in range(FREE + 1):
        assert log_in(api, alice.email, device_token=home).status == 401

    refused = log_in(api, alice.email, alice.passw, device_token=home)
    assert (refused.status, refused.headers["retry-after"]) == (429, "2")
    assert failures("account") == failures("address") == 0
    assert _owner_logs_in(api, alice, None) == 200
    clock.advance(seconds=2)
    assert _owner_logs_in(api, alice, home) == 200
    assert record("device") is None


def test_each_known_device_has_its_own(api: Api, alice: Person, home: str) -> None:
    work = log_in(api, alice.email, alice.passw).json["device_token"]
    for _ in range(FREE + 2):
        log_in(api, alice.email, device_token=home)

    assert work != home
    assert _owner_logs_in(api, alice, work) == 200


def test_a_stolen_device_token_opens_nothing(api: Api, alice: Person, home: str) -> None:
    answer = log_in(api, alice.email, "", device_token=home)
    wrong = log_in(api, alice.email, device_token=home)

    assert (answer.status, wrong.status) == (422, 401)
    assert wrong.but_for_its_id == log_in(api, alice.email).but_for_its_id


def test_a_device_that_failed_a_hundred_times_in_a_row_is_known_no_longer(
    api: Api, alice: Person, home: str
) -> None:
    log_in(api, alice.email, device_token=home)
    pretend("device", 100)

    assert log_in(api, alice.email, device_token=home).status == 401

    assert failures("account") == 1
    assert _owner_logs_in(api, alice, home) == 200


@pytest.mark.parametrize(
    "device_token", ["dt." + "x" * 43, "x", "dt.", "rt.1.x", "é", " ", "#", "dt." + "x" * 300]
)
def test_what_is_no_known_device_is_a_stranger(api: Api, alice: Person, device_token: str) -> None:
    lock(api, alice.email)

    assert _owner_logs_in(api, alice, device_token) == 429


def test_a_device_is_known_to_its_own_account_alone(
    api: Api, alice: Person, bob: Person, home: str
) -> None:
    lock(api, bob.email)

    assert log_in(api, bob.email, bob.passw, device_token=home).status == 429


def test_a_device_is_known_for_400_days_after_its_last_log_in(
    api: Api, alice: Person, home: str, clock: Clock
) -> None:
    clock.advance(seconds=400 * DAY_SECONDS - 1)
    again = log_in(api, alice.email, alice.passw, device_token=home).json["device_token"]
    clock.advance(seconds=400 * DAY_SECONDS - 1)
    lock(api, alice.email)
    assert again == home
    assert _owner_logs_in(api, alice, home) == 200

    clock.advance(seconds=400 * DAY_SECONDS)
    lock(api, alice.email)
    assert _owner_logs_in(api, alice, home) == 429


def test_what_is_kept_of_a_device_token_is_a_digest(
    api: Api, alice: Person, home: str, stack: Deployment
) -> None:
    log_in(api, alice.email, device_token=home)

    assert re.fullmatch(r"dt\.[A-Za-z0-9_-]{43}", home)
    assert home.removeprefix("dt.") not in str(stack.stored())


def test_who_never_shows_a_device_token_crowds_out_no_device_that_does(
    api: Api, alice: Person, home: str
) -> None:
    log_in(api, alice.email, alice.passw, device_token=home)
    tokens = [log_in(api, alice.email, alice.passw).json["device_token"] for _ in range(12)]

    known = [device_tokens.is_known(alice.account, device_tokens.digest(t)) for t in tokens]
    assert known == [False] * 2 + [True] * 10
    assert device_tokens.is_known(alice.account, device_tokens.digest(home))


def test_the_devices_that_are_kept_are_those_used_last(
    api: Api, alice: Person, clock: Clock
) -> None:
    tokens = [log_in(api, alice.email, alice.passw).json["device_token"] for _ in range(10)]
    for token in (*tokens, tokens[0]):
        log_in(api, alice.email, alice.passw, device_token=token)
    last = log_in(api, alice.email, alice.passw).json["device_token"]
    log_in(api, alice.email, alice.passw, device_token=last)

    known = [device_tokens.is_known(alice.account, device_tokens.digest(t)) for t in tokens]
    assert known == [True, False, *[True] * 8]


def test_a_browser_is_known_by_a_cookie_that_no_script_can_read(api: Api, alice: Person) -> None:
    first = log_in(api, alice.email, alice.passw, headers=BY_COOKIE)
    (cookie,) = [value for value in first.cookies if value.startswith("__Host-device=")]
    assert "device_token" not in first.json
    pair, *attributes = cookie.split("; ")
    assert attributes == ["Path=/", "Max-Age=34560000", "Secure", "HttpOnly", "SameSite=Strict"]
    lock(api, alice.email)

    headers = {**BY_COOKIE, "Cookie": pair}
    again = log_in(api, alice.email, alice.passw, headers=headers)

    assert again.status == 200
    assert cookie in again.cookies
    assert log_in(api, alice.email, alice.passw, headers={"Cookie": pair}).status == 429


# what becomes of the strangers' pool


def _five_wrong_then_three(api: Api, email: str, owner: Callable[[], object]) -> list[object]:
    guess(api, email, FREE)
    owner()
    return [log_in(api, email).but_for_its_id for _ in range(3)]


@pytest.mark.parametrize("device", ["known", "unknown"])
def test_the_owners_success_does_not_show_in_what_strangers_see(
    api: Api, alice: Person, home: str, device: str
) -> None:
    token = home if device == "known" else None
    known = _five_wrong_then_three(api, alice.email, lambda: _owner_logs_in(api, alice, token))

    unknown = _five_wrong_then_three(api, UNKNOWN, lambda: None)

    assert known == unknown
    assert [answer[0] for answer in known] == [401, 429, 429]  # type: ignore[index]


def _strangers_see(
    api: Api, email: str, clock: Clock, owner: Callable[[], object]
) -> list[tuple[object, ...]]:
    seen: list[tuple[object, ...]] = []
    for _ in range(3):
        answers = [log_in(api, email), log_in(api, email)]
        seen.append(tuple(answer.but_for_its_id for answer in answers))
        owner()
        clock.advance(seconds=900)
    return seen


@pytest.mark.parametrize("before", [97, 100, 250])
def test_neither_does_it_when_the_password_was_off(
    api: Api, alice: Person, home: str, clock: Clock, before: int
) -> None:
    seen = {}
    for email in (alice.email, UNKNOWN):
        started = clock.time
        pool = throttle.account(email)
        throttle.admit(pool)
        pool.update([LoginAttempt.failures.set(before)])
        pool.update([LoginAttempt.in_a_row.set(before)])
        seen[email] = _strangers_see(api, email, clock, lambda: _owner_logs_in(api, alice, home))
        clock.time = started

    assert seen[alice.email] == seen[UNKNOWN]


def test_a_log_in_from_a_known_device_has_the_password_open_again_to_strangers(
    api: Api, alice: Person, home: str, clock: Clock
) -> None:
    guess(api, alice.email)
    pretend("account", 100)
    clock.advance(seconds=900)
    assert _owner_logs_in(api, alice, None) == 429
    clock.advance(seconds=900)

    assert _owner_logs_in(api, alice, home) == 200

    assert in_a_row("account") == 0
    assert _owner_logs_in(api, alice, None) == 200


def test_an_account_begins_with_a_clean_counter(api: Api, desk: Desk) -> None:
    new = {"email": "new@example.com", "name": "New", "passw": "example_string"}
    lock(api, new["email"])

    assert desk.sign_up(**new).status == 201

    assert log_in(api, new["email"], new["passw"]).status == 200


def test_an_account_has_a_clean_counter_at_its_new_address(
    api: Api, alice: Person, desk: Desk
) -> None:
    lock(api, "new@example.com")

    assert desk.move(alice.id, "new@example.com").status == 200

    assert log_in(api, "new@example.com", alice.passw).status == 200


def test_a_device_stays_known_when_the_address_or_the_password_is_another(
    scene: Scene, alice: Person, home: str
) -> None:
    assert RESET_PASSWORD.call(scene).status == 200
    lock(scene.api, alice.email)

    answer = log_in(scene.api, alice.email, "another_string", device_token=home)

    assert answer.status == 200


def test_who_sets_a_new_password_by_mail_gets_in_while_strangers_are_guessing(
    scene: Scene, alice: Person
) -> None:
    answer = SET_NEW_PASSWORD.call(scene)
    lock(scene.api, alice.email)
    guess(scene.api, alice.email)
    token = answer.json["device_token"]

    assert log_in(scene.api, alice.email, "another_string").status == 429
    assert log_in(scene.api, alice.email, "another_string", device_token=token).status == 200


def test_a_browser_in_which_a_new_password_is_set_is_known_by_its_cookie(
    scene: Scene, alice: Person
) -> None:
    answer = SET_NEW_PASSWORD.call(scene, headers=BY_COOKIE)
    lock(scene.api, alice.email)
    (cookie,) = answer.cookies

    assert "device_token" not in answer.json
    headers = {**BY_COOKIE, "Cookie": cookie.partition(";")[0]}
    assert log_in(scene.api, alice.email, "another_string", headers=headers).status == 200


def test_strangers_do_not_keep_who_is_signed_in_from_changing_the_password(
    scene: Scene, alice: Person
) -> None:
    lock(scene.api, alice.email)
    pretend("account", 100)

    assert CHANGE_PASSWORD.call(scene).status == 200


def test_a_deleted_account_leaves_nothing_of_its_devices(
    api: Api, alice: Person, home: str, desk: Desk
) -> None:
    log_in(api, alice.email, device_token=home)
    assert record("device") is not None

    assert desk.delete(alice.id).status == 200

    assert record("device") is None
    assert User.find(alice.id) is None


# successes


def test_a_loop_of_right_passwords_is_stopped_before_the_hash(
    api: Api, alice: Person, home: str, clock: Clock, hash_checks: list[bytes]
) -> None:
    paced_until = clock.time + timedelta(minutes=60)
    alice.account.update([User.log_ins_paced_until.set(paced_until)])
    sessions = alice.account.version

    statuses = [log_in(api, alice.email, alice.passw, device_token=home).status for _ in range(20)]

    assert statuses == [429] * 20
    assert len(hash_checks) == FREE + 1
    assert alice.account.version == sessions
    clock.advance(seconds=60)
    assert _owner_logs_in(api, alice, home) == 200


def test_people_log_in_as_often_as_they_like(
    api: Api, alice: Person, home: str, clock: Clock
) -> None:
    for _ in range(30):
        assert _owner_logs_in(api, alice, home) == 200
    for _ in range(5):
        clock.advance(seconds=60)
        assert _owner_logs_in(api, alice, home) == 200
