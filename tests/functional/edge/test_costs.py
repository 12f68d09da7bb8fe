"""What a call costs: how often AWS is asked, and that it does not grow."""

from collections import Counter

import pytest

from tests.support import people
from tests.support.aws_calls import AwsCalls
from tests.support.endpoint import Endpoint
from tests.support.register import (
    ALL,
    ANY_USERS,
    CHANGE_PASSWORD,
    LOG_IN,
    RESET_PASSWORD,
    SHOW_SEANCES,
    SIGN_UP,
    UPDATE_USER,
    each,
)
from tests.support.scene import Scene

# reads that decide something, of one item each or of one account's sessions
READS = frozenset({"GetItem", "BatchGetItem", "Query", "TransactGetItems"})


def _cost(scene: Scene, aws_calls: AwsCalls, endpoint: Endpoint) -> Counter[str]:
    request = endpoint.request(scene)
    aws_calls.forget()
    assert scene.api.call(**request).status == endpoint.status
    return Counter(aws_calls.operations)


@each(ALL)
def test_call_costs_what_is_written_down(
    scene: Scene, aws_calls: AwsCalls, endpoint: Endpoint
) -> None:
    assert _cost(scene, aws_calls, endpoint) == endpoint.requests


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


def test_log_in_from_a_known_device_is_within_four_requests_to_dynamodb(
    scene: Scene, aws_calls: AwsCalls
) -> None:
    device_token = LOG_IN.call(scene).json["device_token"]
    aws_calls.forget()

    answer = LOG_IN.call(scene, json={**scene.alice.credentials, "device_token": device_token})

    assert answer.status == 200
    assert sum(call.service == "dynamodb" for call in aws_calls.made) <= 4


@each((ANY_USERS, SHOW_SEANCES, LOG_IN, SIGN_UP, CHANGE_PASSWORD, RESET_PASSWORD, UPDATE_USER))
def test_cost_does_not_grow_with_people_and_devices(
    scene: Scene, aws_calls: AwsCalls, endpoint: Endpoint
) -> None:
    people.person(scene.api, "Carol", "read_only")
    for _ in range(3):
        scene.alice.sign_in()

    assert _cost(scene, aws_calls, endpoint) == endpoint.requests


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
