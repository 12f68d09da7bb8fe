"""The units that DynamoDB counts for a call, as the register has them and the table of costs."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.client import BaseClient

from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.register import ACTIVITY_WRITE_UNITS, ALL, ANY_USERS, each
from tests.support.scene import Scene

pytestmark = pytest.mark.races

READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"})


@pytest.fixture
def ground(api: Api, alice: Person, admin: Person, web_backend: str) -> Scene:
    """Everybody on one device."""
    return Scene(api, alice, admin, web_backend)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """Each request to DynamoDB from now on, with its units."""
    send = BaseClient._make_api_call  # type: ignore[attr-defined] # noqa: SLF001 - where all meet
    counted: list[tuple[str, float]] = []

    def counting(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - as botocore
        if client.meta.service_model.service_name != "dynamodb":
            return send(client, operation, arguments)
        answer = send(client, operation, {**arguments, "ReturnConsumedCapacity": "TOTAL"})
        capacity = answer["ConsumedCapacity"]
        parts = capacity if isinstance(capacity, list) else [capacity]
        least = _least(operation, arguments)
        counted.extend((operation, max(part["CapacityUnits"], least)) for part in parts)
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", counting)
    return counted


@each(tuple(endpoint for endpoint in ALL if endpoint.zone == "server" or endpoint.units != (0, 0)))
def test_call_takes_the_units_that_are_written_down(
    ground: Scene, endpoint: Endpoint, counted: list[tuple[str, float]]
) -> None:
    request = endpoint.request(ground)
    counted.clear()

    answer = ground.api.call(**request)

    assert answer.status == endpoint.status
    assert _units(counted) == endpoint.units


def test_noting_activity_takes_the_units_that_are_written_down(
    ground: Scene, clock: Clock, counted: list[tuple[str, float]]
) -> None:
    request = ANY_USERS.request(ground)
    clock.advance(seconds=300)
    counted.clear()

    ground.api.call(**request)

    read, written = ANY_USERS.units
    assert _units(counted) == (read, written + ACTIVITY_WRITE_UNITS)


def _units(counted: list[tuple[str, float]]) -> tuple[float, float]:
    read = sum(units for operation, units in counted if operation in READS)
    return read, sum(units for operation, units in counted if operation not in READS)


def _least(operation: str, arguments: Mapping[str, Any]) -> float:
    """Return what a query takes that finds nothing, for which DynamoDB Local counts none."""
    if operation != "Query":
        return 0
    return 1 if arguments.get("ConsistentRead") else 0.5
