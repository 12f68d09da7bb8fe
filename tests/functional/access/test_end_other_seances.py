"""DELETE /api/v1/private/users/seances: sign all other devices out."""

from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.people import Person
from tests.support.register import ANY_USERS, END_OTHER_SEANCES, LOG_OUT, REFRESH

# the caller's session and the list of all come before it
WRITE = 3


def _end_others(api: Api, person: Person) -> Answer:
    return api.call(*END_OTHER_SEANCES.at(), token=person.token)


def _code(api: Api, person: Person) -> str | None:
    return api.call(*ANY_USERS.at(), token=person.token).code


def test_all_others_end_and_are_counted(api: Api, alice: Person, bob: Person) -> None:
    phone, tablet = alice.sign_in(), alice.sign_in()

    answer = _end_others(api, phone)

    assert (answer.status, answer.json) == (200, {"ended": 2})
    for device in (alice, tablet):
        assert _code(api, device) == "session_ended"
        refreshed = api.call(*REFRESH.at(), json={"refresh_token": device.refresh_token})
        assert refreshed.code == "session_ended"
    assert [_code(api, device) for device in (phone, bob)] == [None] * 2
    assert [session.session_id for session in alice.sessions] == [phone.session_id]


def test_only_device_has_nothing_to_end(api: Api, alice: Person) -> None:
    assert _end_others(api, alice).json == {"ended": 0}

    assert _code(api, alice) is None


def test_what_has_expired_is_not_counted(api: Api, alice: Person, clock: Clock) -> None:
    phone = alice.sign_in()
    (stored,) = [s for s in alice.sessions if s.session_id == phone.session_id]
    stored.expires_at = clock.time
    stored.save()

    assert _end_others(api, alice).json == {"ended": 0}


def test_device_that_was_signed_out_meanwhile_ends_no_other(
    api: Api, alice: Person, aws_calls: AwsCalls
) -> None:
    phone = alice.sign_in()
    aws_calls.before(WRITE, lambda: api.call(*LOG_OUT.at(), token=alice.token))

    answer = _end_others(api, alice)

    assert (answer.status, answer.code) == (401, "session_ended")
    assert _code(api, phone) is None
