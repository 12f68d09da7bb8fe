"""All-or-nothing writes.

A write goes through a transaction, even of a single item: botocore gives a transaction a client
token, so a resend after a lost reply succeeds instead of failing its own condition. But it costs
twice as much: what is written all day long is not (:func:`write_alone`).
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from secrets import SystemRandom
from typing import ClassVar, TypeVar

from pynamodb.exceptions import CancellationReason, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from accounts import aws
from accounts.errors import UnavailableError
from accounts.parallel import together
from accounts.records import Record
from accounts.storage.dynamodb import Table, connect, unavailable_on_failure

_Done = TypeVar("_Done")

ATTEMPTS = 8
FIRST_BACKOFF_SECONDS = 0.025
LONGEST_BACKOFF_SECONDS = 0.4
# items, a limit of DynamoDB's
LARGEST_TRANSACTION = 100

_RETRIABLE = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "None"}
)


class Change(Record, kw_only=False):
    """One item's part in a transaction, done only if ``condition`` holds."""

    item: Table
    condition: Condition | None = None

    # PynamoDB sends the parts sorted by kind; the reasons for a refusal come in that order
    rank: ClassVar[int]

    def add_to(self, transaction: TransactWrite) -> None:
        """Make this a part of ``transaction``."""
        raise NotImplementedError


class Check(Change, kw_only=False):
    """Only the condition: the item stays as it is."""

    rank = 0

    def add_to(self, transaction: TransactWrite) -> None:
        """Make this a part of ``transaction``."""
        hash_key, range_key = self.item.key()
        transaction.condition_check(type(self.item), hash_key, range_key, condition=self.condition)


class Delete(Change, kw_only=False):
    """Remove the item, which may be gone already."""

    rank = 1

    def add_to(self, transaction: TransactWrite) -> None:
        """Make this a part of ``transaction``."""
        transaction.delete(self.item, condition=self.condition)


class Put(Change, kw_only=False):
    """Write the item as it is here."""

    rank = 2

    def add_to(self, transaction: TransactWrite) -> None:
        """Make this a part of ``transaction``."""
        transaction.save(self.item, condition=self.condition)


class Update(Change, kw_only=False):
    """Apply ``actions`` to the item with this key."""

    actions: Sequence[Action] = ()

    rank = 3

    def add_to(self, transaction: TransactWrite) -> None:
        """Make this a part of ``transaction``."""
        transaction.update(self.item, actions=list(self.actions), condition=self.condition)


class Beside(Update, kw_only=False):
    """An update that goes out with the transaction, but by itself.

    Neither waits for the other or depends on it, and it costs half: for counts. If its condition
    does not hold, it is not done.
    """


class ConditionFailedError(Exception):
    """The transaction did nothing, because the conditions of ``failed`` did not hold."""

    def __init__(self, failed: Sequence[Change]) -> None:
        super().__init__([type(change.item).__name__ for change in failed])
        self.failed = failed


def write(*changes: Change) -> None:
    """Do all of ``changes`` or none, but for those :class:`Beside` them.

    A collision with another transaction is retried, as a new transaction, a bounded number of
    times; a failed condition is not.

    Raises:
        ConditionFailedError: a condition did not hold; nothing was written.
        UnavailableError: DynamoDB did not answer, or the collisions did not end.
    """
    beside = [change for change in changes if isinstance(change, Beside)]
    as_one = [change for change in changes if not isinstance(change, Beside)]
    as_one.sort(key=lambda change: change.rank)

    def all_of_them() -> None:
        _until_it_meets_no_other(lambda: _commit(as_one))

    if beside:
        together(all_of_them, lambda: _write_each(beside))
    else:
        all_of_them()


def write_alone(change: Update) -> None:
    """Do one update by itself, for half of what it costs in a transaction.

    If a reply is lost, the resend meets what the first one did: so this is for conditions that
    bear that, or for who can tell that it was them (:func:`write` needs neither).

    Raises:
        ConditionFailedError: the condition did not hold; nothing was written, but for the above.
        UnavailableError: DynamoDB did not answer, or the collisions did not end.
    """
    _until_it_meets_no_other(lambda: _update(change))


def retried(act: Callable[[], _Done]) -> _Done:
    """Run a read-decide-write, again when it loses a race, a bounded number of times.

    Raises:
        UnavailableError: others kept changing the same things.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return act()
        except ConditionFailedError:
            back_off(attempt)
    raise UnavailableError


def back_off(attempt: int) -> None:
    """Sleep before retry number ``attempt`` (from 1): exponential, with full jitter."""
    longest = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2**attempt)
    # Python's own generator would be in step in all copies of a snapshot (Lambda's SnapStart)
    time.sleep(SystemRandom().uniform(0, longest))


class _CollisionError(Exception):
    """The write met a transaction, or a limit, as the text says; it may be tried anew."""


def _write_each(changes: Sequence[Beside]) -> None:
    for change in changes:
        with contextlib.suppress(ConditionFailedError):
            write_alone(change)


def _until_it_meets_no_other(act: Callable[[], None]) -> None:
    reason = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            back_off(attempt)
        try:
            with unavailable_on_failure():
                act()
                return
        except _CollisionError as collision:
            reason = str(collision)
    raise UnavailableError("DynamoDB", reason)


def _update(change: Update) -> None:
    try:
        change.item.update_alone(change.actions, change.condition)
    except UpdateError as error:
        code = aws.code(error.cause)
        if code == "ConditionalCheckFailedException":
            raise ConditionFailedError([change]) from error
        if code == "TransactionConflictException":
            raise _CollisionError(code) from error
        raise


def _commit(changes: Sequence[Change]) -> None:
    try:
        with TransactWrite(connection=connect()) as transaction:
            for change in changes:
                change.add_to(transaction)
    except TransactWriteError as error:
        reasons = error.cancellation_reasons
        codes = {reason.code for reason in reasons if reason}
        if "ConditionalCheckFailed" in codes:
            raise ConditionFailedError(_failed(changes, reasons)) from error
        if codes and codes <= _RETRIABLE:
            raise _CollisionError(" ".join(sorted(codes - {"None"}))) from error
        raise


def _failed(
    changes: Sequence[Change], reasons: Sequence[CancellationReason | None]
) -> Sequence[Change]:
    pairs = zip(changes, reasons, strict=True)
    return [c for c, reason in pairs if reason and reason.code == "ConditionalCheckFailed"]
