"""Which keys of tables and indexes a request to DynamoDB touches, as the template declares them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.client import BaseClient

from tests.support.aws_calls import Send
from tests.support.busy_keys import EVERY, Key
from tests.support.deployment import Deployment

Item = Mapping[str, Mapping[str, Any]]

_WRITES = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}
_EQUALS = re.compile(r"([#\w]+) = (:\w+)")


@dataclass(frozen=True)
class Index:
    """An index of a table: its partition key, and the attributes that are copied into it."""

    name: str
    key: str
    copied: frozenset[str]

    def view(self, item: Item) -> Item | None:
        """Return what of an item the index has, or None where it is not in it."""
        if self.key not in item:
            return None
        return {name: value for name, value in item.items() if name in self.copied}


@dataclass(frozen=True)
class Shape:
    """A table: its partition key, all of its primary key, and its indexes."""

    logical_id: str
    key: str
    primary: Sequence[str]
    indexes: Sequence[Index]


@dataclass
class Touches:
    """Stands before botocore while it is on, and notes the keys that each request touches.

    A write touches a key of an index where it changes what the index has of the item: the key
    that the item had there, and the one that it gets.
    """

    send: Send
    deployment: Deployment
    is_on: bool = False
    requests: list[frozenset[Key]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read the tables' keys out of the template."""
        self._shapes = {
            self.deployment.resources[table.logical_id]["Ref"]: _shape(
                table.logical_id, table.definition
            )
            for table in self.deployment.template.tables()
        }

    def __call__(self, client: BaseClient, operation: str, arguments: dict[str, Any]) -> object:
        """Send the request on, and note what it touches."""
        if not self.is_on or client.meta.service_model.service_name != "dynamodb":
            return self.send(client, operation, arguments)
        written = list(_written(operation, arguments))
        before = [self._stored(table, key) for table, key in self._keys(written)]
        answer = self.send(client, operation, arguments)
        after = [self._stored(table, key) for table, key in self._keys(written)]
        touched = set(self._of_indexes(written, before, after))
        touched |= {self._of_table(table, part) for table, part in written}
        touched |= set(self._read(operation, arguments))
        self.requests.append(frozenset(touched))
        return answer

    def _keys(self, written: Sequence[tuple[str, Item]]) -> Iterator[tuple[str, Item]]:
        for table, part in written:
            yield table, {name: part[name] for name in self._shapes[table].primary}

    def _stored(self, table: str, key: Item) -> Item:
        return self.deployment.item(table, key)

    def _of_table(self, table: str, item: Item) -> Key:
        shape = self._shapes[table]
        return Key(shape.logical_id, _plain(item[shape.key]))

    def _of_indexes(
        self, written: Sequence[tuple[str, Item]], before: Sequence[Item], after: Sequence[Item]
    ) -> Iterator[Key]:
        for (table, _), old, new in zip(written, before, after, strict=True):
            shape = self._shapes[table]
            for index in shape.indexes:
                if index.view(old) != index.view(new):
                    place = f"{shape.logical_id}/{index.name}"
                    items = (item for item in (old, new) if index.key in item)
                    yield from (Key(place, _plain(item[index.key])) for item in items)

    def _read(self, operation: str, arguments: Mapping[str, Any]) -> Iterator[Key]:
        if operation == "GetItem":
            yield self._of_table(arguments["TableName"], arguments["Key"])
        elif operation == "BatchGetItem":
            for table, wanted in arguments["RequestItems"].items():
                yield from (self._of_table(table, key) for key in wanted["Keys"])
        elif operation == "Query":
            yield self._queried(arguments)
        elif operation == "Scan":
            yield Key(self._shapes[arguments["TableName"]].logical_id, EVERY)
        elif operation not in {*_WRITES, "TransactWriteItems"}:
            raise NotImplementedError(operation)

    def _queried(self, arguments: Mapping[str, Any]) -> Key:
        shape = self._shapes[arguments["TableName"]]
        place, attribute = shape.logical_id, shape.key
        if name := arguments.get("IndexName"):
            (index,) = (one for one in shape.indexes if one.name == name)
            place, attribute = f"{place}/{name}", index.key
        names = arguments.get("ExpressionAttributeNames", {})
        (value,) = (
            arguments["ExpressionAttributeValues"][value]
            for name, value in _EQUALS.findall(arguments["KeyConditionExpression"])
            if names.get(name, name) == attribute
        )
        return Key(place, _plain(value))


def _written(operation: str, arguments: Mapping[str, Any]) -> Iterator[tuple[str, Item]]:
    """Yield the table of each part that writes, or checks, and an item that has its key."""
    parts = (
        arguments["TransactItems"]
        if operation == "TransactWriteItems"
        else [{_WRITES[operation]: arguments}]
        if operation in _WRITES
        else []
    )
    for part in parts:
        (request,) = part.values()
        yield request["TableName"], request.get("Key") or request["Item"]


def _shape(logical_id: str, definition: Mapping[str, Any]) -> Shape:
    primary = [part["AttributeName"] for part in definition["KeySchema"]]
    declared = definition.get("GlobalSecondaryIndexes", ())
    return Shape(logical_id, primary[0], primary, [_index(it, primary) for it in declared])


def _index(declared: Mapping[str, Any], primary: Sequence[str]) -> Index:
    keys = [part["AttributeName"] for part in declared["KeySchema"]]
    # none has them all
    others = declared["Projection"].get("NonKeyAttributes", ())
    return Index(declared["IndexName"], keys[0], frozenset((*primary, *keys, *others)))


def _plain(value: Mapping[str, Any]) -> str:
    (text,) = value.values()
    return str(text)
