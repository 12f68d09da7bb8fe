"""Bringing a table back to what another one holds: the same table, restored to an earlier second.

The stack knows its tables by name, and AWS restores under a new one. So what differs is brought
over into the table itself, which keeps its name, its indexes and its settings, and may stay
protected against deletion. To do it again changes nothing, so an interrupted run is repeated.
Nobody else may write to the table meanwhile.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from infra.manage.problems import RefusedError
from infra.manage.progress import Advance

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# parts of a table that are gone through at a time
PARTS = 8
# BatchGetItem's limit, and so the size of a page
PAGE = 100
# BatchWriteItem's
WRITES = 25
ATTEMPTS = 10
PAUSE_SECONDS = 0.2
SETS = ("SS", "NS", "BS")

# an item, or its key, in DynamoDB's own notation
Item = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Differences:
    """How many items are the same in both, are missing here or other, and are not in the source."""

    same: int = 0
    other: int = 0
    newer: int = 0

    def __add__(self, more: "Differences") -> "Differences":
        """Return the sum."""
        return Differences(self.same + more.same, self.other + more.other, self.newer + more.newer)


def restore(table: str, source: str, advance: Advance, *, apply: bool) -> Differences:
    """Return how ``table`` differs from ``source``; with ``apply`` also do away with it.

    ``advance`` is told of each item looked at in either.

    Raises:
        RefusedError: the two are one, or have not the same keys.
        BotoCoreError, ClientError: DynamoDB did not answer; what is done stays done.
    """
    if table == source:
        raise RefusedError("A table cannot be restored from itself.")
    tables = _Tables(table, source, advance, apply=apply)
    with ThreadPoolExecutor(PARTS) as threads:
        brought = sum(threads.map(tables.bring_over, range(PARTS)), Differences())
        return sum(threads.map(tables.take_away, range(PARTS)), brought)


def empty(table: str, advance: Advance) -> int:
    """Delete every item of a table and return how many there were.

    Raises:
        BotoCoreError, ClientError: DynamoDB did not answer; what is gone stays gone.
    """
    client = _client()
    names = _key_names(client, table)
    count = 0
    for page in _pages(client, table, 0, 1):
        _write(client, table, [_deletion(item, names) for item in page])
        advance(len(page))
        count += len(page)
    return count


class _Tables:
    def __init__(self, table: str, source: str, advance: Advance, *, apply: bool) -> None:
        self._client = _client()
        self._table = table
        self._source = source
        self._advance = advance
        self._apply = apply
        self._names = _key_names(self._client, table)
        if _key_names(self._client, source) != self._names:
            raise RefusedError(f"{source} has other keys than {table}: is it of another table?")

    def bring_over(self, part: int) -> Differences:
        """Put what is missing in the table, or is other than in the source."""
        found = Differences()
        for page in _pages(self._client, self._source, part, PARTS):
            here = self._read(self._table, page)
            other = [item for item in page if not _same(here.get(self._key(item)), item)]
            self._write([{"PutRequest": {"Item": item}} for item in other])
            self._advance(len(page))
            found += Differences(same=len(page) - len(other), other=len(other))
        return found

    def take_away(self, part: int) -> Differences:
        """Delete what is in the table and not in the source."""
        found = Differences()
        for page in _pages(self._client, self._table, part, PARTS):
            there = self._read(self._source, page)
            newer = [item for item in page if self._key(item) not in there]
            self._write([_deletion(item, self._names) for item in newer])
            self._advance(len(page))
            found += Differences(newer=len(newer))
        return found

    def _key(self, item: Item) -> str:
        return json.dumps([item[name] for name in self._names])

    def _read(self, table: str, page: Sequence[Item]) -> Mapping[str, Item]:
        """Return those items of a table that have the same keys as the page's, by key."""
        return {
            self._key(item): item
            for item in _read(self._client, table, [_only(item, self._names) for item in page])
        }

    def _write(self, requests: list[dict[str, Any]]) -> None:
        if self._apply:
            _write(self._client, self._table, requests)


def _client() -> "DynamoDBClient":
    retries: Any = {"total_max_attempts": ATTEMPTS, "mode": "standard"}
    return boto3.client("dynamodb", config=Config(retries=retries, max_pool_connections=PARTS))


def _key_names(client: "DynamoDBClient", table: str) -> tuple[str, ...]:
    schema = client.describe_table(TableName=table)["Table"]["KeySchema"]
    return tuple(key["AttributeName"] for key in schema)


def _only(item: Item, names: Iterable[str]) -> Item:
    return {name: item[name] for name in names}


def _deletion(item: Item, names: Iterable[str]) -> dict[str, Any]:
    return {"DeleteRequest": {"Key": _only(item, names)}}


def _pages(client: "DynamoDBClient", table: str, part: int, parts: int) -> Iterator[Sequence[Item]]:
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        ConsistentRead=True,
        Segment=part,
        TotalSegments=parts,
        PaginationConfig={"PageSize": PAGE},
    )
    for page in pages:
        if page["Items"]:
            yield page["Items"]


def _read(client: "DynamoDBClient", table: str, keys: Sequence[Item]) -> Iterator[Item]:
    asked: Any = {table: {"Keys": keys, "ConsistentRead": True}}
    while asked:
        answer = client.batch_get_item(RequestItems=asked)
        yield from answer["Responses"].get(table, [])
        asked = answer["UnprocessedKeys"]
        if asked:
            time.sleep(PAUSE_SECONDS)


def _write(client: "DynamoDBClient", table: str, requests: list[dict[str, Any]]) -> None:
    for start in range(0, len(requests), WRITES):
        asked: Any = {table: requests[start : start + WRITES]}
        while asked:
            asked = client.batch_write_item(RequestItems=asked)["UnprocessedItems"]
            if asked:
                time.sleep(PAUSE_SECONDS)


def _same(one: Item | None, other: Item) -> bool:
    return one is not None and _in_order(one) == _in_order(other)


def _in_order(item: Item) -> dict[str, Any]:
    """Return an item whose sets are in order; DynamoDB gives them in any."""
    return {
        name: {kind: sorted(it) if kind in SETS else it for kind, it in value.items()}
        for name, value in item.items()
    }
