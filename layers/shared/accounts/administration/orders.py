"""Accounts in the order of the words that they are found by, or of a time.

Such an order is in shards (:mod:`accounts.storage.shards`), and a page is read from all of them.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from accounts import words
from accounts.access import indexing
from accounts.administration.pages import LOOKED_AT, Wanted
from accounts.storage import places, search_index, shards, users
from accounts.storage.shards import Order, Span
from accounts.storage.tables import User

# of each shard: that many take no more of DynamoDB's units than one, and sixteen times as many
# make a page, all but surely
_EACH = 25

_Position = dict[str, Any] | None


class _Reading(NamedTuple):
    """What to read, and whether to show an account that is found at a place; ``word`` is its word.

    An account has several words, and may be found at more than one place.
    """

    order: Order
    span: Span
    is_shown: Callable[[str, User], bool]
    word: str | None = None


def read(wanted: Wanted, limit: int, start: _Position) -> tuple[Sequence[User], _Position]:
    """Return up to ``limit`` accounts from ``start`` on, and where the next page begins.

    Raises:
        SearchIncompleteError: not everybody is in the order yet.
        UnavailableError: DynamoDB did not answer.
    """
    indexing.require_complete()
    reading = _searched(wanted.search, start) if wanted.search else _sorted(wanted, start)
    stretch = shards.read(reading.order, reading.span, _EACH)
    found = [reading.order.place_of(item) for item in stretch.items]
    shown: list[User] = []
    for place, user in _accounts(found[:LOOKED_AT], limit):
        if wanted.has(user) and reading.is_shown(place, user):
            shown.append(user)
        if len(shown) == limit:
            return shown, _position(reading, place if place != found[-1] else stretch.read_to)
    end = found[LOOKED_AT - 1] if len(found) > LOOKED_AT else stretch.read_to
    return shown, _position(reading, end)


def _accounts(found: Sequence[str], at_a_time: int) -> Iterator[tuple[str, User]]:
    """Yield the places that were found with their accounts, but for those deleted meanwhile."""
    for first in range(0, len(found), at_a_time):
        some = found[first : first + at_a_time]
        there = {user.id: user for user in users.find_many(list(map(places.user_id, some)))}
        for place in some:
            if user := there.get(places.user_id(place)):
                yield place, user


def _position(reading: _Reading, end: str | None) -> _Position:
    return {"after": end, "word": reading.word} if end is not None else None


def _sorted(wanted: Wanted, start: _Position) -> _Reading:
    by_time = {
        "created_at": search_index.by_creation,
        "last_log_in": search_index.by_last_log_in,
    }
    span = Span.whole(is_descending=wanted.is_descending, after=start["after"] if start else None)
    return _Reading(by_time[wanted.sort or ""](), span, lambda _place, _user: True)


def _searched(text: str, start: _Position) -> _Reading:
    asked = words.of_text(text)
    word = start["word"] if start else _rarest(asked)

    def is_shown(place: str, user: User) -> bool:
        own = words.of_account(user.name, user.email)
        if not all(any(one.startswith(begins) for one in own) for begins in asked):
            return False
        # at the first of the places where it is found
        indexed = words.indexed(user.name, user.email)
        return places.word(place) == min((w for w in indexed if w.startswith(word)), default=None)

    after = start["after"] if start else None
    return _Reading(search_index.by_word(word), Span.beginning_with(word, after), is_shown, word)


def _rarest(asked: Sequence[str]) -> str:
    """Return the word to look up: that which the fewest have, as far as one shard tells."""
    long_enough = {word for word in asked if len(word) >= words.SHORTEST}
    if len(long_enough) == 1:
        return long_enough.pop()

    def rarity(word: str) -> tuple[int, int, str]:
        span = Span.beginning_with(word, after=None)
        probed = shards.read_shard(search_index.by_word(word), places.SHARDS[0], span, _EACH)
        return len(probed.items), -len(word), word

    return min(long_enough, key=rarity)
