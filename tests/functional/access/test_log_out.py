"""PUT /api/v1/private/users/logout."""

from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.register import ANY_USERS, LOG_OUT, PROTECTED, REFRESH, each
from tests.support.scene import Scene


def test_log_out_says_so(api: Api, alice: Person) -> None:
    answer = api.call(*LOG_OUT.at(), token=alice.token)

    assert answer.status == 200
    assert answer.json == {"success": True, "message": "Signed out"}


def test_token_is_worthless_on_the_very_next_call(api: Api, alice: Person) -> None:
    api.call(*LOG_OUT.at(), token=alice.token)

    answer = api.call(*ANY_USERS.at(), token=alice.token)

    assert (answer.status, answer.code) == (401, "session_ended")
    assert alice.sessions == []


def test_refresh_token_is_worthless_too(api: Api, alice: Person) -> None:
    api.call(*LOG_OUT.at(), token=alice.token)

    answer = api.call(*REFRESH.at(), json={"refresh_token": alice.refresh_token})

    assert (answer.status, answer.code) == (401, "session_ended")
    assert alice.sessions == []


@each(tuple(endpoint for endpoint in PROTECTED if endpoint.zone == "private"))
def test_no_private_endpoint_takes_the_token_any_more(scene: Scene, endpoint: Endpoint) -> None:
    request = endpoint.request(scene)
    assert LOG_OUT.call(scene).status == 200

    answer = scene.api.call(**request)

    assert (answer.status, answer.code) == (401, "session_ended")


def test_second_log_out_finds_the_session_ended(api: Api, alice: Person) -> None:
    api.call(*LOG_OUT.at(), token=alice.token)

    answer = api.call(*LOG_OUT.at(), token=alice.token)

    assert (answer.status, answer.code) == (401, "session_ended")


def test_other_devices_and_other_people_stay_signed_in(
    api: Api, alice: Person, bob: Person
) -> None:
    other_device = alice.sign_in()

    api.call(*LOG_OUT.at(), token=alice.token)

    for person in (other_device, bob):
        assert api.call(*ANY_USERS.at(), token=person.token).status == 200


def test_log_out_that_another_one_overtook_succeeds(
    api: Api, alice: Person, aws_calls: AwsCalls
) -> None:
    (session,) = alice.sessions
    aws_calls.before(2, session.delete)

    assert api.call(*LOG_OUT.at(), token=alice.token).status == 200


def test_one_can_sign_in_and_out_again_and_again(api: Api, alice: Person) -> None:
    for _ in range(10):
        device = alice.sign_in()
        assert api.call(*LOG_OUT.at(), token=device.token).status == 200
        assert api.call(*ANY_USERS.at(), token=device.token).status == 401

    assert [session.session_id for session in alice.sessions] == [alice.session_id]
    assert api.call(*ANY_USERS.at(), token=alice.token).status == 200
