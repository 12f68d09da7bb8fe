"""What people do to their own account at the moment that something else is done to it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pytest

from accounts.storage import users
from accounts.storage.tables import User
from tests.support import email_tokens, people
from tests.support.answers import Answer
from tests.support.people import Person
from tests.support.races.invariants import Check
from tests.support.races.service import PASSWORD, Service
from tests.support.races.together import insisting, rounds, together

pytestmark = pytest.mark.races

LEFT = 204
WANTED = "wanted@example.com"
Rival = Callable[[Service, Person], Answer]


@rounds(10)
def test_who_leaves_while_logging_in_and_refreshing_has_no_token(
    service: Service, alice: Person, check: Check, unthrottled: None
) -> None:
    laptop = alice.sign_in()
    check()

    answers = together(
        [
            lambda: insisting(lambda: service.delete_own_account(alice.token)),
            *[lambda: service.log_in(alice.email)] * 8,
            *[lambda: service.refresh(laptop.refresh_token)] * 7,
        ]
    )

    assert {answer.status for answer in answers[1:]} <= {200, 401, 503}
    assert answers[0].status == LEFT
    for pair in (answer.json for answer in answers[1:] if answer.status == 200):
        assert service.who_am_i(pair["access_token"]).code == "session_ended"
        assert service.refresh(pair["refresh_token"]).code == "session_ended"
    state = check()
    assert alice.id not in state.users
    assert state.sessions_of(alice.id) == []


@rounds(10)
def test_of_all_devices_that_delete_the_account_one_does(
    service: Service, alice: Person, check: Check
) -> None:
    devices = [alice, *(alice.sign_in() for _ in range(3))]
    check()

    answers = together(
        [
            partial(insisting, partial(service.delete_own_account, device.token))
            for device in devices
        ]
        * 4
    )

    statuses = [answer.status for answer in answers]
    assert statuses.count(LEFT) == 1
    assert set(statuses) == {LEFT, 401}
    state = check()
    assert alice.id not in state.users
    assert alice.email not in state.emails
    told = [event.what for event in state.events if event.user_id == alice.id]
    assert told.count("user_deleted") == 1


RIVALS: Mapping[str, Rival] = {
    "deletion": lambda service, alice: service.delete_user(alice.id),
    "a role": lambda service, alice: service.update_user(alice.id, role="methodist"),
    "disabling": lambda service, alice: service.update_user(alice.id, status="disabled"),
    "a name": lambda service, alice: service.update_user(alice.id, name="Alicia"),
    "one's own address": lambda service, alice: service.change_own_email(alice.token, WANTED),
    "an address": lambda service, alice: service.update_user(alice.id, email="n@example.com"),
    "signing out": lambda service, alice: service.end_user_seances(alice.id),
    "a log-out": lambda service, alice: service.log_out(alice.token),
    "a new password": lambda service, alice: service.change_password(alice.token, PASSWORD),
    "a sign-up at the address": lambda service, alice: service.sign_up(alice.email),
}


@pytest.mark.parametrize("rival", RIVALS.values(), ids=RIVALS)
@rounds(3)
def test_leaving_and_its_rival_leave_one_truth(
    service: Service, alice: Person, check: Check, rival: Rival
) -> None:
    check()

    pair: Sequence[Callable[[], Answer]] = (
        partial(service.delete_own_account, alice.token),
        partial(rival, service, alice),
    )
    answers = together([*pair] * 4)

    left, others = answers[::2], answers[1::2]
    assert {answer.status for answer in left} <= {LEFT, 401, 503}
    assert {answer.status for answer in others} <= {200, 201, 202, 401, 404, 409, 422, 429, 503}
    state = check()
    gone = [answer for answer in left if answer.status == LEFT]
    assert len(gone) <= 1
    if gone:
        assert alice.id not in state.users
        assert state.sessions_of(alice.id) == []


@rounds(5)
def test_of_addresses_asked_for_at_once_the_last_one_waits(
    service: Service, alice: Person, check: Check
) -> None:
    own, others = "own@example.com", "others@example.com"
    laptop = alice.sign_in()
    check()

    answers = together(
        [
            *[lambda: service.change_own_email(alice.token, own)] * 3,
            *[lambda: service.change_own_email(laptop.token, own)] * 3,
            *[lambda: service.update_user(alice.id, email=others)] * 3,
        ]
    )

    assert {answer.status for answer in answers} <= {200, 202, 503}
    check()
    user = User.get(alice.id)
    waiting = users.pending_email(user)
    assert waiting in (own, others)
    tokens = {email: email_tokens.confirmation(user, email) for email in (own, others)}
    confirmed = together([partial(service.confirm_email, token) for token in tokens.values()] * 4)
    assert sum(answer.status == 200 for answer in confirmed) <= 1
    state = check()
    assert state.users[alice.id].email == waiting or 503 in {a.status for a in confirmed}


@rounds(10)
def test_administrators_who_leave_at_once_leave_one_behind(
    service: Service, admin: Person, check: Check
) -> None:
    circle = [admin] + [people.person(service.api, n, "administrator") for n in ("Bea", "Cyd")]
    check()

    answers = together([partial(service.delete_own_account, a.token) for a in circle] * 4)

    assert {answer.status for answer in answers} <= {LEFT, 401, 409, 503}
    assert sum(answer.status == LEFT for answer in answers) <= len(circle) - 1
    state = check()
    assert [person for person in circle if person.id in state.users]
    # and nobody is the last of two
    last = [person for person in circle if person.id in state.users]
    for person in last[1:]:
        assert service.delete_own_account(person.token).status == LEFT
    assert service.delete_own_account(last[0].token).code == "last_administrator"
    check()


@rounds(5)
def test_all_devices_say_the_name_that_the_account_has(
    service: Service, alice: Person, check: Check, unthrottled: None
) -> None:
    laptop = alice.sign_in()
    check()

    renaming: list[Callable[[], Answer]] = [
        *(partial(service.update_own_account, alice.token, name=f"A {n}") for n in range(4)),
        *(partial(service.update_own_account, laptop.token, language=it) for it in ("en", "ru")),
        *(partial(service.update_user, alice.id, name=f"B {number}") for number in range(2)),
    ]
    signing_in: list[Callable[[], Answer]] = [
        *[lambda: service.log_in(alice.email)] * 4,
        *[lambda: service.refresh(laptop.refresh_token)] * 2,
    ]
    answers = together([*renaming, *signing_in])

    assert {answer.status for answer in answers} <= {200, 503}
    check()
