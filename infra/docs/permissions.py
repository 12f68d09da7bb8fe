"""The table of permissions: what the role of each function grants on which resource."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from infra.docs import handlers, markdown

HEAD = ("Function", "Resource", "Actions")
NOTHING = [("–", "–")]


def table() -> str:
    """Return the table, function by function as template.yaml has them."""
    return markdown.table(
        HEAD,
        [
            (function.logical_id, resources, actions)
            for function in handlers.functions()
            for resources, actions in _granted(function.logical_id) or NOTHING
        ],
    )


def _granted(function: str) -> list[tuple[str, str]]:
    """Return resources and actions, with those resources together that allow the same."""
    actions: dict[str, set[str]] = defaultdict(set)
    for statement in _statements(handlers.template().document["Resources"], function):
        for resource in map(_name, _listed(statement["Resource"])):
            actions[resource] |= set(_listed(statement["Action"]))
    resources: dict[str, list[str]] = defaultdict(list)
    for resource in sorted(actions):
        resources[_told(actions[resource])].append(resource)
    return sorted((", ".join(names), told) for told, names in resources.items())


def _statements(resources: Mapping[str, Any], function: str) -> Iterator[Mapping[str, Any]]:
    """Return the statements of the role that the function names, or of its own policies."""
    match resources[function]["Properties"]:
        case {"Role": {"Fn::GetAtt": [str(role), "Arn"]}}:
            policies = resources[role]["Properties"].get("Policies", [])
            documents = [policy["PolicyDocument"] for policy in policies]
        case own:
            documents = own.get("Policies", [])
    for document in documents:
        yield from map(_at_most, document["Statement"])


def _at_most(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the statement, also where it stands under a condition."""
    match node:
        case {"Fn::If": [str(_), dict(there), {"Ref": "AWS::NoValue"}]}:
            return there
        case _:
            return node


def _name(node: Any) -> str:  # noqa: ANN401 - a template is JSON
    """Return a resource by its logical id, or by the end of its ARN where it is not of the stack.

    Raises:
        ValueError: it is written in a way that is not understood.
    """
    match node:
        case {"Fn::GetAtt": [str(name), "Arn"]}:
            return name
        case {"Fn::If": [str(_), there, {"Ref": "AWS::NoValue"}]}:
            return _name(there)
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", text).rpartition(":")[2]
        case _:
            raise ValueError(f"not understood as a resource: {node}")


def _told(actions: set[str]) -> str:
    services: dict[str, list[str]] = defaultdict(list)
    for action in sorted(actions):
        service, _, name = action.partition(":")
        services[service].append(name)
    return "; ".join(f"{service}: {' '.join(names)}" for service, names in services.items())


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - a template is JSON
    return value if isinstance(value, list) else [value]
