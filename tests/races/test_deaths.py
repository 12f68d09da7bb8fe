"""A real process that ends for real, right before or right after the call that takes effect."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local import ROOT
from infra.local.api_gateway.gateway import Gateway
from infra.local.mail.outbox import Outbox
from infra.local.stack import Stack as Deployed
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.people import Person
from tests.support.races.dying import STATUS, Order
from tests.support.races.faults import Death, is_decisive
from tests.support.races.interference import Aws
from tests.support.races.scenario import Scene
from tests.support.races.scenarios import SCENARIOS
from tests.support.races.service import Service
from tests.support.races.stage import Stage
from tests.support.races.storage import Storage

pytestmark = pytest.mark.races

PATIENCE_SECONDS = 60
NAMES = (
    "sign up",
    "sign up oneself",
    "confirm a sign-up",
    "log in",
    "log in with a code",
    "show a second factor",
    "enable an app",
    "refresh",
    "reset the password",
    "change a user's role",
    "delete one's own account",
)


@pytest.fixture
def scene(service: Service, alice: Person, admin: Person, clock: Clock, outbox: Outbox) -> Scene:
    """Alice on two devices, at the time that it is: other processes have the real clock."""
    clock.time = datetime.now(UTC)
    here, laptop, admin = alice.sign_in(), alice.sign_in(), admin.sign_in()
    service = replace(service, administrator=admin.token)
    return Scene(service, here, laptop, admin, clock, outbox, here.refresh_token)


@pytest.fixture(params=[s for s in SCENARIOS if s.name in NAMES], ids=str)
def stage(request: pytest.FixtureRequest, scene: Scene, storage: Storage, aws: Aws) -> Stage:
    """Some scenarios that take effect."""
    return Stage(request.param, scene, storage, aws)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_process_that_ends_does_no_harm(
    stage: Stage, scene: Scene, on_dynamodb_local: Deployed, *, after: bool
) -> None:
    functions = {function.logical_id: function for function in on_dynamodb_local.functions}
    decisive = sum(map(is_decisive, stage.calls))

    def invoke(logical_id: str, event: dict[str, Any]) -> object:
        function = functions[logical_id]
        order = Order(str(function.code), function.handler, event, decisive, after)
        process = subprocess.run(
            [sys.executable, "-m", "tests.support.races.dying"],
            cwd=ROOT,
            input=order.text(),
            text=True,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert process.returncode == STATUS, process.stderr
        raise Death

    api = Api(Gateway(on_dynamodb_local.functions, invoke))
    dying = replace(scene.service, api=api, invoke=invoke)

    outcome = stage.ask_of(dying)

    assert outcome.verdict is None
    assert outcome.took_effect == after
    stage.ask_again()
