"""POST /api/v1/server/service_tokens: tokens of back-ends, and what becomes of them."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from accounts import clock
from accounts.storage.tables import User, UserEmail
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import Desk, timestamp
from tests.support.endpoint import Endpoint
from tests.support.people import Person, claims
from tests.support.register import ALL, ISSUE_SERVICE_TOKEN, each
from tests.support.scene import Scene

LONGEST = 90 * 24 * 3600
EMAIL = "shop@services.example.com"
PRIVATE = tuple(endpoint for endpoint in ALL if endpoint.zone == "private")


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
    assert shop.reset_token(alice.email).status == 403
    assert shop.update(alice.id, name="Alice").status == 403
    assert shop.service_token("other@services.example.com").status == 403


@each(PRIVATE)
def test_it_does_not_work_in_the_private_zone(
    scene: Scene, shop: Desk, stack: Deployment, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene, token=shop.token)

    with stack.unchanged():
        answer = shop.api.call(**request)

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
        answer = desk.api.call(*ISSUE_SERVICE_TOKEN.at(), token=desk.token, json=body)

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
