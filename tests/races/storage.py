"""The tables themselves, past the service: read whole, and put back as they were."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# what DynamoDB takes in one BatchWriteItem
_BATCH = 25

Item = Mapping[str, Any]
# by table, then by key as JSON
Content = Mapping[str, Mapping[str, Item]]


@dataclass(frozen=True)
class Storage:
    """Some tables of a DynamoDB. ``keys`` has the names of their key attributes."""

    client: "DynamoDBClient"
    keys: Mapping[str, tuple[str, ...]]

    def read(self) -> Content:
        """Return every item of every table, read consistently, in DynamoDB's own notation."""
        return {name: {self._key(name, item): item for item in self._scan(name)} for name in self.keys}

    def restore(self, content: Content) -> None:
        """Bring the tables back to ``content``."""
        changes = list(self._changes(self.read(), content))
        for start in range(0, len(changes), _BATCH):
            request: dict[str, Any] = {}
            for name, change in changes[start : start + _BATCH]:
                request.setdefault(name, []).append(change)
            answer = self.client.batch_write_item(RequestItems=request)
            assert not answer["UnprocessedItems"]

    def _changes(self, now: Content, then: Content) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for name, names in self.keys.items():
            for key, item in now[name].items():
                if key not in then[name]:
                    yield name, {"DeleteRequest": {"Key": {part: item[part] for part in names}}}
            for key, item in then[name].items():
                if now[name].get(key) != item:
                    yield name, {"PutRequest": {"Item": item}}

    def _scan(self, name: str) -> Iterator[Item]:
        for page in self.client.get_paginator("scan").paginate(TableName=name, ConsistentRead=True):
            yield from page["Items"]

    def _key(self, name: str, item: Item) -> str:
        return json.dumps([item[part] for part in self.keys[name]])
