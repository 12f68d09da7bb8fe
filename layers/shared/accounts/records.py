"""Records: to type checkers frozen dataclasses, but next to free at a cold start.

Python compiles the methods of each dataclass anew whenever it is defined: a fifth of a millisecond
for a small one. Those that a cold start defines are given none, and share one constructor.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, ClassVar, dataclass_transform


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=False)
class Record:
    """Base that makes each subclass a dataclass, for ``fields`` and ``replace``.

    Type checkers alone keep it frozen; it is equal to itself alone, and shows nothing of itself.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    # by the fields' names, in their order, the defaults of those that have one
    _members: ClassVar[Mapping[str, object]]
    _required: ClassVar[frozenset[str]]

    def __init_subclass__(cls, *, kw_only: bool = True) -> None:
        """Make the subclass a dataclass; ``kw_only`` is for type checkers."""
        super().__init_subclass__()
        dataclass(init=False, eq=False, repr=False, kw_only=kw_only)(cls)
        cls._members = {field.name: field.default for field in fields(cls)}
        cls._required = frozenset(it for it, given in cls._members.items() if given is MISSING)

    def __init__(self, *values: object, **named: object) -> None:
        given = {**dict(zip(self._members, values, strict=False)), **named}
        each_once = len(given) == len(values) + len(named)
        if not (each_once and self._required <= given.keys() <= self._members.keys()):
            raise TypeError(f"{type(self).__name__} is made of {', '.join(self._members)}")
        vars(self).update({**self._members, **given})
