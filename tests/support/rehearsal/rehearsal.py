"""A stack of ours, its operator, and what can be seen of it from outside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3

from tests.support import expansion
from tests.support.rehearsal.stack import Stack

FUNCTION = "AWS::Lambda::Function"


@dataclass(frozen=True)
class Live:
    """What runs, by function: the versions, and their environments but for the revision."""

    versions: Mapping[str, str]
    environments: Mapping[str, Mapping[str, str]]

    def moved_since(self, before: "Live") -> set[str]:
        """Return the functions that have another version than before."""
        return {name for name, it in self.versions.items() if it != before.versions[name]}


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
        self.update({**self.parameters, **parameters})

    def update(self, parameters: Mapping[str, str]) -> None:
        """Deploy with these parameters, and all others by default."""
        wanted = dict(parameters)
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

    def live(self) -> Live:
        """Return what the aliases lead to."""
        client = boto3.client("lambda")
        versions, environments = {}, {}
        for name, function in self._asked_through_aliases():
            configuration = client.get_function_configuration(
                FunctionName=function, Qualifier="live"
            )
            versions[name] = configuration["Version"]
            environments[name] = _without_revision(configuration["Environment"]["Variables"])
        return Live(versions, environments)

    def usable_keys(self) -> dict[str, set[str]]:
        """Return the keys that each function may sign with, or open what does, if it may at all."""
        usable: dict[str, set[str]] = {}
        for name, function in expansion.of_type(self._expanded, FUNCTION).items():
            if name not in self.stack.resources:
                # there on a condition that is not met
                continue
            role = self.stack.resources[function["Properties"]["Role"]["Fn::GetAtt"][0]]
            for policy in role.properties.get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    if "kms:Sign" in statement["Action"] or _is_of_key_pair(statement):
                        keys = {arn.rpartition("/")[2] for arn in statement["Resource"]}
                        usable.setdefault(name, set()).update(keys)
        return usable

    def _asked_through_aliases(self) -> Iterator[tuple[str, str]]:
        """Return the functions but the one whose newest code CloudFormation calls."""
        for name, function in self.ids(FUNCTION).items():
            if name != "PrepareStack":
                yield name, function


def _is_of_key_pair(statement: Mapping[str, Any]) -> bool:
    tests = statement.get("Condition", {}).get("StringEquals", {})
    return bool(tests.get("kms:EncryptionContext:purpose") == "signing")


def _without_revision(variables: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in variables.items() if name != "REVISION"}
