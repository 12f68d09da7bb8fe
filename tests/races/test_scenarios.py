"""The scenarios leave no function of the template out."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from infra.local.api_gateway.gateway import Gateway
from infra.local.stack import Stack
from tests.support.api import Api
from tests.support.races.faults import Death
from tests.support.races.scenario import Scene
from tests.support.races.scenarios import BY_THE_REGISTER, SCENARIOS
from tests.support.races.service import NEVER_ASKED
from tests.support.register import ALL

pytestmark = pytest.mark.races

# what has nothing to do with AWS
BY_THEMSELVES = {endpoint.key for endpoint in ALL if not endpoint.requests}


def test_every_function_of_the_template_has_a_scenario(
    scene: Scene, on_dynamodb_local: Stack
) -> None:
    asked = set()

    def invoke(logical_id: str, _event: dict[str, Any]) -> object:
        asked.add(logical_id)
        raise Death

    api = Api(Gateway(on_dynamodb_local.functions, invoke))
    for scenario in SCENARIOS:
        if scenario in BY_THE_REGISTER:
            scenario.arrange(scene)
        with suppress(Death):
            scenario.ask(replace(scene, service=replace(scene.service, api=api, invoke=invoke)))

    there = {
        function.logical_id
        for function in on_dynamodb_local.functions
        if not BY_THEMSELVES & {route.key for route in function.routes}
    }
    assert asked == there - NEVER_ASKED
