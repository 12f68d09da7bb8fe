"""The stack is put together as declared, with more time where the machine is shared."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra.local.invoke import Invoke
from infra.local.lambdas.in_process import Functions
from infra.local.stack import deployed
from infra.local.template.declarations import CustomResource, Function

TEMPLATE = """
Parameters: {MailFrom: {Type: String, Default: a@example.com}}
Resources:
  Wait:
    Type: AWS::Serverless::Function
    Properties: {Handler: wait.handler, CodeUri: ".", Timeout: 3}
"""
HANDLER = "def handler(event, context):\n    return context.get_remaining_time_in_millis()\n"


class Sources:
    """A host that runs the sources beside a template."""

    def __init__(self, template: Path) -> None:
        self.template = template

    def make(
        self, custom: CustomResource, function: Function, aws_environment: Mapping[str, str]
    ) -> Mapping[str, Any]:
        raise NotImplementedError

    @contextmanager
    def running(
        self,
        functions: Sequence[Function],
        aws_environment: Mapping[str, str],  # noqa: ARG002 - this process's own already
    ) -> Iterator[Invoke]:
        yield Functions(functions)


@pytest.mark.usefixtures("aws_url")
@pytest.mark.parametrize(("time_factor", "seconds"), [(1, 3), (4, 12)])
def test_functions_may_take_longer_where_told(
    tmp_path: Path, time_factor: int, seconds: int
) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (tmp_path / "wait.py").write_text(HANDLER)

    with deployed(host=Sources(tmp_path / "template.yaml"), time_factor=time_factor) as stack:
        left = stack.invoke("Wait", {})

    assert isinstance(left, int)
    assert seconds - 1 < left / 1000 <= seconds
