"""People who sign themselves up at one address, and others who come for it at the same moment."""

from collections.abc import Callable, Mapping
from functools import partial

import pytest

from accounts.storage import users
from accounts.storage.tables import User, UserSession
from tests.support import email_tokens
from tests.support.answers import Answer
from tests.support.people import Person
from tests.support.races.invariants import Check
from tests.support.races.service import PASSWORD, Service
from tests.support.races.together import rounds, together

pytestmark = pytest.mark.races

WANTED = "wanted@example.com"
GONE = 410
PASSWORDS = tuple(f"violet umbrella {number}" for number in range(3))
Call = Callable[[], Answer]


def wait(service: Service, passw: str = PASSWORD) -> str:
    """Sign up at the address that is wanted, and return what was mailed there."""
    assert service.sign_up_oneself(WANTED, passw).status == 202
    return email_tokens.sign_up(WANTED)


def working(service: Service, *candidates: str) -> list[str]:
    """Return those of the passwords that open the account."""
    return [passw for passw in candidates if service.log_in(WANTED, passw).status == 200]


@rounds(10)
def test_sign_ups_of_one_address_at_once_all_wait(
    service: Service, check: Check, unthrottled: None
) -> None:
    answers = together([partial(service.sign_up_oneself, WANTED, passw) for passw in PASSWORDS])

    assert {answer.status for answer in answers} <= {202, 503}
    (waiting,) = check().waiting
    assert len(waiting.people) >= sum(answer.status == 202 for answer in answers)


@rounds(10)
def test_of_all_who_confirm_one_address_one_has_it(service: Service, check: Check) -> None:
    tokens = {passw: wait(service, passw) for passw in PASSWORDS}
    check()

    calls = [partial(service.confirm_email, token, passw) for passw, token in tokens.items()]
    answers = together(calls * 4)

    statuses = [answer.status for answer in answers]
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, GONE, 503}
    state = check()
    assert state.waiting == []
    owner = state.users[state.emails[WANTED].user_id]
    assert users.has_confirmed_email(owner)
    winner = PASSWORDS[statuses.index(200) % len(PASSWORDS)]
    assert working(service, *PASSWORDS) == [winner]


@rounds(10)
def test_one_link_makes_one_account(service: Service, check: Check) -> None:
    token = wait(service)
    before = check()

    answers = together([partial(service.confirm_email, token, PASSWORD)] * 16)

    statuses = [answer.status for answer in answers]
    # so many tries has a link
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, GONE, 503}
    assert len(check().users) == len(before.users) + 1


@rounds(10)
def test_a_burst_of_guesses_has_five_tries(service: Service, check: Check) -> None:
    token = wait(service)

    answers = together([partial(service.confirm_email, token, "wrong password")] * 16)

    assert sorted(answer.status for answer in answers) == [GONE] * 11 + [422] * 5
    assert service.confirm_email(token, PASSWORD).status == GONE
    check()


@rounds(10)
def test_sign_up_of_a_back_end_and_a_confirmation_make_one_account(
    service: Service, check: Check
) -> None:
    token = wait(service)
    before = check()
    own = "the owner's own one"

    answers = together(
        [partial(service.confirm_email, token, PASSWORD), partial(service.sign_up, WANTED, own)] * 2
    )

    confirmed, signed_up = answers[::2], answers[1::2]
    state = check()
    assert len(state.users) == len(before.users) + 1
    assert sum(answer.status in (200, 201) for answer in answers) == 1
    assert {answer.status for answer in confirmed} <= {200, GONE, 503}
    assert {answer.status for answer in signed_up} <= {201, 409, 503}
    by_back_end = any(answer.status == 201 for answer in signed_up)
    assert working(service, PASSWORD, own) == [own if by_back_end else PASSWORD]


@rounds(10)
def test_move_of_another_and_a_confirmation_leave_the_address_to_one(
    service: Service, alice: Person, check: Check
) -> None:
    token = wait(service)
    assert service.update_user(alice.id, email=WANTED).status == 200
    moves = email_tokens.confirmation(User.get(alice.id), WANTED)
    before = check()

    answers = together(
        [partial(service.confirm_email, token, PASSWORD), partial(service.confirm_email, moves)] * 2
    )

    assert {answer.status for answer in answers} <= {200, GONE, 503}
    assert sum(answer.status == 200 for answer in answers) == 1
    state = check()
    alice_moved = state.users[alice.id].email == WANTED
    assert alice_moved == any(answer.status == 200 for answer in answers[1::2])
    assert len(state.users) == len(before.users) + (not alice_moved)


@rounds(10)
def test_confirmation_and_the_deletion_of_who_has_the_address_leave_nothing_half(
    service: Service, check: Check
) -> None:
    first = service.sign_up(WANTED, "the former one's own")
    token = wait(service)
    check()

    answers = together(
        [
            partial(service.confirm_email, token, PASSWORD),
            partial(service.delete_user, first.json["id"]),
        ]
    )

    # who waits goes with the account, so the confirmation comes too late, if not too soon
    assert [answer.status for answer in answers] == [GONE, 200]
    state = check()
    assert state.waiting == []
    assert WANTED not in state.emails


@rounds(10)
def test_confirmation_and_the_deletion_of_what_it_makes(service: Service, check: Check) -> None:
    token, second = wait(service), email_tokens.sign_up(WANTED)
    assert service.confirm_email(token, PASSWORD).status == 200
    made = check().emails[WANTED].user_id

    answers = together(
        [
            partial(service.delete_user, made),
            partial(service.sign_up_oneself, WANTED, PASSWORDS[0]),
            partial(service.confirm_email, second, PASSWORDS[0]),
        ]
    )

    assert answers[0].status == 200
    state = check()
    assert made not in state.users
    owner = state.emails.get(WANTED)
    assert (owner is not None) == (answers[2].status == 200)
    assert service.log_in(WANTED, PASSWORD).status == 401


RIVALS: Mapping[str, Callable[[Service, Person], Answer]] = {
    "deletion": lambda service, alice: service.delete_user(alice.id),
    "a change of address": lambda service, alice: service.update_user(alice.id, email=WANTED),
    "disabling": lambda service, alice: service.update_user(alice.id, status="disabled"),
    "a new name": lambda service, alice: service.update_user(alice.id, name="Alicia"),
    "a log-in": lambda service, alice: service.log_in(alice.email),
    "a log-out": lambda service, alice: service.log_out(alice.token),
}


@pytest.mark.parametrize("rival", RIVALS.values(), ids=RIVALS)
@rounds(3)
def test_confirmation_of_the_present_address_and_its_rival_leave_one_truth(
    service: Service,
    alice: Person,
    check: Check,
    rival: Callable[[Service, Person], Answer],
) -> None:
    alice.account.update([User.email_unconfirmed.set(True)])
    for session in alice.sessions:
        session.update([UserSession.email_unconfirmed.set(True)])
    token = email_tokens.present(alice.account)
    check()

    pair = (partial(service.confirm_email, token), partial(rival, service, alice))
    answers = together([*pair] * 3)

    confirmed = [answer for answer in answers[::2] if answer.status == 200]
    assert len(confirmed) <= 1
    state = check()
    if alice.id in state.users and confirmed:
        assert users.has_confirmed_email(state.users[alice.id])
