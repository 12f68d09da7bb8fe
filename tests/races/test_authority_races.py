"""Taking rights away from a person at the moment that they log in and refresh."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.support import people
from tests.support.answers import Answer
from tests.support.people import Person
from tests.support.races.invariants import Check
from tests.support.races.service import Service
from tests.support.races.together import rounds, together

pytestmark = pytest.mark.races


def race(service: Service, alice: Person, change: Callable[[], Answer]) -> list[dict[str, str]]:
    """Make the change while alice logs in and refreshes; return the tokens that she got."""
    answers = together(
        [
            change,
            *[lambda: service.log_in(alice.email)] * 8,
            *[lambda: service.refresh(alice.refresh_token)] * 7,
        ]
    )

    assert answers[0].status in (200, 204)
    assert {answer.status for answer in answers[1:]} <= {200, 401, 503}
    return [answer.json for answer in answers[1:] if answer.status == 200]


def assert_all_dead(service: Service, given: list[dict[str, str]]) -> None:
    for pair in given:
        assert service.who_am_i(pair["access_token"]).code == "session_ended"
        assert service.refresh(pair["refresh_token"]).code == "session_ended"


@rounds(10)
def test_no_token_has_the_old_role_after_a_change(
    service: Service, alice: Person, check: Check, unthrottled: None
) -> None:
    check()

    given = race(service, alice, lambda: service.update_user(alice.id, role="methodist"))

    for pair in given:
        answer = service.who_am_i(pair["access_token"])
        assert answer.code == "session_ended" or answer.json["role"] == "methodist"
    assert service.who_am_i(alice.token).code == "session_ended"
    assert service.refresh(alice.refresh_token).code == "session_ended"
    check()


@rounds(10)
def test_a_disabled_person_has_no_token(
    service: Service, alice: Person, check: Check, unthrottled: None
) -> None:
    check()

    given = race(service, alice, lambda: service.update_user(alice.id, status="disabled"))

    assert_all_dead(service, given)
    assert service.log_in(alice.email).code == "invalid_credentials"
    assert check().sessions_of(alice.id) == []


@rounds(10)
def test_a_deleted_person_has_no_token(
    service: Service, alice: Person, check: Check, unthrottled: None
) -> None:
    check()

    given = race(service, alice, lambda: service.delete_user(alice.id))

    assert_all_dead(service, given)
    assert service.log_in(alice.email).code == "invalid_credentials"
    assert check().sessions_of(alice.id) == []


@rounds(10)
def test_an_email_freed_by_a_deletion_is_taken_once(
    service: Service, alice: Person, check: Check
) -> None:
    check()

    answers = together(
        [lambda: service.delete_user(alice.id), *[lambda: service.sign_up(alice.email)] * 15]
    )

    statuses = sorted(answer.status for answer in answers[1:])
    assert statuses in ([201] + [409] * 14, [409] * 15)
    state = check()
    assert alice.id not in state.users
    assert (alice.email in state.emails) == (201 in statuses)


@pytest.mark.parametrize(
    "fall",
    [
        lambda service, person, by: service.update_user(person.id, by.token, role="read_only"),
        lambda service, person, by: service.update_user(person.id, by.token, status="disabled"),
        lambda service, person, by: service.delete_user(person.id, by.token),
    ],
    ids=["demoted", "disabled", "deleted"],
)
@rounds(5)
def test_administrators_who_turn_on_each_other_leave_one(
    service: Service,
    admin: Person,
    check: Check,
    fall: Callable[[Service, Person, Person], Answer],
) -> None:
    circle = [admin] + [
        people.person(service.api, name, "administrator") for name in ("Bea", "Cyd", "Dot")
    ]
    check()

    answers = together([partial(fall, service, victim, by) for victim in circle for by in circle])

    assert {answer.status for answer in answers} <= {200, 204, 401, 403, 404, 409, 503}
    state = check()
    left = [p for p in circle if p.id in state.users and state.users[p.id].status == "active"]
    assert [p for p in left if state.users[p.id].role == "administrator"]


@rounds(5)
def test_a_role_is_not_deleted_from_under_those_who_get_it(
    service: Service, alice: Person, bob: Person, check: Check
) -> None:
    assert service.save_role("gardener", "content:read").status == 200
    check()

    deleting = [partial(service.delete_role, "gardener")] * 4
    promoting = [partial(service.update_user, p.id, role="gardener") for p in (alice, bob)] * 3
    signing_up = [
        partial(service.sign_up, f"nina{number}@example.com", role="gardener")
        for number in range(6)
    ]
    answers = together([*deleting, *promoting, *signing_up])

    deleted, given = answers[:4], answers[4:]
    assert {answer.status for answer in deleted} in ({204, 404}, {409})
    assert {answer.status for answer in given} <= {200, 201, 422, 503}
    state = check()
    holders = {user.id for user in state.users.values() if user.role == "gardener"}
    assert holders == {answer.json["id"] for answer in given if answer.status in (200, 201)}
    assert ("gardener" in state.roles) == (204 not in {answer.status for answer in deleted})


@rounds(5)
def test_first_tokens_of_a_back_end_asked_for_at_once_make_one_account(
    service: Service, check: Check
) -> None:
    before = check()

    answers = together([lambda: service.issue_service_token("jobs@example.com")] * 16)

    assert {answer.status for answer in answers} <= {201, 503}
    assert 201 in {answer.status for answer in answers}
    after = check()
    assert len(after.users) == len(before.users) + 1
