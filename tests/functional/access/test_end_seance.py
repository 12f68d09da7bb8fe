"""DELETE /api/v1/private/users/seances/{session_id}: sign one device out."""

import pytest

from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment
from tests.support.people import Person
from tests.support.register import ANY_USERS, END_SEANCE, REFRESH

UNKNOWN = "A" * 22
NO_SESSIONS = {
    "too short": "A" * 21,
    "too long": "A" * 1000,
    "other characters": "A" * 21 + "é",
    "encoded dots": "%2e%2e",
    "NUL": "%00",
    "placeholder": "{session_id}",
}


def _end(api: Api, person: Person, session_id: str) -> tuple[int, str]:
    path = END_SEANCE.path.format(session_id=session_id)
    answer = api.call("DELETE", path, token=person.token)
    return answer.status, answer.text


def _code(api: Api, person: Person) -> str | None:
    return api.call(*ANY_USERS.at(), token=person.token).code


def test_tokens_of_the_device_are_worthless_on_the_very_next_call(api: Api, alice: Person) -> None:
    phone = alice.sign_in()

    assert _end(api, alice, phone.session_id) == (204, "")

    assert _code(api, phone) == "session_ended"
    refreshed = api.call(*REFRESH.at(), json={"refresh_token": phone.refresh_token})
    assert refreshed.code == "session_ended"
    assert [session.session_id for session in alice.sessions] == [alice.session_id]


def test_device_that_asks_and_all_others_stay_signed_in(
    api: Api, alice: Person, bob: Person
) -> None:
    phone, tablet = alice.sign_in(), alice.sign_in()

    _end(api, alice, phone.session_id)

    assert [_code(api, device) for device in (alice, tablet, bob)] == [None] * 3


def test_one_may_end_the_session_that_asks(api: Api, alice: Person) -> None:
    assert _end(api, alice, alice.session_id) == (204, "")

    assert _code(api, alice) == "session_ended"


def test_what_is_over_may_be_ended_again(api: Api, alice: Person) -> None:
    phone = alice.sign_in()

    assert {_end(api, alice, phone.session_id) for _ in range(2)} == {(204, "")}


def test_somebody_elses_session_is_as_if_it_did_not_exist(
    api: Api, alice: Person, bob: Person, stack: Deployment
) -> None:
    with stack.unchanged():
        answers = {_end(api, bob, alice.session_id), _end(api, bob, UNKNOWN)}

    assert answers == {(204, "")}
    assert _code(api, alice) is None


@pytest.mark.parametrize("session_id", NO_SESSIONS.values(), ids=NO_SESSIONS)
def test_what_cannot_be_a_session_is_not_even_looked_for(
    api: Api, alice: Person, aws_calls: AwsCalls, session_id: str
) -> None:
    assert _end(api, alice, session_id) == (204, "")

    # the caller's own session
    assert aws_calls.operations == ["GetItem"]
