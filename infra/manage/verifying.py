"""Verifying an exported trail: that no file and no event is missing, changed or added."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from accounts import clock
from accounts.events import trail_export
from accounts.events.trail_files import (
    BrokenFileError,
    Statement,
    TrailFile,
    name_of,
    number_of,
)
from accounts.storage import event_orders, places
from accounts.storage.trail_heads import Head
from infra.manage.progress import Advance
from infra.manage.trail_sources import Source

# two runs of the export may fail before anybody has to hear of it
_OVERDUE_AFTER = timedelta(hours=3, minutes=30)


class BrokenTrailError(Exception):
    """The trail is not whole: the first file that shows it, and how."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(f"{file}: {why}")
        self.file = file
        self.why = why


@dataclass(frozen=True)
class Whole:
    """What was verified: the files from ``first`` to ``last``, and the events in them."""

    first: int
    last: int
    files: int
    events: int
    late: int
    since: str
    until: str


def verify(
    source: Source,
    key: EllipticCurvePublicKey,
    first: int,
    newest: Head | None,
    names: Sequence[str],
    advance: Advance,
) -> Whole:
    """Return what is there, if it is whole from the file ``first`` on.

    ``newest`` is the file that has to be there at least, as far as somebody else knows of one;
    ``names`` are those of the source, found out after that.

    Raises:
        BrokenTrailError: it is not.
    """
    walk = _Walk(first)
    for name in names:
        number = number_of(name)
        if number is None:
            raise BrokenTrailError(name, "it is no file of the trail")
        if number < first:
            continue
        if number != walk.next_number:
            raise BrokenTrailError(name_of(walk.next_number), "it is missing")
        try:
            walk.take(TrailFile.read(source.read(name)), key, newest)
        except BrokenFileError as error:
            raise BrokenTrailError(name, str(error)) from error
        advance(1)
    if newest and newest.number >= walk.next_number:
        why = f"it is missing, as are all after it: {newest.number:,} were written"
        raise BrokenTrailError(name_of(walk.next_number), why)
    if not walk.statements:
        raise BrokenTrailError(name_of(first), "it is missing, as are all")
    return _whole(walk.statements)


def require_recent(whole: Whole) -> None:
    """Return if the newest file is as new as it should be.

    Raises:
        BrokenTrailError: it is older, so that the export has stopped.
    """
    if clock.now() - event_orders.moment(whole.until) > _OVERDUE_AFTER:
        raise BrokenTrailError(name_of(whole.last + 1), "it is overdue: the export does not go on")


@dataclass
class _Walk:
    """The way through the files, with what was found so far."""

    first: int
    head: Head | None = None
    statements: list[Statement] = field(default_factory=list)
    # the ends and the ids of those files in which a late event could be already
    _recent: deque[tuple[str, frozenset[str]]] = field(default_factory=deque)

    @property
    def next_number(self) -> int:
        return self.head.number + 1 if self.head else self.first

    def take(self, file: TrailFile, key: EllipticCurvePublicKey, newest: Head | None) -> None:
        """Go on to the next file.

        Raises:
            BrokenFileError: it is not as it was written.
        """
        file.require_signed(key)
        file.require_after(self.head or self._before_first(file))
        file.require_ordered()
        self._require_once(file)
        self.head = file.head
        if newest and newest.number == self.head.number and newest != self.head:
            raise BrokenFileError("it is another than was noted when it was written")
        self.statements.append(file.statement)

    def _before_first(self, file: TrailFile) -> Head:
        stated = file.statement
        before = stated.before if self.first > 1 else None
        return Head(self.first - 1, before, stated.since)

    def _require_once(self, file: TrailFile) -> None:
        since, ids = file.statement.since, file.ids()
        oldest = places.time(event_orders.moment(since) - trail_export.LOOK_BACK)
        while self._recent and self._recent[0][0] <= oldest:
            self._recent.popleft()
        late = set(ids[: file.statement.late])
        if any(late & known for _, known in self._recent):
            raise BrokenFileError("an event in it is in a file before it already")
        self._recent.append((file.statement.until, frozenset(ids)))


def _whole(statements: Sequence[Statement]) -> Whole:
    first, last = statements[0], statements[-1]
    return Whole(
        first=first.number,
        last=last.number,
        files=len(statements),
        events=sum(stated.count for stated in statements),
        late=sum(stated.late for stated in statements),
        since=first.since,
        until=last.until,
    )
