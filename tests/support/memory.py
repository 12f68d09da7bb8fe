"""Tables in memory: what PynamoDB would ask of DynamoDB, answered in Python.

For simulations of so many requests that DynamoDB, even moto's, takes too long. As far as the
service uses conditions and updates; ``test_memory`` compares it with moto.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
from pynamodb.expressions import condition as conditions
from pynamodb.expressions import update as updates
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path, Value
from pynamodb.expressions.update import Action

from accounts.storage.dynamodb import Table
from accounts.storage.transactions import (
    Beside,
    Change,
    ConditionFailedError,
    Delete,
    Put,
    Update,
)

Item = dict[str, dict[str, Any]]
_Key = tuple[Any, ...]
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass
class Memory:
    """The items of all tables, in DynamoDB's own notation."""

    items: dict[_Key, Item] = field(default_factory=dict)

    def find(self, model: type[Table], *key: Any) -> Any:  # noqa: ANN401 - as Table.find
        """Return the item with this key, or None."""
        item = self.items.get((model, *key, *[None] * (2 - len(key))))
        return None if item is None else model.from_raw_data(dict(item))

    def find_together(self, *keys: Table) -> Sequence[Table | None]:
        """Return the items with the keys of those given."""
        return [self.find(type(key), *key.key()) for key in keys]

    def try_update(self, item: Table, actions: Sequence[Action], condition: Condition) -> bool:
        """Update the item, and read it back into ``item``, if the condition holds."""
        if not self._holds(item, condition):
            return False
        self._update(item, actions)
        item.deserialize(dict(self.items[_key(item)]))
        return True

    def write(self, *changes: Change) -> None:
        """Do all of the changes or none, but for those beside them."""
        as_one = [change for change in changes if not isinstance(change, Beside)]
        failed = [change for change in as_one if not self._holds(change.item, change.condition)]
        for change in changes:
            if isinstance(change, Beside) and self._holds(change.item, change.condition):
                self._update(change.item, change.actions)
        if failed:
            raise ConditionFailedError(failed)
        for change in as_one:
            if isinstance(change, Put):
                self.items[_key(change.item)] = dict(change.item.serialize())
            elif isinstance(change, Delete):
                self.items.pop(_key(change.item), None)
            elif isinstance(change, Update):
                self._update(change.item, change.actions)

    def _holds(self, item: Table, condition: Condition | None) -> bool:
        return condition is None or _holds(condition, self.items.get(_key(item), {}))

    def _update(self, item: Table, actions: Sequence[Action]) -> None:
        key = _key(item)
        stored = self.items.setdefault(key, _bare(item))
        for action in actions:
            _act(action, stored)


def move_to(memory: Memory, monkeypatch: pytest.MonkeyPatch, *modules: ModuleType) -> None:
    """Have the service keep its tables there; ``modules`` are those that call storage by name."""
    # a bound method would not be bound to the model, or the item, again
    monkeypatch.setattr(Table, "find", classmethod(lambda model, *key: memory.find(model, *key)))  # noqa: PLW0108 - see above
    monkeypatch.setattr(Table, "try_update", lambda *of: memory.try_update(*of))  # noqa: PLW0108 - see above
    for module in modules:
        for name in ("find_together", "write"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, getattr(memory, name))


def _key(item: Table) -> _Key:
    return (type(item), *item.key())


def _bare(item: Table) -> Item:
    names = (item._hash_keyname, item._range_keyname)  # noqa: SLF001 - PynamoDB has no other way
    return {name: value for name, value in item.serialize().items() if name in names}


def _holds(condition: Condition, item: Item) -> bool:
    match condition:
        case conditions.And(values=(one, other)):
            return _holds(one, item) and _holds(other, item)
        case conditions.Or(values=(one, other)):
            return _holds(one, item) or _holds(other, item)
        case conditions.Exists(values=(path,)):
            return _name(path) in item
        case conditions.NotExists(values=(path,)):
            return _name(path) not in item
        case conditions.Comparison(values=(path, value)):
            stored = item.get(_name(path))
            compare = _COMPARISONS[condition.operator]
            return stored is not None and compare(_plain(stored), _plain(value.values[0]))
        case _:
            raise NotImplementedError(type(condition))


def _act(action: Action, item: Item) -> None:
    path, *operands = action.values
    name = _name(path)
    match action:
        case updates.SetAction():
            item[name] = _raw(operands[0])
        case updates.AddAction():
            before = _plain(item.get(name, {"N": "0"}))
            item[name] = {"N": str(before + _plain(_raw(operands[0])))}
        case updates.RemoveAction():
            item.pop(name, None)
        case _:
            raise NotImplementedError(type(action))


def _name(path: Any) -> str:  # noqa: ANN401 - PynamoDB's operands
    assert isinstance(path, Path)
    (name,) = path.path
    return str(name)


def _raw(value: Any) -> dict[str, Any]:  # noqa: ANN401 - PynamoDB's operands
    assert isinstance(value, Value)
    (raw,) = value.values
    assert isinstance(raw, dict)
    return raw


def _plain(raw: dict[str, Any]) -> Any:  # noqa: ANN401 - a number or a text
    ((kind, value),) = raw.items()
    return int(value) if kind == "N" else value
