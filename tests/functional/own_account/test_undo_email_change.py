"""PUT /api/v1/public/users/email/undo: who had the address before takes a change back."""

from collections.abc import Callable

import pytest

from tests.support.answers import Answer
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, is_signed_out, log_in, who_am_i
from tests.support.people import Person
from tests.support.register import CHANGE_PASSWORD, UNDO_EMAIL_CHANGE
from tests.support.scene import Scene

THIEF = "thief@example.org"
WEEK_SECONDS = 7 * 24 * 3600
OWN = "my own again"


def _assert_gone(answer: Answer) -> None:
    assert (answer.status, answer.code) == (410, "undo_token_invalid")
    assert answer.json == {"error": "Gone", "message": "Undo token is invalid or has expired"}


def _moved(desk: Desk, user_id: int, email: str) -> str:
    """Move the account and return the undo token that was mailed to the address before."""
    assert desk.update(user_id, email=email).status == 200
    token = desk.undo_token(user_id)
    assert desk.confirm_email(desk.email_token(user_id)).status == 200
    return token


@pytest.fixture
def token(desk: Desk, alice: Person) -> str:
    """What was mailed to alice's address when somebody moved her account away from it."""
    return _moved(desk, alice.id, THIEF)


def test_old_address_is_back_and_its_owner_sets_a_password(
    desk: Desk, alice: Person, token: str
) -> None:
    thief = log_in(alice, email=THIEF).json["access_token"]

    answer = desk.undo_email_change(token)

    assert answer.status == 200
    assert answer.json["message"] == "Email restored"
    assert alice.account.email == alice.email
    assert who_am_i(alice, thief).code == "session_ended"
    # nobody knows a password that counts
    assert log_in(alice).code == log_in(alice, email=THIEF).code == "invalid_credentials"
    assert desk.set_password(answer.json["reset_token"], OWN).status == 200
    assert log_in(alice, passw=OWN).status == 200


WHATEVER: dict[str, Callable[[Desk, Person], object]] = {
    "password reset": lambda desk, _: desk.set_password(
        desk.reset_token(THIEF).json["reset_token"], "the thief's own"
    ),
    "password change": lambda desk, alice: desk.api.call(
        *CHANGE_PASSWORD.at(),
        token=log_in(alice, email=THIEF).json["access_token"],
        json={"current_passw": alice.passw, "passw": "the thief's own"},
    ),
    "another address": lambda desk, alice: desk.move(alice.id, "thief2@example.org"),
    "another address begun": lambda desk, alice: desk.update(alice.id, email="t2@example.org"),
    "back and forth": lambda desk, alice: (
        desk.move(alice.id, alice.email),
        desk.move(alice.id, THIEF),
    ),
    "role": lambda desk, alice: desk.update(alice.id, role="methodist"),
    "disabled and enabled": lambda desk, alice: (
        desk.update(alice.id, status="disabled"),
        desk.update(alice.id, status="active"),
    ),
    "somebody signed up at the old one": lambda desk, alice: desk.sign_up(alice.email),
    "a reset token made": lambda desk, _: desk.reset_token(THIEF),
}


@pytest.mark.parametrize("done", WHATEVER.values(), ids=WHATEVER)
def test_undo_wins_over_whatever_was_done_since(
    desk: Desk, alice: Person, token: str, done: Callable[[Desk, Person], object]
) -> None:
    done(desk, alice)

    answer = desk.undo_email_change(token)

    assert answer.status == 200
    assert alice.account.email == alice.email
    assert alice.sessions == []
    for email in (alice.email, THIEF):
        for passw in (alice.passw, "the thief's own"):
            assert log_in(alice, email=email, passw=passw).status in (401, 429)
    assert desk.set_password(answer.json["reset_token"], OWN).status == 200


@pytest.mark.parametrize("done", WHATEVER.values(), ids=WHATEVER)
def test_undo_wins_over_what_is_done_at_the_same_moment(
    desk: Desk,
    alice: Person,
    token: str,
    before_write: BeforeWrite,
    done: Callable[[Desk, Person], object],
) -> None:
    before_write(lambda: done(desk, alice))

    assert desk.undo_email_change(token).status == 200

    assert alice.account.email == alice.email
    assert alice.account.password_hash is None


def test_thief_cannot_undo_the_undoing(desk: Desk, alice: Person, token: str) -> None:
    # mailed to the thief's first address when the second one was confirmed
    thiefs = _moved(desk, alice.id, "thief2@example.org")
    assert desk.undo_email_change(token).status == 200

    _assert_gone(desk.undo_email_change(thiefs))

    assert alice.account.email == alice.email


def test_thief_who_undoes_their_own_change_leaves_the_owners_undo(
    desk: Desk, alice: Person, token: str
) -> None:
    thiefs = _moved(desk, alice.id, "thief2@example.org")
    assert desk.undo_email_change(thiefs).status == 200
    assert alice.account.email == THIEF

    assert desk.undo_email_change(token).status == 200

    assert alice.account.email == alice.email


def test_thief_who_makes_many_changes_does_not_push_the_owners_out(
    desk: Desk, alice: Person, token: str
) -> None:
    moves = [desk.move(alice.id, f"thief{number}@example.org").status for number in range(10)]

    assert moves == [200] * 9 + [429]
    assert desk.undo_email_change(token).status == 200
    assert alice.account.email == alice.email


def test_addresses_of_what_was_undone_are_free(desk: Desk, alice: Person, token: str) -> None:
    _moved(desk, alice.id, "thief2@example.org")

    desk.undo_email_change(token)

    assert desk.sign_up(THIEF).status == 201
    assert desk.sign_up("thief2@example.org").status == 201
    assert desk.sign_up(alice.email).status == 409


def test_change_that_is_not_confirmed_yet_is_called_off(desk: Desk, alice: Person) -> None:
    desk.update(alice.id, email=THIEF)
    email_token = desk.email_token(alice.id)

    answer = desk.undo_email_change(desk.undo_token(alice.id))

    # who began it may know the password
    assert answer.status == 200
    assert alice.account.email == alice.email
    assert is_signed_out(alice)
    assert log_in(alice).status == 401
    assert desk.confirm_email(email_token).status == 410
    assert desk.set_password(answer.json["reset_token"], OWN).status == 200


def test_token_works_once(desk: Desk, token: str, stack: Deployment) -> None:
    assert desk.undo_email_change(token).status == 200

    with stack.unchanged():
        _assert_gone(desk.undo_email_change(token))


def test_second_token_for_one_change_is_void_with_the_first(desk: Desk, alice: Person) -> None:
    # one comes when the change is begun, one when it counts
    desk.update(alice.id, email=THIEF)
    first, second = desk.undo_token(alice.id), desk.undo_token(alice.id)
    desk.confirm_email(desk.email_token(alice.id))

    assert desk.undo_email_change(second).status == 200
    _assert_gone(desk.undo_email_change(first))


def test_token_works_for_a_week(desk: Desk, token: str, stack: Deployment, clock: Clock) -> None:
    clock.advance(seconds=WEEK_SECONDS)

    with stack.unchanged():
        _assert_gone(desk.undo_email_change(token))


def test_token_of_a_change_that_came_to_nothing_is_void(
    desk: Desk, alice: Person, stack: Deployment
) -> None:
    desk.update(alice.id, email=THIEF)
    token = desk.undo_token(alice.id)
    desk.update(alice.id, email=alice.email)

    with stack.unchanged():
        _assert_gone(desk.undo_email_change(token))


def test_disabled_account_gets_its_address_back_and_stays_disabled(
    desk: Desk, alice: Person, token: str
) -> None:
    desk.update(alice.id, status="disabled")

    reset_token = desk.undo_email_change(token).json["reset_token"]

    assert (alice.account.email, alice.account.status) == (alice.email, "disabled")
    assert desk.set_password(reset_token, OWN).status == 410


def test_deleted_account_is_gone(desk: Desk, alice: Person, token: str, stack: Deployment) -> None:
    desk.delete(alice.id)

    with stack.unchanged():
        _assert_gone(desk.undo_email_change(token))


def test_token_of_another_kind_undoes_nothing(
    desk: Desk, alice: Person, token: str, stack: Deployment
) -> None:
    reset = desk.reset_token(THIEF).json["reset_token"]
    desk.update(alice.id, email="another@example.org")
    confirmation = desk.email_token(alice.id)

    with stack.unchanged():
        for text in (reset, confirmation, f"eu.{reset.partition('.')[2]}", f"eu.{'x' * 43}", "x"):
            _assert_gone(desk.undo_email_change(text))


@pytest.mark.parametrize(
    "body", [{}, {"undo_token": ""}, {"undo_token": 5}, {"undo_token": "x" * 513}]
)
def test_bad_body_is_refused(scene: Scene, stack: Deployment, body: dict[str, object]) -> None:
    with stack.unchanged():
        answer = UNDO_EMAIL_CHANGE.call(scene, json=body)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == ["undo_token"]


def test_guessing_is_slowed_down_by_source_address(scene: Scene) -> None:
    guess = {"undo_token": f"eu.{'x' * 43}"}

    answers = [UNDO_EMAIL_CHANGE.call(scene, json=guess).status for _ in range(101)]

    assert answers == [410] * 100 + [429]
