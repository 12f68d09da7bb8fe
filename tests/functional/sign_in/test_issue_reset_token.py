"""POST /api/v1/server/users/passw/reset_token."""

import re
from datetime import timedelta

import pytest

from accounts.storage.tables import OneTimeToken, User
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import Desk
from tests.support.people import Person
from tests.support.register import ISSUE_RESET_TOKEN


def _issue(api: Api, token: str, email: str) -> Answer:
    return api.call(*ISSUE_RESET_TOKEN.at(), token=token, json={"email": email})


def _transaction(api: Api, person: Person, token: str, aws_calls: AwsCalls) -> int:
    """Return the number of the call that stores a token."""
    _issue(api, token, person.email)
    number = aws_calls.operations.index("TransactWriteItems") + 1
    aws_calls.forget()
    return number


def test_token_is_given_with_its_end(
    api: Api, alice: Person, mailing_backend: str, clock: Clock
) -> None:
    answer = _issue(api, mailing_backend, alice.email)

    assert answer.status == 201
    assert list(answer.json) == ["reset_token", "expires_at"]
    assert re.fullmatch(r"pr\.[A-Za-z0-9_-]{43}", answer.json["reset_token"])
    ends = clock.time + timedelta(hours=1)
    assert answer.json["expires_at"] == ends.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_email_may_be_spelled_in_any_way(api: Api, alice: Person, mailing_backend: str) -> None:
    assert _issue(api, mailing_backend, "ALICE@Example.COM").status == 201


def test_only_its_hash_is_stored(
    api: Api, alice: Person, mailing_backend: str, stack: Deployment
) -> None:
    token = _issue(api, mailing_backend, alice.email).json["reset_token"]

    stored = str(stack.stored())
    assert token not in stored
    assert token.split(".")[1] not in stored


def test_no_two_tokens_are_alike(api: Api, alice: Person, mailing_backend: str) -> None:
    tokens = {_issue(api, mailing_backend, alice.email).json["reset_token"] for _ in range(5)}

    assert len(tokens) == 5


def test_sessions_stay_as_they_are(api: Api, alice: Person, mailing_backend: str) -> None:
    before = [session.session_id for session in alice.sessions]

    _issue(api, mailing_backend, alice.email)

    assert [session.session_id for session in alice.sessions] == before
    assert alice.sign_in().id == alice.id


@pytest.mark.parametrize("status", [None, "disabled"])
def test_account_that_is_not_there_or_disabled_is_not_found(
    api: Api, alice: Person, mailing_backend: str, stack: Deployment, status: str | None
) -> None:
    email = "nobody@example.com"
    if status:
        email = alice.email
        User(alice.id).update([User.status.set(status)])

    with stack.unchanged():
        answer = _issue(api, mailing_backend, email)

    assert (answer.status, answer.code) == (404, "user_not_found")
    assert answer.json == {"error": "Not Found", "message": "User not found"}


def test_account_that_vanishes_in_the_last_moment_is_not_found(
    api: Api, alice: Person, mailing_backend: str, aws_calls: AwsCalls
) -> None:
    at = _transaction(api, alice, mailing_backend, aws_calls)
    aws_calls.before(at, User(alice.id).delete)

    assert _issue(api, mailing_backend, alice.email).status == 404
    assert User.find(alice.id) is None


def test_role_that_changes_in_the_last_moment_does_not_hide_the_account(
    api: Api, alice: Person, mailing_backend: str, aws_calls: AwsCalls
) -> None:
    at = _transaction(api, alice, mailing_backend, aws_calls)
    aws_calls.before(at, lambda: alice.account.update([User.role.set("methodist")]))

    assert _issue(api, mailing_backend, alice.email).status == 201


def test_address_that_changes_in_the_last_moment_gets_no_token(
    api: Api,
    alice: Person,
    admin: Person,
    desk: Desk,
    aws_calls: AwsCalls,
    stack: Deployment,
) -> None:
    for number in range(1, _transaction(api, alice, admin.token, aws_calls) + 1):
        stack.reset()
        aws_calls.forget()
        aws_calls.before(number, lambda: desk.move(alice.id, "new@example.com"))

        assert _issue(api, admin.token, alice.email).status == 404, number
        assert alice.account.email == "new@example.com"
        kinds = {token.token.partition("#")[0] for token in OneTimeToken.scan()}
        assert "pr" not in kinds


@pytest.mark.parametrize("person", ["alice", "methodist"])
def test_others_lack_the_permission(
    api: Api, stack: Deployment, request: pytest.FixtureRequest, person: str
) -> None:
    caller: Person = request.getfixturevalue(person)

    with stack.unchanged():
        answer = _issue(api, caller.token, caller.email)

    assert answer.status == 403
    assert answer.json == {"error": "Forbidden", "message": "Permission passwords:reset required"}


def test_back_end_may_not_take_over_those_who_govern(
    api: Api, admin: Person, mailing_backend: str, stack: Deployment
) -> None:
    with stack.unchanged():
        answer = _issue(api, mailing_backend, admin.email)

    assert (answer.status, answer.json["message"]) == (403, "Permission * required")


def test_administrator_may_help_anybody(
    api: Api, admin: Person, alice: Person, methodist: Person
) -> None:
    for person in (admin, alice, methodist):
        assert _issue(api, admin.token, person.email).status == 201


def test_back_end_may_help_those_who_do_not_govern(
    api: Api, alice: Person, methodist: Person, mailing_backend: str
) -> None:
    for person in (alice, methodist):
        assert _issue(api, mailing_backend, person.email).status == 201
