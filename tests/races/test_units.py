"""The units that DynamoDB counts for a call, as the register has them and the table of costs."""

import pytest

from tests.support import units
from tests.support.api import Api
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.register import ALL, each
from tests.support.scene import Scene

pytestmark = pytest.mark.races


@pytest.fixture
def ground(api: Api, alice: Person, admin: Person, web_backend: str) -> Scene:
    """Everybody on one device."""
    return Scene(api, alice, admin, web_backend)


@each(tuple(endpoint for endpoint in ALL if endpoint.zone == "server"))
def test_call_takes_the_units_that_are_written_down(ground: Scene, endpoint: Endpoint) -> None:
    request = endpoint.request(ground)

    with units.counted() as counted:
        answer = ground.api.call(**request)

    assert answer.status == endpoint.status
    assert (counted.read, counted.written) == endpoint.units
