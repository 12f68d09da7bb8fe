"""PUT /api/v1/public/users/email: a new address is confirmed by who reads its mail."""

from collections import Counter
from collections.abc import Callable

import pytest

from accounts.credentials import one_time_tokens
from accounts.credentials.one_time_tokens import Kind
from accounts.storage.search_index import SearchEntry
from accounts.storage.tables import (
    AuditEvent,
    LoginAttempt,
    OneTimeToken,
    User,
    UserEmail,
    UserSession,
)
from accounts.storage.transactions import write
from tests.support import email_tokens
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, is_signed_out, log_in, refresh, who_am_i
from tests.support.people import Person
from tests.support.register import CHANGE_PASSWORD, CONFIRM_EMAIL
from tests.support.scene import Scene

NEW = "new@example.org"
Then = Callable[[Desk, Person], object]


def _assert_gone(answer: Answer) -> None:
    assert (answer.status, answer.code) == (410, "email_token_invalid")
    assert answer.json == {"error": "Gone", "message": "E-mail token is invalid or has expired"}


@pytest.fixture
def token(desk: Desk, alice: Person) -> str:
    """What was mailed to the address that alice is to have."""
    desk.update(alice.id, email=NEW)
    return desk.email_token(alice.id)


def test_token_works_once(desk: Desk, alice: Person, token: str) -> None:
    assert desk.confirm_email(token).status == 200

    _assert_gone(desk.confirm_email(token))
    assert alice.account.email == NEW


def test_token_works_for_a_day(
    desk: Desk, alice: Person, token: str, clock: Clock, stack: Deployment
) -> None:
    clock.advance(seconds=24 * 3600)

    with stack.unchanged():
        _assert_gone(desk.confirm_email(token))


VOIDS: dict[str, Then] = {
    "another change": lambda desk, alice: desk.update(alice.id, email="other@example.org"),
    "calling it off": lambda desk, alice: desk.update(alice.id, email=alice.email),
    "role": lambda desk, alice: desk.update(alice.id, role="methodist"),
    "disabling": lambda desk, alice: desk.update(alice.id, status="disabled"),
    "deletion": lambda desk, alice: desk.delete(alice.id),
    "sign-up at the address": lambda desk, _: desk.sign_up(NEW),
    "reset": lambda desk, alice: desk.set_password(
        desk.reset_token(alice.email).json["reset_token"]
    ),
    "password change": lambda desk, alice: desk.api.call(
        *CHANGE_PASSWORD.at(),
        token=alice.token,
        json={"current_passw": alice.passw, "passw": "another_string"},
    ),
    "undo": lambda desk, alice: desk.undo_email_change(desk.undo_token(alice.id)),
    "another confirmation": lambda desk, alice: desk.confirm_email(desk.email_token(alice.id)),
}


@pytest.mark.parametrize("then", VOIDS.values(), ids=VOIDS)
def test_token_does_not_survive(
    desk: Desk, alice: Person, token: str, stack: Deployment, then: Then
) -> None:
    answer = then(desk, alice)
    assert isinstance(answer, Answer)
    assert answer.status in (200, 201)

    with stack.unchanged():
        _assert_gone(desk.confirm_email(token))


@pytest.mark.parametrize("then", VOIDS.values(), ids=VOIDS)
def test_token_does_not_survive_what_comes_at_the_same_moment(
    desk: Desk, alice: Person, token: str, before_write: BeforeWrite, then: Then
) -> None:
    if then is VOIDS["another confirmation"]:
        other = desk.email_token(alice.id)
        before_write(lambda: desk.confirm_email(other))
    else:
        before_write(lambda: then(desk, alice))

    _assert_gone(desk.confirm_email(token))


def test_address_that_was_pending_twice_is_confirmed_by_the_token_of_its_last_time(
    desk: Desk, alice: Person, token: str
) -> None:
    desk.update(alice.id, role="methodist", email=NEW)

    _assert_gone(desk.confirm_email(token))
    assert desk.confirm_email(desk.email_token(alice.id)).status == 200


def test_disabled_account_gets_no_address(desk: Desk, alice: Person) -> None:
    desk.update(alice.id, status="disabled")
    desk.update(alice.id, email=NEW)

    _assert_gone(desk.confirm_email(desk.email_token(alice.id)))


@pytest.mark.parametrize("kind", [Kind.RESET, Kind.EMAIL_UNDO])
def test_token_of_another_kind_confirms_nothing(
    desk: Desk, alice: Person, token: str, stack: Deployment, kind: Kind
) -> None:
    user = alice.account
    other = one_time_tokens.new(kind, user.id, 60, epoch=user.credentials_epoch, email=NEW)
    write(other.kept)
    text = other.text.partition(".")[2]

    with stack.unchanged():
        _assert_gone(desk.confirm_email(other.text))
        _assert_gone(desk.confirm_email(f"{Kind.EMAIL_CONFIRMATION}.{text}"))


def test_token_of_another_account_moves_nobody_else(
    desk: Desk, alice: Person, bob: Person, token: str
) -> None:
    other = email_tokens.confirmation(bob.account, NEW)

    _assert_gone(desk.confirm_email(other))
    assert (alice.account.email, bob.account.email) == (alice.email, bob.email)


@pytest.mark.parametrize(
    "text", ["x", "ec.", f"ec.{'x' * 42}", f"ec.{'x' * 43}", f"ec.{'x' * 44}", f"ec.{'é' * 43}"]
)
def test_what_is_no_token_of_ours_is_gone(scene: Scene, stack: Deployment, text: str) -> None:
    with stack.unchanged():
        _assert_gone(CONFIRM_EMAIL.call(scene, json={"email_token": text}))


@pytest.mark.parametrize(
    "body", [{}, {"email_token": ""}, {"email_token": 5}, {"email_token": "x" * 513}]
)
def test_bad_body_is_refused(scene: Scene, stack: Deployment, body: dict[str, object]) -> None:
    with stack.unchanged():
        answer = CONFIRM_EMAIL.call(scene, json=body)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == ["email_token"]


def test_guessing_is_slowed_down_by_source_address(scene: Scene, desk: Desk) -> None:
    guess = {"email_token": f"ec.{'x' * 43}"}
    answers = [CONFIRM_EMAIL.call(scene, json=guess).status for _ in range(101)]

    assert answers == [410] * 100 + [429]
    elsewhere = scene.api.seen_from("198.51.100.9")
    assert elsewhere.call(*CONFIRM_EMAIL.at(), json=guess).status == 410


def test_tokens_of_before_are_void_once_the_address_counts(
    desk: Desk, alice: Person, token: str
) -> None:
    reset = desk.reset_token(alice.email).json["reset_token"]

    desk.confirm_email(token)

    # it may have been mailed to the address before
    assert desk.set_password(reset).status == 410
    assert log_in(alice, email=NEW).status == 200


def test_everything_is_done_by_one_transaction(
    desk: Desk, alice: Person, token: str, aws_calls: AwsCalls
) -> None:
    alice.sign_in()
    aws_calls.forget()

    desk.confirm_email(token)

    (write,) = [call for call in aws_calls.made if call.operation == "TransactWriteItems"]
    parts = [part for item in write.arguments["TransactItems"] for part in item.items()]
    done = Counter((kind, part["TableName"]) for kind, part in parts)
    assert done == {
        ("Delete", OneTimeToken.Meta.table_name): 1,
        ("Update", User.Meta.table_name): 1,
        ("Put", UserEmail.Meta.table_name): 2,
        ("Delete", UserSession.Meta.table_name): 2,
        ("Delete", LoginAttempt.Meta.table_name): 2,
        ("Put", AuditEvent.Meta.table_name): 1,
        # she is found by new and org, and by com no longer
        ("Put", SearchEntry.Meta.table_name): 2,
        ("Delete", SearchEntry.Meta.table_name): 1,
    }


def test_log_in_that_overtakes_is_ended_too(
    desk: Desk, alice: Person, token: str, before_write: BeforeWrite
) -> None:
    devices: list[Person] = []
    before_write(lambda: devices.append(alice.sign_in()))

    assert desk.confirm_email(token).status == 200

    assert len(devices) == 1
    assert is_signed_out(alice, *devices)


def test_log_in_by_an_address_that_moves_meanwhile_is_refused(
    desk: Desk, alice: Person, token: str, before_write: BeforeWrite
) -> None:
    before_write(lambda: desk.confirm_email(token))

    assert log_in(alice).code == "invalid_credentials"
    assert alice.sessions == []


def test_refresh_that_is_overtaken_gives_nothing(
    desk: Desk, alice: Person, token: str, before_write: BeforeWrite
) -> None:
    before_write(lambda: desk.confirm_email(token))

    assert refresh(alice).code == "session_ended"
    assert alice.sessions == []


def test_new_address_is_who_they_are(desk: Desk, alice: Person, token: str) -> None:
    desk.confirm_email(token)

    answer = log_in(alice, email="NEW@example.org")
    assert answer.json["user"]["email"] == NEW
    assert who_am_i(alice, answer.json["access_token"]).json["email"] == NEW
