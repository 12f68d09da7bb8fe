"""The units that DynamoDB counts for a call, as the register has them and the table of costs."""

from dataclasses import replace

import pytest

from infra.docs import bill
from tests.support import units
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.register import ACTIVITY_WRITE_UNITS, ALL, ANY_USERS, LOG_IN, REFRESH, each
from tests.support.scene import Scene

pytestmark = pytest.mark.races


@pytest.fixture
def ground(api: Api, alice: Person, admin: Person, web_backend: str) -> Scene:
    """Everybody on one device."""
    return Scene(api, alice, admin, web_backend)


@each(tuple(endpoint for endpoint in ALL if endpoint.zone == "server" or endpoint.units != (0, 0)))
def test_call_takes_the_units_that_are_written_down(ground: Scene, endpoint: Endpoint) -> None:
    request = endpoint.request(ground)

    with units.counted() as counted:
        answer = ground.api.call(**request)

    assert answer.status == endpoint.status
    assert (counted.read, counted.written) == endpoint.units


def test_noting_activity_takes_the_units_that_are_written_down(ground: Scene, clock: Clock) -> None:
    request = ANY_USERS.request(ground)
    clock.advance(seconds=300)

    with units.counted() as counted:
        ground.api.call(**request)

    read, written = ANY_USERS.units
    assert (counted.read, counted.written) == (read, written + ACTIVITY_WRITE_UNITS)


def test_a_session_takes_one_unit_whatever_device_and_whoever_it_is_of(
    ground: Scene, clock: Clock
) -> None:
    headers = {"User-Agent": "x" * 1000}
    alice = replace(
        ground.alice, api=ground.api.seen_from("2001:db8:1234:5678:9abc:def0:1234:5678")
    )
    signed_in = alice.api.call(*LOG_IN.at(), json=alice.credentials, headers=headers).json
    clock.advance(seconds=300)

    with units.counted() as noting:
        ground.api.call(*ANY_USERS.at(), token=signed_in["access_token"])
    with units.counted() as refreshing:
        body = {"refresh_token": signed_in["refresh_token"]}
        refreshed = ground.api.call(*REFRESH.at(), json=body)

    assert refreshed.status == 200
    assert (noting.written, refreshing.written) == (1, 1)


@pytest.mark.parametrize(("name", "endpoint"), [("log_ins", LOG_IN), ("refreshes", REFRESH)])
def test_busy_tables_take_the_units_that_are_written_down(
    ground: Scene, name: str, endpoint: Endpoint
) -> None:
    request = endpoint.request(ground)

    with units.counted() as counted:
        ground.api.call(**request)

    # the stack's name comes first
    written = {table.rpartition("-")[2]: taken for table, taken in counted.written_by_table.items()}
    told = {
        table: by_name[name]
        for table, by_name in bill.measured()["table_writes"].items()
        if name in by_name
    }
    assert {table: written[table] for table in told} == told
    assert max(written.values()) == max(told.values())
