"""POST /api/v1/server/service_tokens: tokens of back-ends, and what becomes of them."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from accounts import clock
from accounts.tables import User, UserEmail
from tests.answers import Answer
from tests.aws_calls import AwsCalls
from tests.clocks import Clock
from tests.deployment import Deployment
from tests.functional.administration.desk import BeforeWrite, Desk, timestamp
from tests.people import Person, claims

LONGEST = 90 * 24 * 3600
EMAIL = "shop@services.example.com"
PRIVATE = (
    ("PUT", "/api/v1/private/users/any"),
    ("PUT", "/api/v1/private/users/logout"),
    ("POST", "/api/v1/private/users/seances"),
    ("DELETE", "/api/v1/private/users/seances"),
    ("DELETE", f"/api/v1/private/users/seances/{'x' * 22}"),
    ("PUT", "/api/v1/private/users/passw/change_passw"),
)


@pytest.fixture
def issued(desk: Desk) -> Answer:
    """A token for a new back-end."""
    answer = desk.service_token()
    assert answer.status == 201, answer
    return answer


@pytest.fixture
def shop(desk: Desk, issued: Answer) -> Desk:
    """The new back-end, calling."""
    return desk.by(issued.json["access_token"])


def test_token_is_given_with_what_it_takes_to_end_it(desk: Desk, issued: Answer) -> None:
    user = User.get(UserEmail.get(EMAIL).user_id)

    assert issued.json == {
        "user_id": user.id,
        "session_id": claims(issued.json["access_token"])["sid"],
        "access_token": issued.json["access_token"],
        "token_type": "Bearer",
        "expires_at": (clock.now() + timedelta(seconds=LONGEST)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def test_account_of_a_back_end_has_no_password(desk: Desk, issued: Answer) -> None:
    user = User.get(issued.json["user_id"])

    assert (user.kind, user.role) == ("service", "service")
    assert User.password_hash.attr_name not in user.serialize()
    assert desk.show(user.id).json == {
        "id": user.id,
        "kind": "service",
        "email": EMAIL,
        "name": "Web shop",
        "role": "service",
        "status": "active",
        "language": "en",
        "created_at": timestamp(),
        "updated_at": timestamp(),
    }


def test_it_works_in_the_server_zone(shop: Desk, alice: Person) -> None:
    assert shop.list_users(limit=1).status == 200
    assert shop.sign_up("customer@example.com").status == 201
    assert shop.reset_token(alice.email).status == 201
    assert shop.update(alice.id, name="Alice").status == 403
    assert shop.service_token("other@services.example.com").status == 403


@pytest.mark.parametrize(("method", "path"), PRIVATE)
def test_it_does_not_work_in_the_private_zone(
    shop: Desk, stack: Deployment, method: str, path: str
) -> None:
    with stack.unchanged():
        answer = shop.api.call(method, path, token=shop.token)

    assert (answer.status, answer.code) == (403, "user_token_required")


@pytest.mark.parametrize("seconds", [60, 3600, LONGEST])
def test_its_life_can_be_chosen(desk: Desk, clock: Clock, seconds: int) -> None:
    answer = desk.service_token(expires_in=seconds)
    token = answer.json["access_token"]

    assert claims(token)["exp"] - claims(token)["iat"] == seconds
    clock.advance(seconds=seconds - 1)
    assert desk.by(token).list_users(limit=1).status == 200
    clock.advance(seconds=1)
    assert desk.by(token).list_users(limit=1).status == 401
    clock.advance(seconds=30)
    assert desk.by(token).list_users(limit=1).code == "token_expired"


@pytest.mark.parametrize("seconds", [0, -1, 59, LONGEST + 1, 2**63, "3600", 3600.5, True])
def test_its_life_is_bounded(desk: Desk, stack: Deployment, seconds: object) -> None:
    with stack.unchanged():
        answer = desk.service_token(expires_in=seconds)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == ["expires_in"]


def test_the_bound_is_a_setting(desk: Desk, setting: Callable[..., None]) -> None:
    setting(SERVICE_TOKEN_SECONDS="7200")

    assert desk.service_token(expires_in=7201).status == 422
    token = desk.service_token().json["access_token"]
    assert claims(token)["exp"] - claims(token)["iat"] == 7200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "shop"}, "email"),
        ({"name": ""}, "name"),
        ({"role": "Service"}, "role"),
        ({"role": None}, "role"),
        ({"passw": "example_string"}, "passw"),
        ({"permissions": ["*"]}, "permissions"),
        ({"kind": "person"}, "kind"),
    ],
)
def test_bad_request_is_refused(
    desk: Desk, stack: Deployment, change: Mapping[str, str], field: str
) -> None:
    body = {"email": EMAIL, "name": "Web shop", **change}

    with stack.unchanged():
        answer = desk.api.call("POST", "/api/v1/server/service_tokens", token=desk.token, json=body)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == [field]


def test_second_token_is_of_the_same_account(desk: Desk, issued: Answer) -> None:
    second = desk.service_token("SHOP@services.example.com")

    assert second.json["user_id"] == issued.json["user_id"]
    assert second.json["session_id"] != issued.json["session_id"]
    for answer in (issued, second):
        assert desk.by(answer.json["access_token"]).list_users(limit=1).status == 200


def test_token_is_nowhere_stored(desk: Desk, issued: Answer, stack: Deployment) -> None:
    token = issued.json["access_token"]

    stored = str(stack.stored())
    assert token not in stored
    assert token.split(".")[2] not in stored


def test_sessions_are_listed_like_any_other(desk: Desk, issued: Answer) -> None:
    (seance,) = desk.seances(issued.json["user_id"]).json["seances"]

    assert seance["session_id"] == issued.json["session_id"]
    assert seance["expires_at"] == issued.json["expires_at"]


def test_signing_the_back_end_out_ends_all_its_tokens(
    desk: Desk, issued: Answer, web_backend: str
) -> None:
    tokens = [issued, desk.service_token(), desk.service_token(expires_in=60)]

    assert desk.end_seances(issued.json["user_id"]).json == {"ended": 3}

    for answer in tokens:
        other = desk.by(answer.json["access_token"]).list_users(limit=1)
        assert (other.status, other.code) == (401, "session_ended")
    assert desk.by(web_backend).list_users(limit=1).status == 200


@pytest.mark.parametrize(
    "act",
    [
        lambda desk, user_id: desk.update(user_id, status="disabled"),
        lambda desk, user_id: desk.update(user_id, email="other@services.example.com"),
        lambda desk, user_id: desk.delete(user_id),
    ],
    ids=["disabled", "moved", "deleted"],
)
def test_tokens_end_with_what_they_stand_on(
    desk: Desk, issued: Answer, shop: Desk, act: Callable[[Desk, int], Answer]
) -> None:
    assert act(desk, issued.json["user_id"]).status == 200

    assert shop.list_users(limit=1).code == "session_ended"


def test_more_tokens_than_devices_allowed_end_the_oldest(
    desk: Desk, issued: Answer, shop: Desk, clock: Clock, setting: Callable[..., None]
) -> None:
    setting(SESSIONS_PER_USER="3")
    for _ in range(2):
        clock.advance(seconds=1)
        desk.service_token()
    assert shop.list_users(limit=1).status == 200
    clock.advance(seconds=1)

    assert desk.service_token().status == 201

    assert shop.list_users(limit=1).code == "session_ended"
    assert len(desk.seances(issued.json["user_id"]).json["seances"]) == 3


def test_first_token_costs_two_transactions_and_the_next_ones_one(
    desk: Desk, aws_calls: AwsCalls
) -> None:
    costs = []
    for _ in range(2):
        aws_calls.forget()
        desk.service_token()
        costs.append([name for name in aws_calls.operations if name != "GetItem"])

    assert costs == [
        ["TransactWriteItems", "Sign", "TransactWriteItems"],
        ["Sign", "TransactWriteItems"],
    ]


def test_account_that_is_disabled_meanwhile_gets_no_token(
    desk: Desk, issued: Answer, before_write: BeforeWrite
) -> None:
    user_id = issued.json["user_id"]
    before_write(lambda: desk.update(user_id, status="disabled"))

    assert desk.service_token().code == "user_exists"

    assert User.get(user_id).session_ids == []
    assert desk.seances(user_id).json == {"seances": []}
