"""template.yaml as people read and extend it: where a function stands, and what one more costs."""

import itertools
import json
from collections.abc import Mapping
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types

from infra.local import ROOT
from tests.support import expansion

# of the 500 that CloudFormation takes; the rest is for what a later update has to add at once
MOST_RESOURCES = 460
MOST_BYTES = 1_000_000
ENDPOINT: Mapping[str, Any] = {
    "Type": "AWS::Serverless::Function",
    "Properties": {
        "CodeUri": "functions/public/",
        "Handler": "another.handler",
        "Events": {
            "Route": {
                "Type": "HttpApi",
                "Properties": {"ApiId": {"Ref": "Api"}, "Method": "GET", "Path": "/another"},
            }
        },
    },
}
OF_ITS_OWN: Mapping[str, Any] = {"Policies": [{"Statement": []}]}
SHARED: Mapping[str, Any] = {"Role": {"Fn::GetAtt": ["LogOnlyRole", "Arn"]}}


@pytest.fixture(scope="module")
def functions() -> Mapping[str, tuple[str, str]]:
    """The functions' folders and the modules of their handlers, by logical id as written."""
    document = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    found = expansion.of_type(document, "AWS::Serverless::Function").items()
    return {
        name: (
            function["Properties"]["CodeUri"],
            function["Properties"]["Handler"].removesuffix(".handler"),
        )
        for name, function in found
    }


def test_functions_stand_together_by_folder_and_there_by_name(
    functions: Mapping[str, tuple[str, str]],
) -> None:
    folders = [
        (folder, [name for name, _ in group])
        for folder, group in itertools.groupby(functions.items(), key=lambda item: item[1][0])
    ]

    assert len(folders) == len({folder for folder, _ in functions.values()})
    for _, names in folders:
        assert names == sorted(names)


def test_functions_are_called_as_their_files(functions: Mapping[str, tuple[str, str]]) -> None:
    for name, (_, module) in functions.items():
        assert name == module.title().replace("_", "")


def test_stack_has_room_within_the_limits_of_cloudformation() -> None:
    expanded = expansion.expand()

    assert len(expanded["Resources"]) <= MOST_RESOURCES
    assert len(json.dumps(expanded)) <= MOST_BYTES


@pytest.mark.parametrize(("rights", "cost"), [(OF_ITS_OWN, 6), (SHARED, 5)])
def test_endpoint_costs_few_resources(rights: Mapping[str, Any], cost: int) -> None:
    another = {**ENDPOINT, "Properties": {**ENDPOINT["Properties"], **rights}}

    before = expansion.expand()["Resources"]
    after = expansion.expand(added={"Another": another})["Resources"]

    assert len(after) - len(before) == cost
