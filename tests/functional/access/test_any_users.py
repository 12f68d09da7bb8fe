"""PUT /api/v1/private/users/any: who am I?"""

import pytest

from accounts.storage.tables import User
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.people import Person
from tests.support.register import ANY_USERS


def _rfc3339(clock: Clock) -> str:
    return clock.time.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_caller_learns_who_they_are(api: Api, alice: Person, clock: Clock) -> None:
    answer = api.call(*ANY_USERS.at(), token=alice.token)

    assert answer.status == 200
    assert answer.json == {
        "success": True,
        "user_id": alice.id,
        "session_id": alice.session_id,
        "email": "alice@example.com",
        "name": "Alice",
        "language": "en",
        "role": "read_only",
        "permissions": ["content:read"],
        "created_at": _rfc3339(clock),
        "email_confirmed": True,
        "amr": ["pwd"],
        "auth_time": _rfc3339(clock),
    }


def test_every_role_may_ask(api: Api, methodist: Person, admin: Person) -> None:
    seen = [api.call(*ANY_USERS.at(), token=p.token).json for p in (methodist, admin)]

    assert [(who["role"], who["permissions"]) for who in seen] == [
        ("methodist", ["users:read", "roles:read", "content:read", "content:write"]),
        ("administrator", ["*"]),
    ]


def test_a_body_is_ignored(api: Api, alice: Person, bob: Person) -> None:
    answer = api.call(*ANY_USERS.at(), token=alice.token, json={"user_id": bob.id})

    assert answer.json["user_id"] == alice.id


def test_service_token_is_not_a_persons(api: Api, web_backend: str) -> None:
    answer = api.call(*ANY_USERS.at(), token=web_backend)

    assert answer.status == 403
    assert answer.json == {"error": "Forbidden", "message": "A user's own token is required"}


def test_it_costs_one_consistent_read(api: Api, alice: Person, aws_calls: AwsCalls) -> None:
    api.call(*ANY_USERS.at(), token=alice.token)

    (call,) = aws_calls.made
    assert call.operation == "GetItem"
    assert call.arguments["ConsistentRead"] is True


def test_answer_is_that_of_the_session_not_of_the_account(api: Api, alice: Person) -> None:
    User(alice.id).delete()

    assert api.call(*ANY_USERS.at(), token=alice.token).json["name"] == "Alice"


def test_last_activity_is_noted_every_five_minutes_at_most(
    api: Api, alice: Person, clock: Clock, aws_calls: AwsCalls
) -> None:
    began = clock.time
    seen = []
    for seconds in (299, 1, 299, 1):
        clock.advance(seconds=seconds)
        aws_calls.forget()
        assert api.call(*ANY_USERS.at(), token=alice.token).status == 200
        (session,) = alice.sessions
        seen.append(((session.last_activity - began).total_seconds(), len(aws_calls.made)))

    assert seen == [(0, 1), (300, 2), (300, 1), (600, 2)]


def test_noting_the_activity_does_not_bring_an_ended_session_back(
    api: Api, alice: Person, clock: Clock, aws_calls: AwsCalls
) -> None:
    clock.advance(seconds=300)
    (session,) = alice.sessions
    aws_calls.forget()
    aws_calls.before(2, session.delete)

    answer = api.call(*ANY_USERS.at(), token=alice.token)

    assert (answer.status, answer.code) == (401, "session_ended")
    assert alice.sessions == []


@pytest.mark.parametrize("seconds", [-60, 60])
def test_activity_does_not_prolong_a_session(
    api: Api, alice: Person, clock: Clock, seconds: int
) -> None:
    (before,) = alice.sessions
    clock.advance(seconds=300 + seconds)

    api.call(*ANY_USERS.at(), token=alice.token)

    (after,) = alice.sessions
    assert after.expires_at == before.expires_at
