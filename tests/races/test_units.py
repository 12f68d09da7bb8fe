"""The units that DynamoDB counts for a call, as the register has them and the table of costs."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from botocore.client import BaseClient

from infra.docs import bill
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.register import ACTIVITY_WRITE_UNITS, ALL, ANY_USERS, LOG_IN, REFRESH, each
from tests.support.scene import Scene

pytestmark = pytest.mark.races


class Taken(NamedTuple):
    """What a request took of a table."""

    operation: str
    table: str
    units: float


READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"})


@pytest.fixture
def ground(api: Api, alice: Person, admin: Person, web_backend: str) -> Scene:
    """Everybody on one device."""
    return Scene(api, alice, admin, web_backend)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Taken]:
    """Each request to DynamoDB from now on, with its units."""
    send = BaseClient._make_api_call  # type: ignore[attr-defined] # noqa: SLF001 - where all meet
    counted: list[Taken] = []

    def counting(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - as botocore
        if client.meta.service_model.service_name != "dynamodb":
            return send(client, operation, arguments)
        answer = send(client, operation, {**arguments, "ReturnConsumedCapacity": "TOTAL"})
        capacity = answer["ConsumedCapacity"]
        parts = capacity if isinstance(capacity, list) else [capacity]
        least = _least(operation, arguments)
        counted.extend(
            Taken(operation, part["TableName"], max(part["CapacityUnits"], least)) for part in parts
        )
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", counting)
    return counted


@each(tuple(endpoint for endpoint in ALL if endpoint.zone == "server" or endpoint.units != (0, 0)))
def test_call_takes_the_units_that_are_written_down(
    ground: Scene, endpoint: Endpoint, counted: list[Taken]
) -> None:
    request = endpoint.request(ground)
    counted.clear()

    answer = ground.api.call(**request)

    assert answer.status == endpoint.status
    assert _units(counted) == endpoint.units


def test_noting_activity_takes_the_units_that_are_written_down(
    ground: Scene, clock: Clock, counted: list[Taken]
) -> None:
    request = ANY_USERS.request(ground)
    clock.advance(seconds=300)
    counted.clear()

    ground.api.call(**request)

    read, written = ANY_USERS.units
    assert _units(counted) == (read, written + ACTIVITY_WRITE_UNITS)


@pytest.mark.parametrize(("name", "endpoint"), [("log_ins", LOG_IN), ("refreshes", REFRESH)])
def test_busy_tables_take_the_units_that_are_written_down(
    ground: Scene, name: str, endpoint: Endpoint, counted: list[Taken]
) -> None:
    request = endpoint.request(ground)
    counted.clear()

    ground.api.call(**request)

    written: Counter[str] = Counter()
    for taken in counted:
        if taken.operation not in READS:
            # the stack's name comes first
            written[taken.table.rpartition("-")[2]] += int(taken.units)
    told = {
        table: units[name]
        for table, units in bill.measured()["table_writes"].items()
        if name in units
    }
    assert {table: written[table] for table in told} == told
    assert max(written.values()) == max(told.values())


def _units(counted: list[Taken]) -> tuple[float, float]:
    read = sum(taken.units for taken in counted if taken.operation in READS)
    return read, sum(taken.units for taken in counted if taken.operation not in READS)


def _least(operation: str, arguments: Mapping[str, Any]) -> float:
    """Return what a query takes that finds nothing, for which DynamoDB Local counts none."""
    if operation != "Query":
        return 0
    return 1 if arguments.get("ConsistentRead") else 0.5
