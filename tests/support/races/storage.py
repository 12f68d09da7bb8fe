"""The tables themselves, past the service: read whole, and put back as they were."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import urllib3

# what DynamoDB takes in one BatchWriteItem
_BATCH = 25
# DynamoDB Local lets in everybody who shows something of this form
_AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=x/20200101/x/dynamodb/aws4_request, Signature=x"

Item = Mapping[str, Any]
# by table, then by key as JSON
Content = Mapping[str, Mapping[str, Item]]


@dataclass(frozen=True)
class Storage:
    """The tables of a DynamoDB Local. ``keys`` has the names of their key attributes.

    They are read thousands of times, and boto3 would take ten times as long.
    """

    url: str
    keys: Mapping[str, tuple[str, ...]]
    _pool: urllib3.PoolManager = field(default_factory=urllib3.PoolManager)

    def read(self, names: Iterable[str] | None = None) -> Content:
        """Return every item of every table, read consistently, in DynamoDB's own notation.

        Or of the tables with these ``names`` only.
        """
        wanted = self.keys if names is None else names
        return {name: {self._key(name, item): item for item in self._scan(name)} for name in wanted}

    def restore(self, content: Content, now: Content | None = None) -> None:
        """Bring the tables back to ``content``; ``now`` is what is in them, where that is known."""
        changes = list(self._changes(self.read() if now is None else now, content))
        for start in range(0, len(changes), _BATCH):
            request: dict[str, list[Mapping[str, Any]]] = {}
            for name, change in changes[start : start + _BATCH]:
                request.setdefault(name, []).append(change)
            answer = self._call("BatchWriteItem", {"RequestItems": request})
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
        request: dict[str, Any] = {"TableName": name, "ConsistentRead": True}
        while True:
            answer = self._call("Scan", request)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:  # a page holds 1 MB
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _key(self, name: str, item: Item) -> str:
        return json.dumps([item[part] for part in self.keys[name]])

    def _call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        headers = {
            "authorization": _AUTHORIZATION,
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": f"DynamoDB_20120810.{operation}",
        }
        answer = self._pool.request("POST", self.url, body=json.dumps(request), headers=headers)
        assert answer.status == 200, answer.data
        content: dict[str, Any] = answer.json()
        return content
