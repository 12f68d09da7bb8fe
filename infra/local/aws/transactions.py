"""The embedded DynamoDB's transactions as those of AWS are: sent twice, they are done once.

moto does not look at the token by which DynamoDB knows a resend, so that the second try of a
transaction whose answer was late fails on the conditions that the first one made untrue. And it
copies whole tables before each, which makes answers late as soon as there are a few hundred people.
"""

import copy
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from werkzeug import Request

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
        self._answers: dict[str, tuple[tuple[Any, ...], list[bytes]]] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Pass a request on, unless it is a transaction that has been done."""
        if environ.get("HTTP_X_AMZ_TARGET") != TRANSACT_WRITE_ITEMS:
            return self._application(environ, start_response)
        body = Request(environ).get_data()
        environ["wsgi.input"] = io.BytesIO(body)
        token = json.loads(body).get("ClientRequestToken")
        started, answer = self._answers.get(token) or self._answered(environ)
        # one that came to nothing may be tried again
        if token and started[0].startswith("200"):
            self._answers[token] = started, answer
            if len(self._answers) > REMEMBERED:
                del self._answers[next(iter(self._answers))]
        start_response(*started)
        return answer

    def _answered(self, environ: "WSGIEnvironment") -> tuple[tuple[Any, ...], list[bytes]]:
        started: list[tuple[Any, ...]] = []

        def start(*arguments: Any) -> Callable[[bytes], object]:  # noqa: ANN401 - WSGI's own
            started.append(arguments)
            return lambda _: None

        body = list(self._application(environ, start))
        return started[-1], body


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
    before.items = defaultdict(
        dict,
        {
            # below a partition lie its items, and where there is no sort key, the item itself
            partition: below.copy() if table.range_key_attr else below
            for partition, below in table.items.items()
        },
    )
    if shard := table.stream_shard:
        before.stream_shard = copy.copy(shard)
        before.stream_shard.items = list(shard.items)
        before.stream_shard.table = before
    # moto changes an item where it lies: the table has a copy from here on
    for partition, sort in keys:
        if sort is None and partition in table.items:
            table.items[partition] = copy.deepcopy(table.items[partition])
        elif sort is not None and sort in table.items.get(partition, {}):
            table.items[partition][sort] = copy.deepcopy(table.items[partition][sort])
    return before
