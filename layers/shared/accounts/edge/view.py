"""The base of what answers look like, which knows nothing of what they tell."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, ClassVar, Self

from accounts.records import Record


class View(Record):
    """Base of answers; members that are None are left out."""

    # that it goes with, where it is not the endpoint's
    http_status: ClassVar[int | None] = None

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
