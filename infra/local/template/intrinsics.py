"""Resolve CloudFormation's intrinsic functions: Ref, Fn::Sub, Fn::If and their like."""

import re
from collections.abc import Callable, Mapping
from typing import Any

# a template is JSON: any nesting of dict, list and scalars
Node = Any

_NOTHING = object()
_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")


class UnresolvedReferenceError(LookupError):
    """The template asks for something that has no value here; the text names it."""


class Resolver:
    """Replaces intrinsic functions by their values.

    ``values`` is what ``Ref`` gives for parameters and pseudo parameters; ``attributes`` is, by
    logical id, what ``Ref`` (under the key "Ref") and ``Fn::GetAtt`` give for resources.
    """

    def __init__(
        self,
        values: Mapping[str, Node],
        attributes: Mapping[str, Mapping[str, Node]],
        conditions: Mapping[str, Node],
    ) -> None:
        self._values = values
        self._attributes = attributes
        self._conditions = conditions
        self._functions: Mapping[str, Callable[[Node], Node]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
        }
        self._tests: Mapping[str, Callable[[Node], bool]] = {
            "Condition": self.holds,
            "Fn::Equals": self._equals,
            "Fn::Not": lambda argument: not self._test(argument[0]),
            "Fn::And": lambda argument: all(map(self._test, argument)),
            "Fn::Or": lambda argument: any(map(self._test, argument)),
        }

    def resolve(self, node: Node) -> Node:
        """Return ``node`` without intrinsic functions; AWS::NoValue takes its place with it.

        Raises:
            UnresolvedReferenceError: something in it has no value.
        """
        resolved = self._resolve(node)
        return None if resolved is _NOTHING else resolved

    def holds(self, condition: str) -> bool:
        """Return whether the named condition of the template is true.

        Raises:
            UnresolvedReferenceError: there is no such condition, or it asks for the unknown.
        """
        if condition not in self._conditions:
            raise UnresolvedReferenceError(f"The template has no condition {condition}")
        return self._test(self._conditions[condition])

    def _resolve(self, node: Node) -> Node:
        match node:
            case dict():
                if len(node) == 1:
                    name, argument = next(iter(node.items()))
                    if name in self._functions:
                        return self._functions[name](argument)
                    if name.startswith("Fn::"):
                        raise UnresolvedReferenceError(f"{name} is not understood here")
                pairs = ((key, self._resolve(value)) for key, value in node.items())
                return {key: value for key, value in pairs if value is not _NOTHING}
            case list():
                return [value for value in map(self._resolve, node) if value is not _NOTHING]
            case _:
                return node

    def _ref(self, name: str) -> Node:
        if name == "AWS::NoValue":
            return _NOTHING
        if name in self._values:
            return self._values[name]
        return self._get_att([name, "Ref"])

    def _get_att(self, argument: list[str]) -> Node:
        resource, attribute = argument
        try:
            return self._attributes[resource][attribute]
        except KeyError:
            name = resource if attribute == "Ref" else f"{resource}.{attribute}"
            raise UnresolvedReferenceError(f"The template asks for {name}, unknown here") from None

    def _sub(self, argument: str | list[Node]) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else argument

        def value(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return "${" + name + "}"
            if name in own:
                return str(self.resolve(own[name]))
            return str(self._get_att(name.split(".", 1)) if "." in name else self._ref(name))

        return _PLACEHOLDER.sub(value, text)

    def _if(self, argument: list[Node]) -> Node:
        condition, when_true, when_false = argument
        return self._resolve(when_true if self.holds(condition) else when_false)

    def _join(self, argument: list[Node]) -> str:
        separator, values = argument
        return str(separator).join(map(str, self.resolve(values)))

    def _select(self, argument: list[Node]) -> Node:
        index, values = argument
        return self.resolve(values)[int(self.resolve(index))]

    def _split(self, argument: list[Node]) -> list[str]:
        separator, text = argument
        return str(self.resolve(text)).split(separator)

    def _test(self, node: Node) -> bool:
        name, argument = next(iter(node.items()))
        if name not in self._tests:
            raise UnresolvedReferenceError(f"{name} is not understood in a condition")
        return self._tests[name](argument)

    def _equals(self, argument: list[Node]) -> bool:
        left, right = map(self.resolve, argument)
        # CloudFormation compares text: a Number parameter's 5 equals "5"
        return str(left) == str(right)
