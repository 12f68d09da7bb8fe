"""What the functions are allowed to do, as IAM would read it."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from infra.local.template.intrinsics import Resolver
from infra.local.template.reader import Template

# an action on a resource, in whose name * stands for anything
Permission = tuple[str, str]
OF_CONTEXT = "kms:EncryptionContext:"


def declared(
    template: Template, resources: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, frozenset[Permission]]:
    """Return what template.yaml allows, by the logical id of the function."""
    resolver = Resolver(template.values, resources, template.document.get("Conditions", {}))
    return {
        function.logical_id: frozenset(
            _permissions(resolver.resolve(_statements(template, function.logical_id)))
        )
        for function in template.functions(resources)
    }


def conditions(
    template: Template, resources: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Mapping[Permission, Mapping[str, str]]]:
    """Return in which encryption contexts only template.yaml allows what, by function."""
    resolver = Resolver(template.values, resources, template.document.get("Conditions", {}))
    found: dict[str, dict[Permission, Mapping[str, str]]] = {}
    for function in template.functions(resources):
        for statement in resolver.resolve(_statements(template, function.logical_id)):
            tests = statement.get("Condition", {}).get("StringEquals", {})
            context = {
                name.removeprefix(OF_CONTEXT): value
                for name, value in tests.items()
                if name.startswith(OF_CONTEXT)
            }
            for permission in _permissions([statement]):
                found.setdefault(function.logical_id, {})[permission] = context
    return found


def granting(permissions: Iterable[Permission], action: str, arn: str) -> set[Permission]:
    """Return those of the permissions that allow the action on what has this ARN."""
    return {
        (allowed, pattern)
        for allowed, pattern in permissions
        if allowed == action and fnmatchcase(arn, pattern)
    }


def _statements(template: Template, function: str) -> list[Mapping[str, Any]]:
    """Return the statements of the role that the function names, or of its own policies."""
    declared_resources = template.document["Resources"]
    match declared_resources[function]["Properties"]:
        case {"Role": {"Fn::GetAtt": [str(role), "Arn"]}}:
            policies = declared_resources[role]["Properties"].get("Policies", [])
            documents = [policy["PolicyDocument"] for policy in policies]
        case own:
            documents = own.get("Policies", [])
    return [statement for document in documents for statement in document["Statement"]]


def _permissions(statements: Iterable[Mapping[str, Any]]) -> Iterator[Permission]:
    for statement in statements:
        assert statement["Effect"] == "Allow"
        for action in _listed(statement["Action"]):
            for resource in _listed(statement["Resource"]):
                yield action, resource


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
