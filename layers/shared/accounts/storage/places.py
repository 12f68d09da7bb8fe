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
    time = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}" if moment else ""
    return f"{time}{_MARK}{user_id:016}"


def moment(place: str) -> datetime | None:
    """Return the time that a place by time tells."""
    time = place.partition(_MARK)[0]
    return datetime.fromisoformat(time) if time else None


def word(place: str) -> str:
    """Return the word that a place by word is for."""
    return place.rpartition(_MARK)[0]


def user_id(place: str) -> int:
    """Return the id of the account that has a place."""
    return int(place.rpartition(_MARK)[2])
