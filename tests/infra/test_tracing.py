"""Tracing is off unless a parameter asks for it, and so is the permission it needs."""

from collections.abc import Mapping
from typing import Any

import pytest
from samtranslator.translator.transform import (  # type: ignore[import-untyped] # ships no types
    transform,
)
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types

from infra.local import ROOT
from tests.infra.test_verify_elsewhere import NoManagedPolicies


def _expanded(tracing: str, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Mapping[str, Any]]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    for resource in template["Resources"].values():
        for name in ("CodeUri", "ContentUri"):
            if name in resource.get("Properties", {}):
                resource["Properties"][name] = "s3://bucket/code.zip"
    expanded: Mapping[str, Any] = transform(template, {"Tracing": tracing}, NoManagedPolicies())
    resources: Mapping[str, Mapping[str, Any]] = expanded["Resources"]
    return resources


@pytest.mark.parametrize("tracing", ["Disabled", "Active"])
def test_functions_are_traced_and_may_write_traces_only_if_asked_for(
    tracing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resources = _expanded(tracing, monkeypatch).values()
    functions = [it["Properties"] for it in resources if it["Type"] == "AWS::Lambda::Function"]
    roles = [it["Properties"] for it in resources if it["Type"] == "AWS::IAM::Role"]
    may_trace = [any("xray" in arn.lower() for arn in role["ManagedPolicyArns"]) for role in roles]

    assert len(functions) == len(may_trace) > 20
    assert all("TracingConfig" in function for function in functions) == (tracing == "Active")
    assert any("TracingConfig" in function for function in functions) == (tracing == "Active")
    assert set(may_trace) == {tracing == "Active"}
