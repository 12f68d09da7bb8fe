"""Tracing is off unless a parameter asks for it, and so is the permission it needs."""

import pytest

from tests.expansion import expand, of_type


@pytest.mark.parametrize("tracing", ["Disabled", "Active"])
def test_functions_are_traced_and_may_write_traces_only_if_asked_for(tracing: str) -> None:
    template = expand({"Tracing": tracing})
    roles = of_type(template, "AWS::IAM::Role")
    functions = of_type(template, "AWS::Lambda::Function")

    traced = {name for name, it in functions.items() if "TracingConfig" in it["Properties"]}
    may_trace = {
        name
        for name in functions
        if "xray" in str(roles[f"{name}Role"]["Properties"]["ManagedPolicyArns"]).lower()
    }

    assert traced == may_trace == (set(functions) if tracing == "Active" else set())
