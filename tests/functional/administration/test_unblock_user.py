"""PUT /api/v1/server/users/{user_id}/unblock: ending a lock-out, and what is shown of one."""

import pytest

from accounts.access import new_accounts
from accounts.credentials import throttle
from accounts.storage.tables import LoginAttempt
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, events, log_in, settle
from tests.support.people import Person


def _fail(person: Person, times: int = throttle.FREE_FAILURES + 1) -> None:
    for _ in range(times):
        log_in(person, passw="wrong password")


def test_who_is_locked_out_is_shown_so_in_each_view(
    desk: Desk, alice: Person, clock: Clock
) -> None:
    assert "blocked_until" not in desk.show(alice.id).json

    _fail(alice)

    shown = desk.show(alice.id).json
    assert shown["blocked_until"] > f"{clock():%Y-%m-%dT%H:%M:%SZ}"
    for query in ({}, {"role": "read_only"}, {"search": "alice"}, {"sort": "created_at"}):
        assert shown in desk.list_users(**query).json["users"]
    clock.advance(seconds=throttle.LONGEST_BLOCK_SECONDS)
    assert "blocked_until" not in desk.show(alice.id).json


def test_password_that_is_off_is_shown_without_an_end(desk: Desk, alice: Person) -> None:
    pool = throttle.account(alice.email)
    pool.failures = pool.in_a_row = throttle.MOST_IN_A_ROW
    pool.save()

    assert desk.show(alice.id).json["blocked_until"] == "9999-12-31T23:59:59Z"


def test_who_is_unblocked_logs_in_at_once(desk: Desk, alice: Person) -> None:
    _fail(alice)
    assert log_in(alice).status == 429

    answer = desk.unblock(alice.id)

    assert answer.status == 200
    assert answer.json == desk.show(alice.id).json
    assert "blocked_until" not in answer.json
    assert log_in(alice).status == 200


def test_password_that_is_off_is_on_again(desk: Desk, alice: Person) -> None:
    pool = throttle.account(alice.email)
    pool.failures = pool.in_a_row = throttle.MOST_IN_A_ROW
    pool.save()

    assert desk.unblock(alice.id).status == 200

    assert log_in(alice).status == 200


def test_own_devices_and_second_step_begin_anew_too(desk: Desk, alice: Person) -> None:
    user = alice.account
    user.known_devices = {"known": 2**40}
    user.save()
    pools = [
        throttle.device("known"),
        throttle.second_factor(user, None),
        throttle.second_factor(user, "known"),
    ]
    for pool in pools:
        pool.failures = 50
        pool.save()

    assert desk.unblock(alice.id).status == 200

    assert [LoginAttempt.find(pool.subject) for pool in pools] == [None] * 3


def test_failures_of_others_stay(desk: Desk, alice: Person, bob: Person) -> None:
    _fail(alice)
    _fail(bob)

    assert desk.unblock(alice.id).status == 200

    assert log_in(bob).status == 429


def test_it_is_on_record(desk: Desk, alice: Person, admin: Person, clock: Clock) -> None:
    # events of one moment are in no order
    clock.advance(seconds=1)

    desk.unblock(alice.id)

    assert [(e.what, e.actor_id) for e in events(alice.id)][-1] == ("user_unblocked", admin.id)


def test_there_is_nobody_with_this_id(desk: Desk, stack: Deployment) -> None:
    with stack.unchanged():
        assert desk.unblock(17).code == "user_not_found"


def test_nobody_is_unblocked_by_who_may_less(
    desk: Desk, admin: Person, other_admin: Person, stack: Deployment
) -> None:
    clerk = desk.somebody_with("users:update")

    with stack.unchanged():
        assert desk.by(clerk.token).unblock(other_admin.id).code == "permission_missing"


def test_it_takes_a_recent_proof(desk: Desk, alice: Person, clock: Clock) -> None:
    clock.advance(seconds=601)

    assert desk.unblock(alice.id).code == "reauthentication_required"


@pytest.mark.parametrize("caller", ["alice", "methodist", "web_backend"])
def test_it_takes_the_permission_to_update(
    desk: Desk, bob: Person, caller: str, request: pytest.FixtureRequest
) -> None:
    found = request.getfixturevalue(caller)
    token = found if isinstance(found, str) else found.token

    assert desk.by(token).unblock(bob.id).code == "permission_missing"


def test_address_that_moves_meanwhile_keeps_whoever_has_it_then_as_they_are(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    def move() -> None:
        assert desk.move(alice.id, "moved@example.com").status == 200
        settle("another@example.com")

    before_write(move)

    assert desk.unblock(alice.id).json["email"] == "moved@example.com"


def test_account_that_is_deleted_meanwhile_is_not_found(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: desk.delete(alice.id))

    assert desk.unblock(alice.id).code == "user_not_found"


def test_back_end_is_shown_without_a_lock_out(desk: Desk) -> None:
    user = new_accounts.new_user("till@example.com", "Till", "service", None, kind="service")
    new_accounts.create(user)
    pool = throttle.account(user.email)
    pool.failures = pool.in_a_row = throttle.MOST_IN_A_ROW
    pool.save()

    shown = desk.show(user.id).json

    assert not {"blocked_until", "email_confirmed", "second_factors", "last_log_in"} & set(shown)
