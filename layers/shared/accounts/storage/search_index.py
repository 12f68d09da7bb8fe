"""The index that people are searched in, and the order that they came in.

An item for each word of an account, and one for when it was made. They are a part of the
transaction that makes or moves the account, so the index has exactly the words of those that
are there. Beside them lies how far the accounts have been entered that were there before it.
"""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from accounts import settings, words
from accounts.storage import places
from accounts.storage.dynamodb import IntegerAttribute, Table
from accounts.storage.shards import Order
from accounts.storage.tables import User
from accounts.storage.transactions import Change, Delete, Put

# longer than the first letters of words
_MADE = "made"


class SearchEntry(Table):
    """That an account has a word, or that it was made at a time."""

    table_setting = "search_words_table"
    table_section = staticmethod(settings.search)

    class Meta:
        table_name = ""

    # the shard, and the first letters of the word
    beginning = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class IndexState(Table):
    """How far an index has come; ``position`` is the id of the account entered last."""

    table_setting = "search_words_table"
    table_section = staticmethod(settings.search)
    # no shard is called that
    BEGINNING = "state"

    class Meta:
        table_name = ""

    beginning = UnicodeAttribute(hash_key=True)
    # the rules that words are made by
    place = UnicodeAttribute(range_key=True)
    position = IntegerAttribute(null=True)
    is_complete = BooleanAttribute()


def added(user: User) -> Sequence[Change]:
    """Return the changes that enter an account; it is to be stored with its places, set here."""
    user.shard = places.shard(user.id)
    user.last_log_in = user.last_log_in or places.by_time(None, user.id)
    return [Put(entry) for entry in entries(user)]


def removed(user: User) -> Sequence[Change]:
    """Return the changes that take an account out."""
    return [Delete(entry) for entry in entries(user)]


def moved(user: User, *, name: str | None = None, email: str | None = None) -> Sequence[Change]:
    """Return the changes that follow a change of the account's name or its address."""
    before = words.indexed(user.name, user.email)
    after = words.indexed(name or user.name, email or user.email)
    return [
        *(Delete(_of_word(word, user.id)) for word in sorted(before - after)),
        *(Put(_of_word(word, user.id)) for word in sorted(after - before)),
    ]


def entries(user: User) -> Sequence[SearchEntry]:
    """Return the entries that an account has."""
    found = sorted(words.indexed(user.name, user.email))
    return [_of_time(user.created_at, user.id), *(_of_word(word, user.id) for word in found)]


def by_word(word: str) -> Order:
    """Return the order of the accounts that have words with the first letters of this one."""
    return Order(SearchEntry.query, SearchEntry.place, lambda shard: _beginning(shard, word))


def by_creation() -> Order:
    """Return the order of all accounts by when they were made."""
    return Order(SearchEntry.query, SearchEntry.place, lambda shard: f"{shard}#{_MADE}")


def by_last_log_in() -> Order:
    """Return the order of all accounts by when somebody last logged in to them."""
    return Order(User.by_last_log_in.query, User.last_log_in, lambda shard: shard)


def _of_word(word: str, user_id: int) -> SearchEntry:
    beginning = _beginning(places.shard(user_id), word)
    return SearchEntry(beginning=beginning, place=places.by_word(word, user_id))


def _of_time(moment: datetime, user_id: int) -> SearchEntry:
    beginning = f"{places.shard(user_id)}#{_MADE}"
    return SearchEntry(beginning=beginning, place=places.by_time(moment, user_id))


def _beginning(shard: str, word: str) -> str:
    return f"{shard}#{word[: words.SHORTEST]}"
