"""Tracing is off unless a parameter asks for it, and so is the permission it needs."""

import pytest

from tests.support.expansion import expand, of_type


@pytest.mark.parametrize("tracing", ["Disabled", "Active"])
def test_functions_are_traced_and_may_write_traces_only_if_asked_for(tracing: str) -> None:
    template = expand({"Tracing": tracing})
    functions = of_type(template, "AWS::Lambda::Function").values()
    roles = [
        role["Properties"]["ManagedPolicyArns"]
        for role in of_type(template, "AWS::IAM::Role").values()
        if "lambda.amazonaws.com" in str(role)
    ]

    traced = ["TracingConfig" in function["Properties"] for function in functions]
    may_trace = [any("xray" in arn.lower() for arn in arns) for arns in roles]

    assert len(traced) == len(may_trace) > 20
    assert set(traced) == set(may_trace) == {tracing == "Active"}
