"""Names and addresses that change at the same moment, and the index that people are found in."""

from collections.abc import Mapping, Sequence
from functools import partial

import pytest

from tests.support.answers import Answer
from tests.support.people import Person
from tests.support.races.invariants import Check
from tests.support.races.service import Service
from tests.support.races.together import insisting, rounds, together

pytestmark = pytest.mark.races


def _found(service: Service, text: str) -> Sequence[int]:
    answer = service.list_users(search=text)
    assert answer.status == 200, answer
    return [user["id"] for user in answer.json["users"]]


@rounds(5)
def test_sixteen_who_are_signed_up_at_once_are_all_found(service: Service, check: Check) -> None:
    emails = [f"pupil{number:02}@school.example.com" for number in range(16)]

    answers = together([partial(service.sign_up, email) for email in emails])

    assert {answer.status for answer in answers} == {201}
    check()
    ids = {answer.json["id"] for answer in answers}
    assert {*_found(service, "pupil")} == ids
    assert ids <= {*_found(service, "school")}


@rounds(5)
def test_of_many_names_at_once_the_one_that_stays_is_found(
    service: Service, alice: Person, check: Check
) -> None:
    names = [f"Renamed Number{number:02}" for number in range(16)]

    def rename(name: str) -> Answer:
        return insisting(lambda: service.update_user(alice.id, name=name))

    together([partial(rename, name) for name in names])

    state = check()
    last = state.users[alice.id].name
    assert last in names
    for name in names:
        assert _found(service, name) == ([alice.id] if name == last else [])


CHANGES: Mapping[str, object] = {
    "a name": lambda service, alice: service.update_user(alice.id, name="Somebody Else"),
    "one's own name": lambda service, alice: service.update_own_account(alice.token, name="Me"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@rounds(5)
def test_of_who_is_renamed_while_being_deleted_nothing_is_left(
    service: Service, alice: Person, check: Check, change: partial[Answer]
) -> None:
    answers = together(
        [
            lambda: insisting(lambda: service.delete_user(alice.id)),
            *[lambda: insisting(lambda: change(service, alice))] * 7,
        ]
    )

    assert answers[0].status == 200
    assert {answer.status for answer in answers[1:]} <= {200, 401, 404}
    state = check()
    assert alice.id not in state.users
    assert not [place for _, place in state.entries if place.endswith(f"#{alice.id:016}")]


@rounds(5)
def test_search_meanwhile_shows_nobody_under_a_name_they_have_not(
    service: Service, alice: Person, check: Check
) -> None:
    def rename() -> Answer:
        return insisting(lambda: service.update_user(alice.id, name="Zuleika"))

    def search() -> Answer:
        return service.list_users(search="zuleika")

    _, *answers = together([rename, *[search] * 8])

    shown = [user["name"] for answer in answers for user in answer.json.get("users", [])]
    assert set(shown) <= {"Zuleika"}
    check()
    assert _found(service, "zuleika") == [alice.id]
