"""Where accounts stand in an order: by a word or a time, and among equals by their ids.

An order is in shards, so that no key of DynamoDB is written to with every account.
"""

from datetime import UTC, datetime

SHARDS = tuple("0123456789abcdef")
# sorts before letters and digits, and stands in no word and no time
_MARK = "#"


def shard(user_id: int) -> str:
    """Return the shard that an account is in, in each order."""
    return SHARDS[user_id % len(SHARDS)]


def by_word(word: str, user_id: int) -> str:
    """Return the place of an account among those that have words."""
    return f"{word}{_MARK}{user_id:016}"


def by_time(moment: datetime | None, user_id: int) -> str:
    """Return the place of an account among those that have times; without one it comes first."""
    return f"{time(moment) if moment else ''}{_MARK}{user_id:016}"


def time(moment: datetime) -> str:
    """Return a time as text that sorts as times do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(place: str) -> datetime | None:
    """Return the time that a place by time tells."""
    text = place.partition(_MARK)[0]
    return datetime.fromisoformat(text) if text else None


def word(place: str) -> str:
    """Return the word that a place by word is for."""
    return place.rpartition(_MARK)[0]


def user_id(place: str) -> int:
    """Return the id of the account that has a place."""
    return int(place.rpartition(_MARK)[2])
