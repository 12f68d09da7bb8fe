"""The base of what answers look like, which knows nothing of what they tell."""

from collections.abc import Sequence
from dataclasses import Field, dataclass, fields
from typing import Any, ClassVar, Self, dataclass_transform


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=False)
class View:
    """Base of answers, which makes each a dataclass; members that are None are left out.

    Type checkers alone keep it frozen, and it is given a constructor and nothing else: Python
    compiles each method of a dataclass anew at every cold start.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    # that it goes with, where it is not the endpoint's
    http_status: ClassVar[int | None] = None

    def __init_subclass__(cls) -> None:
        """Make the subclass a dataclass."""
        dataclass(kw_only=True, eq=False, repr=False)(cls)

    @classmethod
    def from_attributes(cls, source: object) -> Self:
        """Return the answer that says what the attributes of ``source`` by its names hold.

        What ``source`` does not have keeps its default; a view in the view is read off likewise.

        Raises:
            TypeError: ``source`` lacks something that has no default.
        """
        there = (field for field in fields(cls) if hasattr(source, field.name))
        return cls(**{field.name: _as(field.type, getattr(source, field.name)) for field in there})

    def in_cookies(self) -> tuple[Self, Sequence[str]]:
        """Return this without what belongs in cookies, and those cookies."""
        return self, ()


def _as(kind: Any, value: object) -> object:  # noqa: ANN401 - any type that a field may have
    is_view = isinstance(kind, type) and issubclass(kind, View)
    return kind.from_attributes(value) if is_view else value
