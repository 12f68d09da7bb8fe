"""The values of a template's parameters: what is given, or else their defaults."""

from collections.abc import Mapping
from typing import Any

from infra.local.template.declarations import TemplateError
from infra.local.template.intrinsics import Node


def parameter_values(
    declared: Mapping[str, Mapping[str, Any]], given: Mapping[str, str]
) -> dict[str, Node]:
    """Return a value for each declared parameter.

    Raises:
        TemplateError: a parameter is unknown, lacks a value or does not allow it.
    """
    if unknown := sorted(set(given) - set(declared)):
        raise TemplateError(f"The template has no parameter {', '.join(unknown)}")
    return {
        name: _parameter_value(name, declaration, given.get(name))
        for name, declaration in declared.items()
    }


def text(value: Node) -> str:
    """Return a scalar as CloudFormation hands it on: always text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parameter_value(name: str, declaration: Mapping[str, Any], given: str | None) -> Node:
    if given is None and "Default" not in declaration:
        raise TemplateError(f"The template's parameter {name} needs a value")
    value = text(declaration["Default"]) if given is None else given
    allowed = [text(choice) for choice in declaration.get("AllowedValues", [])]
    if allowed and value not in allowed:
        raise TemplateError(f"{name} must be one of {', '.join(allowed)}")
    if declaration["Type"] == "CommaDelimitedList":
        return [part.strip() for part in value.split(",")]
    return value
