"""The embedded DynamoDB's transactions as those of AWS are: sent twice, they are done once.

moto does not look at the token by which DynamoDB knows a resend, so that the second try of a
transaction whose answer was late fails on the conditions that the first one made untrue. And it
copies whole tables before each, which makes answers late as soon as there are a few hundred people.
"""

import copy
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from werkzeug import Response

from infra.local.server import body_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TRANSACT_WRITE_ITEMS = "DynamoDB_20120810.TransactWriteItems"
# resends follow within seconds
REMEMBERED = 1_000

_Key = tuple[DynamoType, DynamoType | None]
_transact_write_items = DynamoDBBackend.transact_write_items


class Resends:
    """The DynamoDB of ``application``, which answers a transaction's resend as its first try."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self._done: dict[str, Response] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Pass a request on, unless it is a transaction that has been done."""
        if environ.get("HTTP_X_AMZ_TARGET") != TRANSACT_WRITE_ITEMS:
            return self._application(environ, start_response)
        token = json.loads(body_of(environ)).get("ClientRequestToken")
        answer = self._done.get(token) or Response.from_app(
            self._application, environ, buffered=True
        )
        # one that came to nothing may be tried again
        if token and answer.status_code == 200:  # noqa: PLR2004 - OK
            self._done[token] = answer
            if len(self._done) > REMEMBERED:
                del self._done[next(iter(self._done))]
        return answer(environ, start_response)


@contextmanager
def quick_transactions() -> Iterator[None]:
    """Have moto copy the items that a transaction touches, and no others, while the context lasts.

    Only where one request is answered at a time.
    """
    with patch.object(DynamoDBBackend, "transact_write_items", _transact):
        yield


def _transact(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    def copied(value: Any) -> Any:  # noqa: ANN401 - a table, or an item
        if not isinstance(value, Table):
            return copy.deepcopy(value)
        return _before(value, [_key(value, write) for write in _writes(value, transact_items)])

    with patch.object(models, "copy", SimpleNamespace(deepcopy=copied)):
        _transact_write_items(self, transact_items)


def _writes(table: Table, items: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for item in items:
        for write in item.values():
            if write.get("TableName") == table.name:
                yield write


def _key(table: Table, write: Mapping[str, Any]) -> _Key:
    names = write.get("Key") or write["Item"]
    sort = table.range_key_attr
    return DynamoType(names[table.hash_key_attr]), DynamoType(names[sort]) if sort else None


def _before(table: Table, keys: Sequence[_Key]) -> Table:
    """Return the table as it is, of whose items those with these keys alone will be changed."""
    before = copy.copy(table)
    before.items = table.items.copy()
    if shard := table.stream_shard:
        before.stream_shard = copy.copy(shard)
        before.stream_shard.items = list(shard.items)
        before.stream_shard.table = before
    # moto changes partitions and items where they lie: the table has copies from here on
    for partition, sort in keys:
        if partition in table.items and sort is None:
            table.items[partition] = copy.deepcopy(table.items[partition])
        elif partition in table.items:
            items = table.items[partition] = table.items[partition].copy()
            if sort in items:
                items[sort] = copy.deepcopy(items[sort])
    return before
