"""Whoever guesses at one account waits longer and longer."""

from dataclasses import replace

import pytest

from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.endpoint import Endpoint
from tests.support.guesses import (
    FREE,
    UNKNOWN,
    WRONG,
    failures,
    guess,
    in_a_row,
    lock,
    log_in,
    pretend,
    record,
)
from tests.support.people import Person
from tests.support.register import (
    ANY_USERS,
    CHANGE_PASSWORD,
    FORGET_PASSWORD,
    REFRESH,
    RESET_PASSWORD,
)
from tests.support.scene import Scene

WAITS = (2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900)
# longer than failures are remembered, shorter than a service token lives
TWO_MONTHS_SECONDS = 60 * 24 * 3600
MONTH_SECONDS = 30 * 24 * 3600
DAY_SECONDS = 24 * 3600


def test_five_failures_are_free(api: Api, alice: Person) -> None:
    assert guess(api, alice.email, FREE) == [401] * FREE

    assert log_in(api, alice.email, alice.passw).status == 200


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(
    api: Api, alice: Person, clock: Clock
) -> None:
    assert guess(api, alice.email, FREE) == [401] * FREE
    for seconds in WAITS:
        assert log_in(api, alice.email).status == 401
        refused = log_in(api, alice.email)
        assert (refused.status, refused.headers["retry-after"]) == (429, str(seconds))
        clock.advance(seconds=seconds)


def test_the_wait_is_told_as_it_shrinks_and_rounded_up(
    api: Api, alice: Person, clock: Clock
) -> None:
    lock(api, alice.email)
    told = []
    for _ in range(4):
        answer = log_in(api, alice.email)
        told.append((answer.status, answer.headers.get("retry-after")))
        clock.advance(seconds=0.6)

    assert told == [(429, "2"), (429, "2"), (429, "1"), (429, "1")]
    assert log_in(api, alice.email).status == 401


def test_attempts_during_a_lock_do_not_prolong_it(api: Api, alice: Person, clock: Clock) -> None:
    lock(api, alice.email)

    assert guess(api, alice.email, 10) == [429] * 10

    clock.advance(seconds=2)
    assert log_in(api, alice.email, alice.passw).status == 200


def test_waits_are_forgotten_after_a_quiet_day(api: Api, alice: Person, clock: Clock) -> None:
    lock(api, alice.email)

    clock.advance(seconds=DAY_SECONDS - 1)
    assert log_in(api, alice.email).status == 401
    assert log_in(api, alice.email).headers["retry-after"] == "4"
    clock.advance(seconds=DAY_SECONDS)

    assert guess(api, alice.email, FREE + 1) == [401] * (FREE + 1)
    assert log_in(api, alice.email).headers["retry-after"] == "2"


def test_what_a_quiet_day_does_not_forget_a_month_does_though_dynamodb_keeps_it(
    api: Api, alice: Person, clock: Clock
) -> None:
    lock(api, alice.email)
    clock.advance(seconds=DAY_SECONDS)
    log_in(api, alice.email)
    assert in_a_row("account") == FREE + 2

    clock.advance(seconds=MONTH_SECONDS)
    log_in(api, alice.email)

    assert in_a_row("account") == 1


def test_the_right_password_during_a_lock_gets_the_very_same_answer(
    api: Api, alice: Person, hash_checks: list[bytes]
) -> None:
    lock(api, alice.email)
    hash_checks.clear()

    right, wrong = log_in(api, alice.email, alice.passw), log_in(api, alice.email)

    assert right.status == 429
    assert right.but_for_its_id == wrong.but_for_its_id
    assert hash_checks == []


def test_a_success_ends_the_row_and_is_itself_no_failure(api: Api, alice: Person) -> None:
    guess(api, alice.email, FREE - 1)

    assert log_in(api, alice.email, alice.passw).status == 200

    assert (failures("account"), in_a_row("account")) == (FREE - 1, 0)


def test_a_success_after_a_quiet_day_leaves_no_trace(api: Api, alice: Person, clock: Clock) -> None:
    lock(api, alice.email)
    clock.advance(seconds=DAY_SECONDS)

    assert log_in(api, alice.email, alice.passw).status == 200

    assert failures("account") == 0
    assert guess(api, alice.email, FREE + 1) == [401] * (FREE + 1)


@pytest.mark.parametrize("endpoint", [RESET_PASSWORD, CHANGE_PASSWORD], ids=["reset", "change"])
def test_a_new_password_clears_the_count(scene: Scene, alice: Person, endpoint: Endpoint) -> None:
    guess(scene.api, alice.email, FREE - 1)

    assert endpoint.call(scene).status == 200

    assert failures("account") == 0


def test_a_reset_ends_the_lock(scene: Scene, alice: Person) -> None:
    lock(scene.api, alice.email)

    assert RESET_PASSWORD.call(scene).status == 200

    assert log_in(scene.api, alice.email, "another_string").status == 200


def test_after_a_hundred_in_a_row_the_password_is_off_until_a_reset(
    scene: Scene, alice: Person, clock: Clock, hash_checks: list[bytes]
) -> None:
    api = scene.api
    guess(api, alice.email)
    pretend("account", 98)
    assert log_in(api, alice.email).status == 401
    clock.advance(seconds=900)
    assert log_in(api, alice.email).status == 401
    clock.advance(seconds=900)
    hash_checks.clear()

    off = log_in(api, alice.email, alice.passw)
    assert (off.status, off.headers["retry-after"]) == (429, "900")
    assert alice.account.password_hash.encode() not in hash_checks
    kept = record("account")
    assert kept is not None
    assert "expires_at" not in kept.attribute_values
    clock.advance(seconds=TWO_MONTHS_SECONDS)
    assert log_in(api, alice.email, alice.passw).status == 401

    helped = replace(scene, admin=scene.admin.sign_in())
    assert RESET_PASSWORD.call(helped).status == 200
    assert log_in(api, alice.email, "another_string").status == 200


def test_the_hundredth_attempt_may_still_be_right(api: Api, alice: Person) -> None:
    guess(api, alice.email)
    pretend("account", 99)

    assert log_in(api, alice.email, alice.passw).status == 200


def test_a_locked_person_keeps_sessions_and_can_recover(scene: Scene, alice: Person) -> None:
    lock(scene.api, alice.email)
    pretend("account", 100)

    assert ANY_USERS.call(scene).status == 200
    assert REFRESH.call(scene).status == 200
    assert FORGET_PASSWORD.call(scene).status == 202
    assert RESET_PASSWORD.call(scene).status == 200


def test_spellings_of_one_address_share_a_count(api: Api, alice: Person) -> None:
    spellings = ("alice@example.com", "ALICE@example.com", "Alice@EXAMPLE.com", "aLiCe@ExAmPlE.cOm")
    for spelling in spellings[:3] * 2:
        assert log_in(api, spelling).status == 401

    assert [log_in(api, spelling).status for spelling in spellings] == [429] * 4
    assert log_in(api, alice.email, alice.passw).status == 429


def test_spellings_of_an_international_domain_share_a_count(api: Api) -> None:
    for spelling in ("nina@exämple.com", "nina@EXÄMPLE.com", "NINA@xn--exmple-cua.com") * 2:
        assert log_in(api, spelling).status == 401

    assert log_in(api, "nina@\uff45\uff58ämple.com").status == 429


def test_other_accounts_are_not_concerned(api: Api, alice: Person, bob: Person) -> None:
    lock(api, alice.email)

    assert log_in(api, bob.email).status == 401
    assert log_in(api, bob.email, bob.passw).status == 200


def test_an_unknown_account_locks_like_a_known_one(api: Api, alice: Person, clock: Clock) -> None:
    for email in (alice.email, UNKNOWN):
        lock(api, email)
    for _ in WAITS:
        known, unknown = log_in(api, alice.email), log_in(api, UNKNOWN)
        assert known.status == 429
        assert known.but_for_its_id == unknown.but_for_its_id
        clock.advance(seconds=int(known.headers["retry-after"]))
        assert guess(api, alice.email) == guess(api, UNKNOWN) == [401]


def test_wrong_current_passwords_make_their_session_wait(scene: Scene, alice: Person) -> None:
    body = {"current_passw": WRONG, "passw": "another_string"}
    answers = [CHANGE_PASSWORD.call(scene, json=body).status for _ in range(FREE + 2)]

    assert answers == [422] * (FREE + 1) + [429]
    right = CHANGE_PASSWORD.call(scene)
    assert (right.status, right.headers["retry-after"]) == (429, "2")


def test_a_refused_new_password_is_no_failed_log_in(scene: Scene, alice: Person) -> None:
    body = {"current_passw": alice.passw, "passw": alice.email}

    assert CHANGE_PASSWORD.call(scene, json=body).status == 422

    assert failures("session") == 0
