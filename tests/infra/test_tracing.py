"""Tracing is off unless a parameter asks for it, and so is the permission it needs."""

import pytest

from tests.support.expansion import expand, of_type, resolved


@pytest.mark.parametrize("tracing", ["Disabled", "Active"])
def test_functions_are_traced_and_may_write_traces_only_if_asked_for(tracing: str) -> None:
    parameters = {"Tracing": tracing}
    template = expand(parameters)
    functions = of_type(template, "AWS::Lambda::Function").values()
    roles = {function["Properties"]["Role"]["Fn::GetAtt"][0] for function in functions}
    policies = [
        resolved(
            template["Resources"][role]["Properties"]["ManagedPolicyArns"], template, parameters
        )
        for role in roles
    ]

    traced = ["TracingConfig" in function["Properties"] for function in functions]
    may_trace = [any("xray" in arn.lower() for arn in arns) for arns in policies]

    assert len(traced) >= len(may_trace) > 20
    assert set(traced) == set(may_trace) == {tracing == "Active"}
