"""A stack's life as CloudFormation leads it, over an AWS that moto's server plays.

moto has a CloudFormation of its own. It cannot rehearse an update (``tests/rehearsal/test_moto.py``
measures each): it fails on the whole template, leaves most of its types out, makes every KMS key a
symmetric one, calls a custom resource's function at creation alone, sees a changed parameter only
where ``Ref`` names it, fails on a changed function that has a layer, deletes on update what is to
be retained, and rolls nothing back. What it can do, it does in
``tests/rehearsal/test_through_cloudformation.py``. So what decides is written here, from the
CloudFormation guide ("Update behaviors of stack resources", "DeletionPolicy",
"UpdateReplacePolicy") and from AWS's own schemas of its resource types, which cfn-lint carries:
they say which changed property replaces a resource.

Neither does moto what this leaves out: waiting, quotas, IAM's decisions, the order of what runs in
parallel, CodeDeploy's shifting of requests, and whether AWS would accept a property's value.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint.schema.manager import (  # type: ignore[import-untyped] # ships no types
    PROVIDER_SCHEMA_MANAGER,
)

from infra.local.template.intrinsics import Resolver
from infra.local.template.parameters import parameter_values
from infra.local.template.pseudo_parameters import ACCOUNT_ID
from tests.support.expansion import references
from tests.support.rehearsal.kinds import Kind, Made, Noted, ResourceError

Template = Mapping[str, Any]
Parameters = Mapping[str, str]


class RolledBackError(Exception):
    """The operation failed and was undone; the text is the reason."""


class Stack:
    """A stack, and its resources by logical id."""

    def __init__(self, name: str, region: str, kinds: Mapping[str, Kind]) -> None:
        self.resources: Mapping[str, Made] = {}
        self._name = name
        self._region = region
        self._kinds = kinds
        self._template: Template = {"Resources": {}, "Parameters": {}}
        self._made = 0
        self._retained: list[tuple[str, Made]] = []

    def deploy(self, template: Template, parameters: Parameters) -> None:
        """Create the stack, or make it as ``template`` says.

        Raises:
            RolledBackError: a resource could not be had; the stack is as it was before.
        """
        before = dict(self.resources)
        now = dict(before)
        try:
            for name, properties in self._wanted(template, parameters, now):
                now[name] = self._brought(name, template, now.get(name), properties)
        except ResourceError as error:
            self._roll_back(template, before, now)
            raise RolledBackError(str(error)) from error
        wanted = set(_names(template, self._resolver(template, parameters, now)))
        for name in reversed(_ordered(self._template)):
            if name in before and name not in wanted:
                self._let_go(before[name], self._template["Resources"][name], "DeletionPolicy")
                del now[name]
            elif name in before and now[name].physical_id != before[name].physical_id:
                old = self._template["Resources"][name]
                self._let_go(before[name], old, "UpdateReplacePolicy")
        self.resources, self._template = now, template

    def retained(self, kind: str) -> list[str]:
        """Return the physical ids of what was let go of and still is there."""
        return [made.physical_id for of, made in self._retained if of == kind]

    def delete(self) -> None:
        """Delete the stack."""
        for name in reversed(_ordered(self._template)):
            if name in self.resources:
                resource = self._template["Resources"][name]
                self._let_go(self.resources[name], resource, "DeletionPolicy")
        self.resources = {}

    def _wanted(
        self, template: Template, parameters: Parameters, now: Mapping[str, Made]
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Go through the resources that are to be, each with its properties as of then."""
        for name in _ordered(template):
            resolver = self._resolver(template, parameters, now)
            resource = template["Resources"][name]
            if "Condition" not in resource or resolver.holds(resource["Condition"]):
                yield name, resolver.resolve(resource.get("Properties", {}))

    def _brought(
        self, name: str, template: Template, made: Made | None, properties: Mapping[str, Any]
    ) -> Made:
        """Return the resource as it is to be: made, changed, replaced, or left alone."""
        kind = self._kind(template["Resources"][name]["Type"])
        if made is None:
            return kind.make(self._new_name(name), properties)
        changed = {
            key
            for key in {*properties, *made.properties}
            if properties.get(key) != made.properties.get(key)
        }
        if changed & _create_only(template["Resources"][name]["Type"], self._region):
            return kind.make(self._new_name(name), properties)
        return kind.change(made, properties) if changed else made

    def _roll_back(
        self, template: Template, before: Mapping[str, Made], now: Mapping[str, Made]
    ) -> None:
        resources = {**self._template["Resources"], **template["Resources"]}
        restored = dict(before)
        for name in _ordered(self._template):
            if name not in before or now[name] is before[name]:
                continue
            if now[name].physical_id == before[name].physical_id:
                kind = self._kind(resources[name]["Type"])
                restored[name] = kind.change(now[name], before[name].properties)
        for name in reversed(_ordered(template)):
            if name in now and (
                name not in before or now[name].physical_id != before[name].physical_id
            ):
                # only a policy of exactly this name keeps what a failed operation made
                self._let_go(now[name], resources[name], "DeletionPolicy", {"Retain"})
        self.resources = restored

    def _let_go(
        self,
        made: Made,
        resource: Mapping[str, Any],
        policy: str,
        retaining: frozenset[str] | set[str] = frozenset({"Retain", "RetainExceptOnCreate"}),
    ) -> None:
        if resource.get(policy) in retaining:
            self._retained.append((resource["Type"], made))
        else:
            self._kind(resource["Type"]).remove(made)

    def _resolver(
        self, template: Template, parameters: Parameters, now: Mapping[str, Made]
    ) -> Resolver:
        pseudo = {
            "AWS::AccountId": ACCOUNT_ID,
            "AWS::Partition": "aws",
            "AWS::Region": self._region,
            "AWS::StackName": self._name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        values = parameter_values(template["Parameters"], parameters)
        attributes = {name: made.values for name, made in now.items()}
        return Resolver({**values, **pseudo}, attributes, template.get("Conditions", {}))

    def _kind(self, name: str) -> Kind:
        return self._kinds.get(name, Noted())

    def _new_name(self, name: str) -> str:
        self._made += 1
        return f"{self._name}-{name}-{self._made}"[:64]


def _names(template: Template, resolver: Resolver) -> Iterator[str]:
    for name, resource in template["Resources"].items():
        if "Condition" not in resource or resolver.holds(resource["Condition"]):
            yield name


def _ordered(template: Template) -> list[str]:
    """Return the logical ids, each behind all that it needs."""
    resources = template["Resources"]
    ordered: dict[str, None] = {}

    def add(name: str) -> None:
        if name in ordered or name not in resources:
            return
        resource = resources[name]
        waits_for = resource.get("DependsOn", [])
        for other in [waits_for] if isinstance(waits_for, str) else waits_for:
            add(other)
        for other in references(resource.get("Properties", {})):
            add(other)
        ordered[name] = None

    for name in resources:
        add(name)
    return list(ordered)


def _create_only(kind: str, region: str) -> set[str]:
    """Return the properties of a type whose change replaces a resource, by AWS's schema."""
    if kind.startswith("Custom::"):
        return {"ServiceToken"}
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind).schema
    paths = schema.get("createOnlyProperties") or []
    return {path.split("/")[2] for path in paths}
