"""Everything in any order: the endpoints against a model of accounts, devices, roles and mails.

After each step the answer must be the model's, and the tables must break no rule.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from infra.local.gateway import Gateway
from infra.local.stack import Stack
from tests.api import Api
from tests.races.machine.administration import Administration, BackEnds
from tests.races.machine.devices import Devices
from tests.races.machine.driver import EMAILS, PASSWORDS
from tests.races.machine.passwords import Passwords
from tests.races.machine.roles import Roles
from tests.races.scenario import Scene
from tests.races.service import NEVER_ASKED
from tests.races.storage import Content, Storage

pytestmark = [pytest.mark.races, pytest.mark.usefixtures("unthrottled")]

# shorter than the life of the back-end's own token, all steps together
PAUSES = (1, 9, 10, 299, 301, 899, 931, 86_400, 2_591_999, 2_592_000)
LONGEST_TIME = timedelta(days=80)

settings.register_profile(
    "state machine",
    max_examples=40,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


class Machine(Devices, Passwords, Administration, BackEnds, Roles):
    """All rules together, and time that passes."""

    @initialize()
    def somebody_signs_up_and_in(self) -> None:
        self.sign_up(EMAILS[0], PASSWORDS[0], None)
        self.log_in(EMAILS[0], None)

    @rule(seconds=st.sampled_from(PAUSES))
    def let_time_pass(self, seconds: int) -> None:
        if self.now + timedelta(seconds=seconds) < self.time_of_deployment + LONGEST_TIME:
            self.clock.advance(seconds=seconds)

    @rule()
    def ask_what_has_no_state(self) -> None:
        assert self.service.health().json == {"status": "ok"}
        assert len(self.service.jwks().json["keys"]) == 1


def test_whatever_is_done_in_whatever_order_goes_by_the_model(
    on_dynamodb_local: Stack,
    scene: Scene,
    storage: Storage,
    start: Content,
    time_of_deployment: datetime,
) -> None:
    succeeded = set()

    def invoke(logical_id: str, event: dict[str, Any]) -> object:
        result = on_dynamodb_local.invoke(logical_id, event)
        if isinstance(result, Mapping) and result.get("statusCode", 200) < 400:
            succeeded.add(logical_id)
        return result

    class Here(Machine):
        pass

    watched = Api(Gateway(on_dynamodb_local.functions, invoke))
    watched.secrets = scene.service.api.secrets
    Here.service = replace(scene.service, api=watched, invoke=invoke)
    Here.admin, Here.clock, Here.outbox = scene.administrator, scene.clock, scene.outbox
    Here.storage, Here.start, Here.time_of_deployment = storage, start, time_of_deployment

    run_state_machine_as_test(Here, settings=settings.get_profile("state machine"))

    there = {function.logical_id for function in on_dynamodb_local.functions}
    assert succeeded == there - NEVER_ASKED
