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

from accounts.credentials import throttle
from accounts.sign_in import failures, login
from infra.local.api_gateway.gateway import Gateway
from infra.local.stack import Stack
from tests.support import register
from tests.support import scene as register_scene
from tests.support.api import Api
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.races.invariants import Invariants
from tests.support.races.machine.addresses import Addresses
from tests.support.races.machine.administration import Administration, BackEnds, SignUps
from tests.support.races.machine.devices import GUESSES, Devices
from tests.support.races.machine.driver import EMAILS, PASSWORDS
from tests.support.races.machine.factors import Factors
from tests.support.races.machine.roles import Roles
from tests.support.races.scenario import Scene
from tests.support.races.service import NEVER_ASKED
from tests.support.races.storage import Content, Storage
from tests.support.register import ALL

pytestmark = [pytest.mark.races, pytest.mark.usefixtures("unthrottled")]

# what rules of their own drive, which know what is to come of it
MODELLED = frozenset(
    {
        register.LOG_IN,
        register.PROVE_SECOND_FACTOR,
        register.BEGIN_TOTP,
        register.ENABLE_TOTP,
        register.DISABLE_TOTP,
        register.RESET_SECOND_FACTORS,
        register.REFRESH,
        register.FORGET_PASSWORD,
        register.SET_NEW_PASSWORD,
        register.CONFIRM_EMAIL,
        register.UNDO_EMAIL_CHANGE,
        register.LOG_OUT,
        register.SHOW_SEANCES,
        register.END_OTHER_SEANCES,
        register.END_SEANCE,
        register.CHANGE_PASSWORD,
        register.ANY_USERS,
        register.SIGN_UP,
        register.ISSUE_RESET_TOKEN,
        register.RESET_PASSWORD,
        register.LIST_USERS,
        register.SHOW_USER,
        register.UPDATE_USER,
        register.DELETE_USER,
        register.SHOW_USER_SEANCES,
        register.END_USER_SEANCES,
        register.SHOW_AUDIT,
        register.LIST_ROLES,
        register.SAVE_ROLE,
        register.DELETE_ROLE,
        register.ISSUE_SERVICE_TOKEN,
    }
)
# shorter than the life of the back-end's own token, all steps together
PAUSES = (1, 9, 10, 299, 301, 899, 931, 86_400, 2_591_999, 2_592_000)
LONGEST_TIME = timedelta(days=80)
# whose requests change nothing that the model tells of
BEYOND_THE_MODEL = tuple(endpoint for endpoint in ALL if endpoint not in MODELLED)
# in place of data to draw from, where what is newest is chosen
NEWEST = cast(st.DataObject, None)

settings.register_profile(
    "state machine",
    max_examples=10,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    # to shrink what fails takes longer than a test may
    phases=[Phase.generate],
)


class Owners(Devices, Addresses, SignUps, Factors):
    """What people do, and strangers to them, and time that passes.

    Among all the rules there are these would seldom get far.
    """

    @initialize()
    def somebody_signs_up_and_in(self) -> None:
        self.sign_up(EMAILS[0], PASSWORDS[0], None)
        self.log_in(EMAILS[0], None)

    @rule(seconds=st.sampled_from(PAUSES))
    def let_time_pass(self, seconds: int) -> None:
        if self.now + timedelta(seconds=seconds) < self.time_of_deployment + LONGEST_TIME:
            self.clock.advance(seconds=seconds)


class Everybody(Owners, Administration, BackEnds, Roles):
    """All rules together."""

    alice: Person

    @rule(endpoint=st.sampled_from(BEYOND_THE_MODEL))
    def ask_and_take_it_back(self, endpoint: Endpoint) -> None:
        before = self.storage.read()
        api, back_end = self.service.api, self.service.back_end
        # whom the model does not know
        ground = register_scene.Scene(api, self.alice.sign_in(), self.admin.sign_in(), back_end)

        assert endpoint.call(ground).status == endpoint.status

        Invariants().check(self.storage.read())
        self.storage.restore(before)


@pytest.fixture
def everybody(
    scene: Scene,
    storage: Storage,
    start: Content,
    time_of_deployment: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> type[Everybody]:
    """The machine of all rules, with the service before it."""

    class Here(Everybody):
        pass

    _put_before(Here, scene, storage, start, time_of_deployment)
    Here.alice = scene.alice
    _let_few_guesses_do(monkeypatch)
    return Here


@pytest.fixture
def owners(
    scene: Scene,
    storage: Storage,
    start: Content,
    time_of_deployment: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> type[Owners]:
    """The machine of what owners and strangers do, with the service before it."""

    class Here(Owners):
        pass

    _put_before(Here, scene, storage, start, time_of_deployment)
    _let_few_guesses_do(monkeypatch)
    return Here


@pytest.mark.parametrize("number", range(3))
def test_whatever_is_done_in_whatever_order_goes_by_the_model(
    everybody: type[Everybody], number: int
) -> None:
    _run(everybody, number)


@pytest.mark.parametrize("number", range(3))
def test_whatever_owners_and_strangers_do_goes_by_the_model(
    owners: type[Owners], number: int
) -> None:
    _run(owners, number)


def test_the_rules_drive_every_endpoint(
    on_dynamodb_local: Stack, everybody: type[Everybody], monkeypatch: pytest.MonkeyPatch
) -> None:
    succeeded = set()

    def invoke(logical_id: str, event: dict[str, Any]) -> object:
        result = on_dynamodb_local.invoke(logical_id, event)
        if isinstance(result, Mapping) and result.get("statusCode", 200) < 400:
            succeeded.add(logical_id)
        return result

    api = Api(Gateway(on_dynamodb_local.functions, invoke))
    everybody.service = replace(everybody.service, api=api, invoke=invoke)
    monkeypatch.setattr(everybody, "choose", lambda _self, _data, options: options[-1])

    one = everybody()
    use_devices(one)
    set_passwords(one)
    have_a_second_factor(one)
    move(one)
    administer(one)
    for endpoint in BEYOND_THE_MODEL:
        one.ask_and_take_it_back(endpoint)

    there = {function.logical_id for function in on_dynamodb_local.functions}
    assert succeeded == there - NEVER_ASKED


def use_devices(machine: Everybody) -> None:
    machine.somebody_signs_up_and_in()
    machine.log_in(EMAILS[0], None)
    for ask in (machine.who_am_i, machine.ask_elsewhere, machine.list_devices, machine.refresh):
        ask(NEWEST)
    machine.end_the_others(NEWEST)
    machine.end_a_device(NEWEST)
    machine.log_in(EMAILS[0], None)
    machine.log_out(NEWEST)


def set_passwords(machine: Everybody) -> None:
    machine.log_in(EMAILS[0], None)
    machine.change_password(NEWEST, None, PASSWORDS[1])
    machine.forget_password(EMAILS[0])
    machine.send_mail(NEWEST)
    machine.issue_reset_token(EMAILS[0])
    machine.reset_password(NEWEST, PASSWORDS[2])
    machine.issue_reset_token(EMAILS[0])
    machine.set_new_password(NEWEST, PASSWORDS[0])


def have_a_second_factor(machine: Everybody) -> None:
    machine.log_in(EMAILS[0], None)
    machine.get_an_app(NEWEST)
    for is_recovery in (False, True):
        machine.log_in(EMAILS[0], None)
        machine.prove_second_factor(NEWEST, is_recovery=is_recovery)
    machine.disable_app(NEWEST)
    machine.get_an_app(NEWEST)
    machine.reset_factors(NEWEST)


def move(machine: Everybody) -> None:
    machine.move(NEWEST, EMAILS[2])
    machine.undo_email_change(NEWEST)


def administer(machine: Everybody) -> None:
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


def _put_before(
    machine: type[Owners],
    scene: Scene,
    storage: Storage,
    start: Content,
    time_of_deployment: datetime,
) -> None:
    """Put the service before the machine."""
    machine.service, machine.admin = scene.service, scene.administrator
    machine.clock, machine.outbox = scene.clock, scene.outbox
    machine.storage, machine.start = storage, start
    machine.time_of_deployment = time_of_deployment


def _let_few_guesses_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the password be off after fewer failures than a hundred, which take long."""
    for module in (throttle, login, failures):
        monkeypatch.setattr(module, "MOST_IN_A_ROW", GUESSES)


def _run(machine: type[Owners], number: int) -> None:
    profile = settings.get_profile("state machine")
    run_state_machine_as_test(seed(number)(machine), settings=profile)
