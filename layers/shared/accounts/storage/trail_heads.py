"""Up to where the trail is exported, in a table that only the function which exports it writes.

So that the newest files do not go missing unnoticed, as no file tells of those after it.
"""

from typing import NamedTuple

from pynamodb.attributes import UnicodeAttribute

from accounts import settings
from accounts.storage.dynamodb import IntegerAttribute, Table
from accounts.storage.transactions import ConditionFailedError, Put, write


class Head(NamedTuple):
    """The newest file: its number, the SHA-256 of all of it, and the place in the trail it ends at.

    Before the first file the number is 0, and there is no digest.
    """

    number: int
    digest: str | None
    until: str


class TrailHead(Table):
    """The newest file of a bucket."""

    table_section = staticmethod(settings.trail)
    table_setting = "trail_heads_table"

    class Meta:
        table_name = ""

    bucket = UnicodeAttribute(hash_key=True)
    number = IntegerAttribute()
    digest = UnicodeAttribute()
    until = UnicodeAttribute()


def find() -> Head | None:
    """Return the newest file of this deployment's bucket, or None before the first.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    item = TrailHead.find(settings.trail().trail_bucket)
    return Head(item.number, item.digest, item.until) if item else None


def move(head: Head) -> None:
    """Note that ``head`` is the newest file, unless another run has done so.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    item = TrailHead(bucket=settings.trail().trail_bucket)
    item.number, item.digest, item.until = head.number, str(head.digest), head.until
    is_next = TrailHead.number == head.number - 1
    try:
        write(Put(item, is_next if head.number > 1 else TrailHead.bucket.does_not_exist()))
    except ConditionFailedError:
        # there is but one file of each number, so it is noted already
        return
