"""A stack of ours, its operator, and what can be seen of it from outside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3

from tests.support import expansion
from tests.support.rehearsal.stack import Stack


@dataclass
class Rehearsal:
    """A deployed stack, and what its operator does to it."""

    stack: Stack
    template: dict[str, Any]
    parameters: dict[str, str]
    # what was deployed last
    _expanded: dict[str, Any] = field(default_factory=dict)

    def deploy(self, **parameters: str) -> None:
        """Deploy, with some parameters named; the others keep their values."""
        wanted = {**self.parameters, **parameters}
        expanded = expansion.translated(self.template, wanted)
        self.stack.deploy(expanded, wanted)
        self.parameters, self._expanded = wanted, expanded

    def ids(self, kind: str) -> dict[str, str]:
        """Return the physical ids of the resources of a type, by logical id."""
        names = expansion.of_type(self._expanded, kind)
        made = self.stack.resources
        return {name: made[name].physical_id for name in names if name in made}

    def id(self, name: str) -> str:
        """Return the physical id of a resource."""
        return self.stack.resources[name].physical_id

    def live(self) -> dict[str, Mapping[str, str]]:
        """Return the environment, but for the revision, that each alias leads to, by function."""
        client = boto3.client("lambda")
        return {
            name: _without_revision(
                client.get_function_configuration(FunctionName=function, Qualifier="live")
            )
            for name, function in self._asked_through_aliases()
        }

    def versions(self) -> dict[str, str]:
        """Return the version that each alias leads to, by function."""
        client = boto3.client("lambda")
        return {
            name: client.get_alias(FunctionName=function, Name="live")["FunctionVersion"]
            for name, function in self._asked_through_aliases()
        }

    def _asked_through_aliases(self) -> Iterator[tuple[str, str]]:
        """Return the functions but the one whose newest code CloudFormation calls."""
        for name, function in self.ids("AWS::Lambda::Function").items():
            if name != "PrepareStack":
                yield name, function


def _without_revision(configuration: Mapping[str, Any]) -> Mapping[str, str]:
    variables = configuration["Environment"]["Variables"]
    return {name: value for name, value in variables.items() if name != "REVISION"}
