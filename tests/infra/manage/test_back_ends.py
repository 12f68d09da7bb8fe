"""What an operator does to the tokens of back-ends."""

import json
from pathlib import Path

import pytest

from accounts import clock as service_clock
from accounts.access import sessions
from accounts.storage import users
from tests.infra.manage.conftest import Manage, events_of
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.people import Person
from tests.support.register import SIGN_UP

DAY_SECONDS = 86_400


def _sign_up(api: Api, token: str, role: str = "read_only") -> Answer:
    body = {"email": "nina@example.com", "name": "Nina", "passw": "example_string", "role": role}
    return api.call(*SIGN_UP.at(), token=token, json=body)


def _issue(manage: Manage, *more: str) -> str:
    return manage("issue-service-token", "shop@example.com", "--name", "Shop", *more).result


def test_token_signs_people_up(manage: Manage, api: Api) -> None:
    token = _issue(manage)

    assert _sign_up(api, token).status == 201


def test_token_is_no_administrators(manage: Manage, api: Api) -> None:
    token = _issue(manage)

    assert _sign_up(api, token, "administrator").status == 403


def test_second_token_is_of_the_same_back_end(manage: Manage) -> None:
    _issue(manage)
    _issue(manage)

    shop = users.find_by_email("shop@example.com")
    assert shop is not None
    assert len(sessions.live(shop.id)) == 2


def test_token_lives_as_many_days_as_asked_for(manage: Manage, api: Api, clock: Clock) -> None:
    token = _issue(manage, "--days", "2")

    clock.advance(seconds=2 * DAY_SECONDS - 1)
    assert _sign_up(api, token).status == 201
    clock.advance(seconds=60)
    assert _sign_up(api, token).status == 401


def test_token_lives_as_long_as_allowed_unless_told(manage: Manage) -> None:
    _issue(manage)

    shop = users.find_by_email("shop@example.com")
    assert shop is not None
    (session,) = sessions.live(shop.id)
    assert (session.expires_at - service_clock.now()).days == 90


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--days", "0"), "--days must be from 1 to 90"),
        (("--days", "91"), "--days must be from 1 to 90"),
        (("--role", "administrator"), "--role must be service or a role that permits no more"),
        (("--role", "nobody"), "--role must be service or a role that permits no more"),
        (("--role", ""), "--role must be the name of a role"),
        (("--name", ""), "--name must be readable"),
    ],
)
def test_what_no_token_can_have_is_refused(
    manage: Manage, stack: Deployment, arguments: tuple[str, ...], complaint: str
) -> None:
    with stack.unchanged():
        ended = manage("issue-service-token", "shop@example.com", "--name", "Shop", *arguments)

    assert (ended.code, ended.out) == (1, "")
    assert complaint in ended.err


def test_token_for_a_persons_account_is_refused(
    manage: Manage, stack: Deployment, alice: Person
) -> None:
    with stack.unchanged():
        ended = manage("issue-service-token", alice.email, "--name", "Shop")

    assert (ended.code, ended.out) == (1, "")
    assert "is a person" in ended.err


def test_revoked_tokens_end_at_once(manage: Manage, api: Api) -> None:
    tokens = [_issue(manage), _issue(manage)]

    ended = manage("revoke-service-token", "shop@example.com")

    assert (ended.code, ended.err) == (0, "2 tokens revoked.\n")
    assert [_sign_up(api, token).status for token in tokens] == [401, 401]


def test_one_of_several_tokens_is_revoked(manage: Manage, api: Api) -> None:
    kept = _issue(manage)
    issued = manage("issue-service-token", "shop@example.com", "--name", "Shop")
    user_id, session_id = issued.err.split()[-2:]

    ended = manage("revoke-service-token", user_id, session_id)

    assert (ended.code, ended.err) == (0, "1 token revoked.\n")
    assert _sign_up(api, issued.result).status == 401
    assert _sign_up(api, kept).status == 201


def test_tokens_of_a_person_are_not_revoked(
    manage: Manage, stack: Deployment, alice: Person
) -> None:
    with stack.unchanged():
        ended = manage("revoke-service-token", alice.email)

    assert ended.code == 1
    assert "end-sessions" in ended.err


def test_revoked_tokens_are_recorded_without_an_actor(manage: Manage) -> None:
    _issue(manage)

    manage("revoke-service-token", "shop@example.com")

    shop = users.find_by_email("shop@example.com")
    assert shop is not None
    recorded = {event.what: event.actor_id for event in events_of(shop.id)}
    assert recorded["sessions_ended"] is None


def test_no_token_is_issued_where_the_functions_alone_open_the_key(
    manage: Manage, session_file: Path, stack: Deployment
) -> None:
    session = json.loads(session_file.read_text(encoding="utf-8"))
    session["settings"]["SIGNING_MODE"] = "cached"
    session_file.write_text(json.dumps(session), encoding="utf-8")

    with stack.unchanged():
        ended = manage("issue-service-token", "shop@example.com", "--name", "Shop")

    assert (ended.code, ended.out) == (1, "")
    assert "Have an administrator issue the token" in ended.err
