"""Everything in any order: the endpoints against a model of accounts, devices, roles and mails.

After each step the answer must be the model's, and the tables must break no rule.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from infra.local.api_gateway.gateway import Gateway
from infra.local.stack import Stack
from tests.support.api import Api
from tests.support.races.machine.administration import Administration, BackEnds
from tests.support.races.machine.devices import Devices
from tests.support.races.machine.driver import EMAILS, PASSWORDS
from tests.support.races.machine.passwords import Passwords
from tests.support.races.machine.roles import Roles
from tests.support.races.scenario import Scene
from tests.support.races.service import NEVER_ASKED
from tests.support.races.storage import Content, Storage

pytestmark = [pytest.mark.races, pytest.mark.usefixtures("unthrottled")]

# shorter than the life of the back-end's own token, all steps together
PAUSES = (1, 9, 10, 299, 301, 899, 931, 86_400, 2_591_999, 2_592_000)
LONGEST_TIME = timedelta(days=80)
# in place of data to draw from, where what is newest is chosen
NEWEST = cast(st.DataObject, None)

settings.register_profile(
    "state machine",
    max_examples=20,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    # to shrink what fails takes longer than a test may
    phases=[Phase.generate],
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


@pytest.fixture
def machine(
    scene: Scene, storage: Storage, start: Content, time_of_deployment: datetime
) -> type[Machine]:
    """The machine, with the service before it."""

    class Here(Machine):
        pass

    Here.service, Here.admin = scene.service, scene.administrator
    Here.clock, Here.outbox = scene.clock, scene.outbox
    Here.storage, Here.start, Here.time_of_deployment = storage, start, time_of_deployment
    return Here


@pytest.mark.parametrize("number", range(2))
def test_whatever_is_done_in_whatever_order_goes_by_the_model(
    machine: type[Machine], number: int
) -> None:
    run_state_machine_as_test(seed(number)(machine), settings=settings.get_profile("state machine"))


def test_the_rules_drive_every_endpoint(
    on_dynamodb_local: Stack, machine: type[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    succeeded = set()

    def invoke(logical_id: str, event: dict[str, Any]) -> object:
        result = on_dynamodb_local.invoke(logical_id, event)
        if isinstance(result, Mapping) and result.get("statusCode", 200) < 400:
            succeeded.add(logical_id)
        return result

    api = Api(Gateway(on_dynamodb_local.functions, invoke))
    machine.service = replace(machine.service, api=api, invoke=invoke)
    monkeypatch.setattr(machine, "choose", lambda _self, _data, options: options[-1])

    one = machine()
    use_devices(one)
    set_passwords(one)
    administer(one)

    there = {function.logical_id for function in on_dynamodb_local.functions}
    assert succeeded == there - NEVER_ASKED


def use_devices(machine: Machine) -> None:
    machine.somebody_signs_up_and_in()
    machine.log_in(EMAILS[0], None)
    for ask in (machine.who_am_i, machine.ask_elsewhere, machine.list_devices, machine.refresh):
        ask(NEWEST)
    machine.end_the_others(NEWEST)
    machine.end_a_device(NEWEST)
    machine.log_in(EMAILS[0], None)
    machine.log_out(NEWEST)
    machine.ask_what_has_no_state()


def set_passwords(machine: Machine) -> None:
    machine.log_in(EMAILS[0], None)
    machine.change_password(NEWEST, None, PASSWORDS[1])
    machine.forget_password(EMAILS[0])
    machine.send_mail(NEWEST)
    machine.issue_reset_token(EMAILS[0])
    machine.reset_password(NEWEST, PASSWORDS[2])


def administer(machine: Machine) -> None:
    machine.list_users(None, None)
    machine.show_user(NEWEST)
    machine.rename(NEWEST, "Kim")
    machine.show_user_seances(NEWEST)
    machine.end_user_seances(NEWEST)
    machine.show_audit(NEWEST)
    machine.save_role("gardener", {"content:read"})
    machine.list_roles()
    machine.delete_role("gardener")
    machine.issue_service_token(EMAILS[1])
    machine.delete_user(NEWEST)
