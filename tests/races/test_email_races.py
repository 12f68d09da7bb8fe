"""New addresses, confirmed, taken back and given to others at the same moment."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pytest

from accounts.storage.tables import User
from tests.support import email_tokens
from tests.support.answers import Answer
from tests.support.people import Person
from tests.support.races.invariants import Check
from tests.support.races.service import PASSWORD, Service
from tests.support.races.together import rounds, together

pytestmark = pytest.mark.races

WANTED = "wanted@example.com"
GONE = 410
Rival = Callable[[Service, Person], Answer]


def begin(service: Service, person: Person, email: str = WANTED) -> tuple[str, str]:
    """Begin a change of the person's address; return what confirms it, and what undoes it."""
    assert service.update_user(person.id, email=email).status == 200
    user = User.get(person.id)
    return email_tokens.confirmation(user, email), email_tokens.undo(user)


@rounds(10)
def test_of_all_who_confirm_one_address_one_gets_it(
    service: Service, alice: Person, bob: Person, methodist: Person, check: Check
) -> None:
    persons = (alice, bob, methodist)
    tokens = {person.id: begin(service, person)[0] for person in persons}
    check()

    answers = together(
        [partial(service.confirm_email, token) for token in tokens.values()] * 5
        + [lambda: service.sign_up(WANTED)]
    )

    assert {answer.status for answer in answers} <= {200, 201, 409, GONE, 503}
    state = check()
    moved = [person.id for person in persons if state.users[person.id].email == WANTED]
    winners = [*moved, *(answer.json["id"] for answer in answers if answer.status == 201)]
    assert [state.emails[WANTED].user_id] == winners
    assert sum(answer.status in (200, 201) for answer in answers) <= 1


@rounds(10)
def test_one_token_confirms_once(service: Service, alice: Person, check: Check) -> None:
    token, _ = begin(service, alice)
    check()

    answers = together([lambda: service.confirm_email(token)] * 16)

    statuses = sorted(answer.status for answer in answers)
    assert statuses.count(200) <= 1
    assert set(statuses) <= {200, GONE, 503}
    assert check().users[alice.id].email == WANTED


@rounds(10)
def test_one_token_undoes_once(service: Service, alice: Person, check: Check) -> None:
    confirms, undoes = begin(service, alice)
    assert service.confirm_email(confirms).status == 200
    check()

    answers = together([lambda: service.undo_email_change(undoes)] * 16)

    statuses = [answer.status for answer in answers]
    assert statuses.count(200) <= 1
    assert set(statuses) <= {200, GONE, 503}
    assert check().users[alice.id].email == alice.email


RIVALS: Mapping[str, Rival] = {
    "deletion": lambda service, alice: service.delete_user(alice.id),
    "another change": lambda service, alice: service.update_user(alice.id, email="o@example.com"),
    "a change of role": lambda service, alice: service.update_user(alice.id, role="methodist"),
    "disabling": lambda service, alice: service.update_user(alice.id, status="disabled"),
    "a new password": lambda service, alice: service.change_password(alice.token, PASSWORD),
    "a log-in": lambda service, alice: service.log_in(alice.email),
    "a sign-up at the address": lambda service, _: service.sign_up(WANTED),
}


@pytest.mark.parametrize("rival", RIVALS.values(), ids=RIVALS)
@rounds(3)
def test_confirmation_and_its_rival_leave_one_truth(
    service: Service, alice: Person, check: Check, rival: Rival
) -> None:
    token, _ = begin(service, alice)
    check()

    pair: Sequence[Callable[[], Answer]] = (
        partial(service.confirm_email, token),
        partial(rival, service, alice),
    )
    answers = together([*pair] * 4)

    confirmed = [answer for answer in answers[::2] if answer.status == 200]
    assert len(confirmed) <= 1
    state = check()
    if alice.id in state.users and not confirmed:
        assert 503 in {answer.status for answer in answers} or (
            state.users[alice.id].email == alice.email
        )


@rounds(10)
def test_undo_wins_over_all_that_a_thief_does_at_once(
    service: Service, alice: Person, check: Check
) -> None:
    confirms, undoes = begin(service, alice)
    assert service.confirm_email(confirms).status == 200
    next_confirms, next_undoes = begin(service, alice, "thief@example.com")
    token = service.log_in(WANTED).json["access_token"]
    check()

    answers = together(
        [
            lambda: service.undo_email_change(undoes),
            lambda: service.confirm_email(next_confirms),
            lambda: service.undo_email_change(next_undoes),
            lambda: service.change_password(token, PASSWORD),
            lambda: service.log_in(WANTED),
            lambda: service.sign_up(alice.email),
        ]
    )

    state = check()
    if answers[0].status != 200:
        # overtaken again and again; the owner tries once more
        assert answers[0].status == 503
        answers[0] = service.undo_email_change(undoes)
        state = check()
    assert answers[0].status == 200
    assert state.users[alice.id].email == alice.email
    assert state.sessions_of(alice.id) == []
    assert service.set_new_password(answers[0].json["reset_token"]).status == 200
