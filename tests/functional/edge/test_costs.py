"""What a call costs: how often AWS is asked, and that it does not grow."""

import re
from collections import Counter
from collections.abc import Mapping

import pytest

from infra.local import ROOT
from tests.support import people
from tests.support.aws_calls import AwsCalls
from tests.support.register import (
    ALL,
    ANY_USERS,
    CHANGE_PASSWORD,
    LOG_IN,
    RESET_PASSWORD,
    SHOW_SEANCES,
    SIGN_UP,
    UPDATE_USER,
    Endpoint,
    Scene,
    each,
)

# reads that decide something, of one item each or of one account's sessions
READS = frozenset({"GetItem", "BatchGetItem", "Query", "TransactGetItems"})

# one call that succeeds
COSTS: Mapping[str, Mapping[str, int]] = {
    "GET /.well-known/jwks.json": {},
    "GET /api/v1/public/health": {},
    "PUT /api/v1/private/users/any": {"GetItem": 1},
    "POST /api/v1/private/users/seances": {"GetItem": 1, "Query": 1},
    "PUT /api/v1/private/users/logout": {"GetItem": 1, "TransactWriteItems": 1},
    "DELETE /api/v1/private/users/seances/{session_id}": {"GetItem": 1, "TransactWriteItems": 1},
    # nobody else is signed in here, so there is nothing to end
    "DELETE /api/v1/private/users/seances": {"GetItem": 1, "Query": 1},
    "POST /api/v1/public/users/login": {
        "BatchGetItem": 1,
        "UpdateItem": 1,
        "GetItem": 2,
        "TransactWriteItems": 1,
        "GenerateMac": 1,
        "Sign": 1,
    },
    "POST /api/v1/public/users/refresh": {"GetItem": 2, "TransactWriteItems": 1, "Sign": 1},
    "POST /api/v1/public/users/passw/forget_passw": {"UpdateItem": 1, "SendMessage": 1},
    "PUT /api/v1/private/users/passw/change_passw": {
        "GetItem": 2,
        "UpdateItem": 1,
        "TransactWriteItems": 1,
        "GenerateMac": 2,
        "SendMessage": 1,
    },
    # in the server zone permissions are those of the role as of now: one more read
    "POST /api/v1/server/users/sign_up": {
        "GetItem": 3,
        "TransactWriteItems": 1,
        "GenerateMac": 1,
    },
    "PUT /api/v1/server/users/passw/set_new_passw": {
        "GetItem": 3,
        "TransactWriteItems": 1,
        "GenerateMac": 1,
        "SendMessage": 1,
    },
    "POST /api/v1/server/users/passw/reset_token": {"GetItem": 5, "TransactWriteItems": 1},
    "GET /api/v1/server/users": {"GetItem": 2, "Scan": 1},
    "GET /api/v1/server/users/{user_id}": {"GetItem": 3},
    "PATCH /api/v1/server/users/{user_id}": {"GetItem": 4, "Query": 1, "TransactWriteItems": 1},
    # one write takes the account away, the other the addresses out of its trail
    "DELETE /api/v1/server/users/{user_id}": {
        "GetItem": 4,
        "Query": 2,
        "TransactWriteItems": 2,
    },
    "POST /api/v1/server/users/{user_id}/seances": {"GetItem": 3, "Query": 1},
    "DELETE /api/v1/server/users/{user_id}/seances": {
        "GetItem": 4,
        "Query": 1,
        "TransactWriteItems": 1,
    },
    "GET /api/v1/server/users/{user_id}/audit": {"GetItem": 2, "Query": 1},
    "GET /api/v1/server/roles": {"GetItem": 2, "Scan": 1},
    "PUT /api/v1/server/roles/{name}": {"GetItem": 3, "TransactWriteItems": 1},
    "DELETE /api/v1/server/roles/{name}": {"GetItem": 3, "TransactWriteItems": 1},
    "POST /api/v1/server/service_tokens": {"GetItem": 8, "TransactWriteItems": 2, "Sign": 1},
}


# a row of the table of costs: the call, and what it asks of AWS
ROW = re.compile(r"^\| `([A-Z]+ /api/v1/server/[^`]*)` \| ([^|]*) \|", re.MULTILINE)


def _cost(scene: Scene, aws_calls: AwsCalls, endpoint: Endpoint) -> Counter[str]:
    request = endpoint.request(scene)
    aws_calls.forget()
    assert scene.api.call(**request).status == endpoint.status
    return Counter(aws_calls.operations)


@each(ALL)
def test_call_costs_what_is_written_down(
    scene: Scene, aws_calls: AwsCalls, endpoint: Endpoint
) -> None:
    assert _cost(scene, aws_calls, endpoint) == COSTS[endpoint.key]


def test_administrators_are_told_what_each_call_costs() -> None:
    text = (ROOT / "docs" / "administration.md").read_text(encoding="utf-8")

    told = {
        call: {name: int(times) for times, name in map(str.split, requests.split(", "))}
        for call, requests in ROW.findall(text)
    }

    assert told == {call: cost for call, cost in COSTS.items() if "/server/" in call}


@each(ALL)
def test_every_read_is_strongly_consistent(
    scene: Scene, aws_calls: AwsCalls, endpoint: Endpoint
) -> None:
    _cost(scene, aws_calls, endpoint)

    for call in aws_calls.made:
        # an index cannot be, and decides nothing
        if call.operation in READS and "IndexName" not in call.arguments:
            parts = call.arguments.get("RequestItems", {"": call.arguments}).values()
            assert all(part["ConsistentRead"] is True for part in parts)


def test_log_in_is_within_five_requests_to_dynamodb(scene: Scene, aws_calls: AwsCalls) -> None:
    _cost(scene, aws_calls, LOG_IN)

    assert sum(call.service == "dynamodb" for call in aws_calls.made) <= 5


@each((ANY_USERS, SHOW_SEANCES, LOG_IN, SIGN_UP, CHANGE_PASSWORD, RESET_PASSWORD, UPDATE_USER))
def test_cost_does_not_grow_with_people_and_devices(
    scene: Scene, aws_calls: AwsCalls, endpoint: Endpoint
) -> None:
    people.person(scene.api, "Carol", "read_only")
    for _ in range(3):
        scene.alice.sign_in()

    assert _cost(scene, aws_calls, endpoint) == COSTS[endpoint.key]


@pytest.mark.parametrize("endpoint", [ANY_USERS, SHOW_SEANCES], ids=lambda e: e.key)
def test_reading_writes_nothing(scene: Scene, aws_calls: AwsCalls, endpoint: Endpoint) -> None:
    for _ in range(3):
        assert set(_cost(scene, aws_calls, endpoint)) <= READS


@each(ALL)
def test_who_may_not_call_costs_a_read_or_two(
    scene: Scene, aws_calls: AwsCalls, endpoint: Endpoint
) -> None:
    if endpoint.zone == "public":
        return
    request = endpoint.request(scene)
    for token, most in ((None, 0), ("garbage", 0), (scene.web_backend, 2), (scene.alice.token, 2)):
        if token == scene.token_for(endpoint):
            continue
        aws_calls.forget()
        assert scene.api.call(**{**request, "token": token}).status in (401, 403)
        assert len(aws_calls.made) <= most
