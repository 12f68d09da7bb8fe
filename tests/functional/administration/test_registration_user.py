"""POST /api/v1/server/users/sign_up."""

from typing import Any

import pytest

from accounts.storage.tables import Role, User, UserEmail
from tests.support import people
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.people import Person
from tests.support.register import LOG_IN, SIGN_UP

NEW = {"email": "new@example.com", "name": "New Person", "passw": "example_string"}


def _sign_up(api: Api, token: str, **other: Any) -> Answer:  # noqa: ANN401 - any JSON
    return api.call(*SIGN_UP.at(), token=token, json={**NEW, **other})


def test_account_is_created(api: Api, web_backend: str, clock: Clock) -> None:
    answer = _sign_up(api, web_backend)

    assert answer.status == 201
    assert answer.json == {
        "id": answer.json["id"],
        "message": "Resource created successfully",
        "created_at": clock.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def test_account_is_stored_as_documented(api: Api, web_backend: str, clock: Clock) -> None:
    user_id = _sign_up(api, web_backend).json["id"]

    user = User.get(user_id)
    assert (user.email, user.name, user.role) == ("new@example.com", "New Person", "read_only")
    assert (user.status, user.version) == ("active", 1)
    assert user.created_at == user.updated_at == clock.time
    assert UserEmail.get("new@example.com").user_id == user_id


def test_password_is_stored_as_a_bcrypt_hash_only(
    api: Api, web_backend: str, stack: Deployment
) -> None:
    first = _sign_up(api, web_backend).json["id"]
    second = _sign_up(api, web_backend, email="other@example.com").json["id"]

    hashes = [User.get(user_id).password_hash for user_id in (first, second)]
    for password_hash in hashes:
        assert "$2b$04$" in password_hash
    assert hashes[0] != hashes[1]
    assert "example_string" not in str(stack.stored())


def test_new_person_can_log_in(api: Api, web_backend: str) -> None:
    user_id = _sign_up(api, web_backend).json["id"]

    credentials = {"email": "New@Example.com", "passw": "example_string"}
    answer = api.call(*LOG_IN.at(), json=credentials)

    assert answer.json["user"] == {
        "id": user_id,
        "email": "new@example.com",
        "name": "New Person",
        "role": "read_only",
    }


def test_taken_email_is_a_conflict(
    api: Api, alice: Person, web_backend: str, stack: Deployment
) -> None:
    for spelling in ("alice@example.com", "ALICE@example.com", "alice@EXAMPLE.COM"):
        with stack.unchanged():
            answer = _sign_up(api, web_backend, email=spelling)

        assert (answer.status, answer.code) == (409, "user_exists")
        assert answer.json == {"error": "Conflict", "message": "User already exists"}


def test_email_taken_in_the_last_moment_is_a_conflict(
    api: Api, web_backend: str, aws_calls: AwsCalls, stack: Deployment
) -> None:
    _sign_up(api, web_backend, email="first@example.com")
    at = aws_calls.operations.index("TransactWriteItems") + 1
    aws_calls.forget()
    aws_calls.before(at, lambda: people.person(api, "New", "read_only"))

    answer = _sign_up(api, web_backend)

    assert answer.status == 409
    owner = UserEmail.get("new@example.com").user_id
    named_new = [
        user for user in stack.stored()[User.Meta.table_name] if user["email"]["S"] == NEW["email"]
    ]
    assert [user["id"]["N"] for user in named_new] == [str(owner)]


@pytest.mark.parametrize("taken", [1, 2])
def test_id_that_is_taken_is_drawn_again(
    api: Api, alice: Person, web_backend: str, monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    drawn = [alice.id - 1] * taken + [41]
    monkeypatch.setattr("secrets.randbelow", lambda _: drawn.pop(0))

    answer = _sign_up(api, web_backend)

    assert (answer.status, answer.json["id"]) == (201, 42)
    assert User.get(alice.id).email == "alice@example.com"


def test_ids_that_are_all_taken_end_in_try_again(
    api: Api, alice: Person, web_backend: str, monkeypatch: pytest.MonkeyPatch, stack: Deployment
) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _: alice.id - 1)

    with stack.unchanged():
        answer = _sign_up(api, web_backend)

    assert (answer.status, answer.code) == (503, "unavailable")


def test_ids_are_random_and_exact_in_every_client(api: Api, web_backend: str) -> None:
    ids = [
        _sign_up(api, web_backend, email=f"new{number}@example.com").json["id"]
        for number in range(10)
    ]

    assert len(set(ids)) == 10
    assert all(0 < user_id < 2**53 for user_id in ids)
    assert max(ids) > 2**40


# roles


@pytest.mark.parametrize("role", ["read_only", "methodist", "administrator"])
def test_administrator_may_assign_any_role_of_people(api: Api, admin: Person, role: str) -> None:
    answer = _sign_up(api, admin.token, role=role)

    assert answer.status == 201
    assert User.get(answer.json["id"]).role == role


@pytest.mark.parametrize("role", [None, "read_only"])
def test_back_end_may_assign_the_default_role(api: Api, web_backend: str, role: str | None) -> None:
    answer = _sign_up(api, web_backend, role=role)

    assert answer.status == 201
    assert User.get(answer.json["id"]).role == "read_only"


@pytest.mark.parametrize("role", ["methodist", "administrator"])
def test_back_end_gives_the_default_role_alone(
    api: Api, web_backend: str, stack: Deployment, role: str
) -> None:
    with stack.unchanged():
        answer = _sign_up(api, web_backend, role=role)

    assert (answer.status, answer.code) == (403, "role_not_grantable")
    assert answer.json == {"error": "Forbidden", "message": "Back-ends give the default role only"}


def test_role_that_does_not_exist_is_refused(api: Api, admin: Person, stack: Deployment) -> None:
    with stack.unchanged():
        answer = _sign_up(api, admin.token, role="gardener")

    assert answer.status == 422
    assert answer.json["details"] == [{"field": "role", "message": "There is no such role"}]


def test_role_that_vanishes_in_the_last_moment_is_refused(
    api: Api, admin: Person, aws_calls: AwsCalls
) -> None:
    role = Role(name="gardener", title_en="", title_ru="", permissions=[], builtin=False)
    role.save()
    _sign_up(api, admin.token, role="gardener", email="first@example.com")
    at = aws_calls.operations.index("TransactWriteItems") + 1
    aws_calls.forget()
    aws_calls.before(at, role.delete)

    answer = _sign_up(api, admin.token, role="gardener")

    assert answer.status == 422
    assert answer.json["details"] == [{"field": "role", "message": "There is no such role"}]
    assert UserEmail.find("new@example.com") is None


def test_edited_permissions_of_a_role_count_at_once(api: Api, alice: Person) -> None:
    role = Role.get("read_only")
    assert _sign_up(api, alice.token).status == 403
    role.permissions = ["content:read", "users:create"]
    role.save()

    assert _sign_up(api, alice.token).status == 201


@pytest.mark.parametrize("person", ["alice", "methodist"])
def test_others_lack_the_permission(
    api: Api, stack: Deployment, request: pytest.FixtureRequest, person: str
) -> None:
    caller: Person = request.getfixturevalue(person)

    with stack.unchanged():
        answer = _sign_up(api, caller.token)

    assert answer.status == 403
    assert answer.json == {"error": "Forbidden", "message": "Permission users:create required"}
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'


def test_password_is_hashed_once_and_only_when_all_else_is_right(
    api: Api, web_backend: str, aws_calls: AwsCalls
) -> None:
    _sign_up(api, web_backend, passw="short")
    _sign_up(api, web_backend, role="administrator")
    assert "GenerateMac" not in aws_calls.operations

    _sign_up(api, web_backend)

    assert aws_calls.operations.count("GenerateMac") == 1


@pytest.mark.parametrize(
    "name",
    ["Win at https://evil.example", "Anna\u202ennA", "\u2066Anna", "Anna\u200f", "\u061cAnna"],
)
def test_name_that_would_carry_a_link_or_reorder_a_mail_is_refused(
    api: Api, web_backend: str, name: str
) -> None:
    answer = _sign_up(api, web_backend, name=name)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == ["name"]


@pytest.mark.parametrize(
    "name", ["Zoë Müller-O\u2019Brien", "علي", "עמית", "J. R. Smith (QA)", "AC/DC"]
)
def test_name_of_any_people_is_taken(api: Api, web_backend: str, name: str) -> None:
    assert _sign_up(api, web_backend, name=name).status == 201
