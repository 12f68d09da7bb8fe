"""What CloudFormation asks of AWS for each type of resource, asked of moto's server.

A type that ``moto_kinds.py`` does not name is *noted*: its properties are remembered, so that it
is known when it would be made, changed, replaced and removed, but nothing is made.
"""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Properties = Mapping[str, Any]


class ResourceError(Exception):
    """AWS, or a custom resource's function, refuses; the text is the reason."""


@dataclass(frozen=True)
class Made:
    """A resource as AWS has it: what ``Ref`` and ``Fn::GetAtt`` give, and what it was made of."""

    physical_id: str
    properties: Properties
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def values(self) -> Mapping[str, str]:
        """Return what references to it give: ``Ref`` and its attributes."""
        return ChainMap(
            {"Ref": self.physical_id}, dict(self.attributes) or _Named(self.physical_id)
        )


def require_only_changes(made: Made, properties: Properties, *changeable: str) -> None:
    """Be sure that no other property of a resource would change.

    Raises:
        ResourceError: one would, which has to be thought of first.
    """
    changed = {name for name in properties if properties[name] != made.properties.get(name)}
    if changed - {*changeable}:
        raise ResourceError(f"{made.physical_id} would change in {sorted(changed)}")


class _Named(dict[str, str]):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def __missing__(self, attribute: str) -> str:
        return f"{self._name}.{attribute}"


class Kind(Protocol):
    """How the resources of a type are made, changed and removed."""

    def make(self, name: str, properties: Properties, /) -> Made:
        """Make a resource; ``name`` is the one that CloudFormation would make up for it."""

    def change(self, made: Made, properties: Properties, /) -> Made:
        """Change a resource without replacing it."""

    def remove(self, made: Made, /) -> None:
        """Remove a resource."""


class Noted:
    """Any other type: only remembered."""

    def make(self, name: str, properties: Properties) -> Made:
        """Remember it; an attribute of it is a text that names both."""
        return Made(name, properties)

    def change(self, made: Made, properties: Properties) -> Made:
        """Remember the new properties."""
        return Made(made.physical_id, properties, made.attributes)

    def remove(self, made: Made) -> None:
        """Forget it."""
