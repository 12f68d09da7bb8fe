"""The scenarios leave no function of the template out."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from infra.local.api_gateway.gateway import Gateway
from infra.local.stack import Stack
from tests.support.api import Api
from tests.support.races.faults import Death
from tests.support.races.interference import Aws
from tests.support.races.scenario import Scene
from tests.support.races.scenarios import SCENARIOS
from tests.support.races.service import NEVER_ASKED, Service

pytestmark = pytest.mark.races

# what has nothing to do with AWS, as a test below says
BY_THEMSELVES = {"Health", "Jwks"}


def test_every_function_of_the_template_has_a_scenario(
    scene: Scene, on_dynamodb_local: Stack
) -> None:
    asked = set()

    def invoke(logical_id: str, _event: dict[str, Any]) -> object:
        asked.add(logical_id)
        raise Death

    api = Api(Gateway(on_dynamodb_local.functions, invoke))
    seen = replace(scene, service=replace(scene.service, api=api, invoke=invoke))
    for scenario in SCENARIOS:
        with suppress(Death):
            scenario.ask(seen)

    there = {function.logical_id for function in on_dynamodb_local.functions}
    assert asked == there - NEVER_ASKED - BY_THEMSELVES


def test_what_has_no_scenario_asks_nothing_of_aws(service: Service, aws: Aws) -> None:
    for ask in (service.health, service.jwks):
        with aws.watched() as calls:
            assert ask().status == 200

        assert calls == []
