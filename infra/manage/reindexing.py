"""Making the search index anew: every account entered, and what is no account's taken out."""

from collections.abc import Iterator, Mapping, Sequence

from accounts.access import indexing
from accounts.storage import places, search_index
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.search_index import IndexState, SearchEntry
from accounts.storage.tables import User
from accounts.storage.transactions import Check, Delete, retried, write
from infra.manage.progress import Advance

# BatchGetItem's limit
PAGE = 100


def reindex(advance: Advance, at_a_time: int) -> int:
    """Enter every account, and return how many entries there were that belong to none.

    ``advance`` is told of each account and of each entry that is looked at; ``at_a_time`` are the
    transactions. Search goes on meanwhile, and to do it again changes nothing.

    Raises:
        UnavailableError: DynamoDB did not answer; to call again goes on.
    """
    indexing.enter_all(advance, at_a_time)
    count = 0
    for entries in _pages():
        users = _owners(entries)
        for entry in entries:
            if not _belongs(entry, users.get(_owner(entry))):
                count += retried(lambda entry=entry: _take_out(entry))  # type: ignore[misc] # mypy does not infer defaults
        advance(len(entries))
    return count


def _pages() -> Iterator[Sequence[SearchEntry]]:
    results = SearchEntry.scan(page_size=PAGE, consistent_read=True)
    while True:
        with unavailable_on_failure():
            page = next(results.page_iter)
        entries = [SearchEntry.from_raw_data(item) for item in page["Items"]]
        yield [entry for entry in entries if entry.beginning != IndexState.BEGINNING]
        if "LastEvaluatedKey" not in page:
            return


def _owner(entry: SearchEntry) -> int:
    return places.user_id(entry.place)


def _owners(entries: Sequence[SearchEntry]) -> Mapping[int, User]:
    with unavailable_on_failure():
        found = User.batch_get({_owner(entry) for entry in entries}, consistent_read=True)
        return {user.id: user for user in found}


def _belongs(entry: SearchEntry, user: User | None) -> bool:
    own = search_index.entries(user) if user else ()
    return entry.key() in {one.key() for one in own}


def _take_out(entry: SearchEntry) -> bool:
    user = User.find(_owner(entry))
    if _belongs(entry, user):
        # somebody came to it meanwhile
        return False
    if user is None:
        is_as_read = Check(User(id=_owner(entry)), User.id.does_not_exist())
    else:
        is_as_read = Check(user, User.version == user.version)
    write(is_as_read, Delete(entry))
    return True
