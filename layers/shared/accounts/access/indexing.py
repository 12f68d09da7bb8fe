"""Entering the accounts into the search index that were there before it.

A run that stops goes on where it was. Accounts that are made, moved or deleted meanwhile see to
their own entries, and one that changes while it is entered is read again.
"""

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from accounts.errors import SearchIncompleteError
from accounts.storage import search_index
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.search_index import IndexState
from accounts.storage.tables import User
from accounts.storage.transactions import (
    LARGEST_TRANSACTION,
    Change,
    ConditionFailedError,
    Put,
    Update,
    retried,
    write,
)

# another one with each change of what words are, or of which an account is found by
REVISION = "1"
PAGE = 500
# transactions; botocore keeps ten connections
AT_A_TIME = 8


@functools.cache
def require_complete() -> None:
    """Return if every account is entered; that is looked up until it is so.

    Raises:
        SearchIncompleteError: not yet.
        UnavailableError: DynamoDB did not answer.
    """
    if not _state().is_complete:
        raise SearchIncompleteError


def enter_new(seconds: float) -> None:
    """Enter accounts for about so long, unless all are in.

    Raises:
        UnavailableError: DynamoDB did not answer; to call again goes on.
    """
    state = _state()
    if not state.is_complete:
        ends_at = time.monotonic() + seconds
        _enter_from(state, lambda _: time.monotonic() < ends_at, AT_A_TIME)


def enter_all(advance: Callable[[int], object], at_a_time: int) -> None:
    """Enter all accounts, also those that are in, for that may be under the words of before.

    ``advance`` is told of each page how many are on it; ``at_a_time`` are the transactions.

    Raises:
        UnavailableError: DynamoDB did not answer; to call again goes on.
    """

    def tell(count: int) -> bool:
        advance(count)
        return True

    _enter_from(_state(), tell, at_a_time)


def _enter_from(state: IndexState, goes_on: Callable[[int], bool], at_a_time: int) -> None:
    with ThreadPoolExecutor(at_a_time) as threads:
        for users, position in _pages(state.position):
            batches = list(_batches(users))
            # each thread goes on with this one's origin, and the time that it has
            contexts = [copy_context() for _ in batches]
            list(threads.map(lambda context, some: context.run(_enter, some), contexts, batches))
            state.position = position
            state.is_complete = state.is_complete or position is None
            write(Put(state))
            if not goes_on(len(users)):
                return


def _pages(position: int | None) -> Iterator[tuple[Sequence[User], int | None]]:
    start = {"id": {"N": str(position)}} if position is not None else None
    results = User.scan(consistent_read=True, page_size=PAGE, last_evaluated_key=start)
    while True:
        with unavailable_on_failure():
            page = next(results.page_iter)
        end = page.get("LastEvaluatedKey")
        users = [User.from_raw_data(item) for item in page["Items"]]
        yield users, int(end["id"]["N"]) if end else None
        if not end:
            return


def _batches(users: Iterable[User]) -> Iterator[Sequence[User]]:
    """Yield as many accounts at a time as one transaction enters."""
    batch: list[User] = []
    size = 0
    for user in users:
        own = 1 + len(search_index.entries(user))
        if size + own > LARGEST_TRANSACTION:
            yield batch
            batch, size = [], 0
        batch.append(user)
        size += own
    if batch:
        yield batch


def _enter(batch: Sequence[User]) -> None:
    try:
        write(*(change for user in batch for change in _entering(user)))
    except ConditionFailedError:
        # one of them has changed meanwhile
        for user in batch:
            retried(lambda user_id=user.id: _enter_as_of_now(user_id))  # type: ignore[misc] # mypy does not infer defaults


def _enter_as_of_now(user_id: int) -> None:
    user = User.find(user_id)
    if user is not None:
        write(*_entering(user))


def _entering(user: User) -> Sequence[Change]:
    entries = search_index.added(user)
    placed = [User.shard.set(user.shard), User.last_log_in.set(user.last_log_in)]
    return [Update(user, User.version == user.version, placed), *entries]


def _state() -> IndexState:
    state = IndexState.find(IndexState.BEGINNING, REVISION)
    if state is None:
        # nobody is entered yet
        state = IndexState(beginning=IndexState.BEGINNING, place=REVISION, is_complete=False)
    return state
