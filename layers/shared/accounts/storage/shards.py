"""Orders that many write to at once: spread over the keys of some shards, and read as one.

DynamoDB takes a thousand small writes a second for one key, so as many thousand as there are
shards. A page costs as many queries, however much there is in the order.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, NamedTuple

from pynamodb.expressions.condition import Condition
from pynamodb.pagination import ResultIterator

from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.places import SHARDS

# botocore keeps ten connections
_AT_A_TIME = 8
# sort before all places, and behind whatever one may go on with
_FIRST = "#"
_LAST = "\U0010ffff"

# a raw item of DynamoDB's
Item = Mapping[str, Mapping[str, Any]]


class Order(NamedTuple):
    """A spread order: what queries it, the attribute that has the places, and each shard's key."""

    query: Callable[..., ResultIterator[Any]]
    place: Any
    key_of: Callable[[str], str | int]

    def place_of(self, item: Item) -> str:
        """Return the place of an item."""
        text: str = item[self.place.attr_name]["S"]
        return text


class Span(NamedTuple):
    """The part of an order that is wanted, with the places at both ends.

    ``after`` is the place of what was read last, and is itself not wanted again.
    """

    first: str
    last: str
    is_descending: bool = False
    after: str | None = None

    @classmethod
    def beginning_with(cls, text: str, after: str | None) -> "Span":
        """Return the part whose places begin with a text."""
        return cls(text, text + _LAST, after=after)

    @classmethod
    def whole(cls, *, is_descending: bool, after: str | None) -> "Span":
        """Return the whole order."""
        return cls(_FIRST, _LAST, is_descending, after)

    @property
    def bounds(self) -> tuple[str, str]:
        """Return the places between which to read."""
        if self.after is None:
            return self.first, self.last
        return (self.first, self.after) if self.is_descending else (self.after, self.last)


class Stretch(NamedTuple):
    """What comes next in an order, and the place up to which it was read: None is its end."""

    items: Sequence[Item]
    read_to: str | None


def read(
    order: Order,
    span: Span,
    each: int,
    condition: Condition | None = None,
    shards: Sequence[str] = SHARDS,
) -> Stretch:
    """Return what comes next in a span: ``each`` of every shard, as far as that goes together.

    Those items are left out that do not fulfil ``condition``.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    # each thread goes on with this one's request, and the time that it has
    contexts = [copy_context() for _ in shards]

    def read_one(context: Any, name: str) -> Stretch:  # noqa: ANN401
        found: Stretch = context.run(read_shard, order, name, span, each, condition)
        return found

    with ThreadPoolExecutor(_AT_A_TIME) as threads:
        stretches = list(threads.map(read_one, contexts, shards))
    return _together(order, span, stretches)


def read_shard(
    order: Order, name: str, span: Span, each: int, condition: Condition | None = None
) -> Stretch:
    """Return what comes next in one shard of a span.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    first, last = span.bounds
    if first > last:
        return Stretch((), None)
    with unavailable_on_failure():
        results = order.query(
            order.key_of(name),
            order.place.between(first, last),
            filter_condition=condition,
            scan_index_forward=not span.is_descending,
            # what is not wanted again may be among them
            page_size=each + 1,
        )
        # what is read at once, where the iterator itself would go on to the end
        page = next(results.page_iter)
    end = page.get("LastEvaluatedKey")
    return Stretch(page["Items"], order.place_of(end) if end else None)


def _together(order: Order, span: Span, stretches: Sequence[Stretch]) -> Stretch:
    ends = [stretch.read_to for stretch in stretches if stretch.read_to is not None]
    # beyond the nearest of them, one shard has not told yet what comes next
    read_to = (max if span.is_descending else min)(ends, default=None)
    items = [
        item
        for stretch in stretches
        for item in stretch.items
        if order.place_of(item) != span.after
        and _is_read(order.place_of(item), read_to, is_descending=span.is_descending)
    ]
    items.sort(key=order.place_of, reverse=span.is_descending)
    return Stretch(items, read_to)


def _is_read(place: str, read_to: str | None, *, is_descending: bool) -> bool:
    if read_to is None:
        return True
    return place >= read_to if is_descending else place <= read_to
