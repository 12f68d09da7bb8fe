"""The values of a template's parameters: what is given, or else their defaults."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.local.template.declarations import TemplateError
from infra.local.template.intrinsics import Node

LIST = "CommaDelimitedList"


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
    is_list = declaration["Type"] == LIST
    parts = [part.strip() for part in value.split(",")] if is_list else [value]
    for problem in (problem for part in parts for problem in _problems(declaration, part)):
        raise TemplateError(f"{name} must {problem}, not {value!r}")
    return parts if is_list else value


def _problems(declaration: Mapping[str, Any], value: str) -> Iterator[str]:
    """Yield what a value must do that it does not.

    Follows "Parameters" in the CloudFormation guide; of a list each value counts.
    """
    allowed = [text(choice) for choice in declaration.get("AllowedValues", [])]
    if allowed and value not in allowed:
        yield f"be one of {', '.join(allowed)}"
    pattern = declaration.get("AllowedPattern")
    if pattern is not None and not re.fullmatch(pattern, value):
        yield f"match {pattern}"
    if declaration["Type"] == "Number":
        yield from _out_of_bounds(_number(value), declaration, "MinValue", "MaxValue", "")
    else:
        size = float(len(value))
        yield from _out_of_bounds(size, declaration, "MinLength", "MaxLength", " in length")


def _out_of_bounds(
    size: float | None, declaration: Mapping[str, Any], lowest: str, highest: str, unit: str
) -> Iterator[str]:
    if size is None:
        yield "be a number"
    elif lowest in declaration and size < float(declaration[lowest]):
        yield f"be at least {declaration[lowest]}{unit}"
    elif highest in declaration and size > float(declaration[highest]):
        yield f"be at most {declaration[highest]}{unit}"


def _number(value: str) -> float | None:
    return float(value) if re.fullmatch(r"[+-]?\d+(\.\d+)?", value, re.ASCII) else None
