"""The export of the trail: every hour, what can no longer change, as files that are chained.

A file ends at a full hour, or after so many events. Its number is its name, and it is written if
there is none of that name: so of two runs at once one writes it and the other goes on from it, as
does the run after one that died. An event that got into the index late is in a later file.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from accounts import clock, invocation, logs, metrics, settings
from accounts.credentials import kms
from accounts.events import trail_archive
from accounts.events.trail_files import BrokenFileError, TrailFile
from accounts.storage import audit, event_orders, places, shards, trail_heads
from accounts.storage.shards import Item, Span
from accounts.storage.trail_heads import Head

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# after which an event is in the index
_SETTLED_AFTER = timedelta(minutes=15)
# that is looked through again for one which was not. AWS takes no request of a clock that is five
# minutes off, and the index has never been said to be hours behind
LOOK_BACK = timedelta(hours=2)
MOST_EVENTS = 5000
# of a run; the next one goes on
MOST_FILES = 20
# that one takes at most
_FILE_SECONDS = 30
# of each shard at once
_EACH = 400


def handler(_event: dict[str, Any], context: "LambdaContext") -> None:
    """Write the files that are due; what fails is done by the next run."""
    invocation.begin(context)
    metrics.begin()
    try:
        files = export()
    except Exception as error:  # noqa: BLE001 - the outermost frame: Lambda's retry would fail alike
        logs.crash(error)
        logs.exported("failed")
    else:
        logs.exported("done", files=files)


def export() -> int:
    """Write the files that are due, as many as one run may, and return how many it wrote.

    Raises:
        BrokenFileError: one that was written of late is not as it was.
        UnavailableError: DynamoDB, KMS or S3 did not answer.
    """
    head = trail_heads.find() or _beginning()
    until = places.time(_settled())
    written = 0
    while head.until < until and written < MOST_FILES and invocation.has_time(_FILE_SECONDS):
        # what a run has written itself, it has just read
        late = () if written else _late(head)
        file = _next(head, until, late)
        if trail_archive.put(file):
            written += 1
        else:
            file = _found(head)
        head = file.head
        trail_heads.move(head)
    return written


def _beginning() -> Head:
    # of what is older, nothing is kept
    oldest = clock.now() - timedelta(days=settings.current().audit_days)
    return Head(0, None, places.time(oldest))


def _settled() -> datetime:
    # to the hour, so that a run that is repeated finds nothing to do
    return (clock.now() - _SETTLED_AFTER).replace(minute=0, second=0, microsecond=0)


def _next(head: Head, until: str, late: Sequence[Item]) -> TrailFile:
    due = list(islice(_between(head.until, until), MOST_EVENTS + 1))
    if len(due) > MOST_EVENTS:
        until = event_orders.place_of(due.pop())
    return TrailFile.written(
        head, until, event_orders.in_full(late), event_orders.in_full(due), _sign
    )


def _found(head: Head) -> TrailFile:
    """Return the file after ``head`` that another run has written, perhaps the one that died.

    Raises:
        BrokenFileError: it is not one of ours.
    """
    file = trail_archive.read(head.number + 1)
    # the first began where the trail did when it was written
    since = head.until if head.number else file.statement.since
    file.require_after(head._replace(until=since))
    file.require_signed(_public_key())
    return file


def _late(head: Head) -> Sequence[Item]:
    """Return the events of shortly before the end of ``head`` that are in no file."""
    if not head.number:
        return ()
    first = places.time(event_orders.moment(head.until) - LOOK_BACK)
    known = _exported(first, head)
    return [
        item for item in _between(first, head.until) if event_orders.place_of(item) not in known
    ]


def _exported(first: str, head: Head) -> set[str]:
    """Return the ids of the events in ``head`` and those before it that end after ``first``.

    Raises:
        BrokenFileError: one of them is not as it was written.
    """
    found: set[str] = set()
    while head.number and head.until > first:
        file = trail_archive.read(head.number)
        if file.head != head:
            raise BrokenFileError(f"file {head.number} was changed")
        found.update(file.ids())
        head = file.head_before
    return found


def _between(first: str, last: str) -> Iterator[Item]:
    """Yield the events of accounts from one place until before another, in their order."""
    for month in sorted(event_orders.months(first, last)):
        after: str | None = None
        while True:
            span = Span(first, last, after=after)
            found = shards.read(event_orders.of_month(month), span, _EACH)
            yield from (item for item in found.items if _is_wanted(item, last))
            if found.read_to is None:
                break
            after = found.read_to


def _is_wanted(item: Item, last: str) -> bool:
    # below zero is what concerns no account, which the trail itself forgets within the hour
    return event_orders.place_of(item) < last and int(item["user_id"]["N"]) >= audit.NOBODY


def _sign(message: bytes) -> bytes:
    return kms.sign(message, settings.trail().trail_key_id, "ES256")


def _public_key() -> EllipticCurvePublicKey:
    key = load_der_public_key(kms.public_key(settings.trail().trail_key_id))
    return cast(EllipticCurvePublicKey, key)
