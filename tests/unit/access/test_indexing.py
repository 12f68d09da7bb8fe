"""Accounts from before there was a search index, after the next deployment."""

from collections.abc import Callable

import pytest

from accounts.access import indexing, migration, new_accounts
from accounts.errors import SearchIncompleteError, UnavailableError
from accounts.storage import places, search_index
from accounts.storage.search_index import IndexState, SearchEntry
from accounts.storage.tables import User
from infra.manage import reindexing
from tests.support.deployment import Deployment
from tests.support.desk import settle

OLD = 12


def _forget_index() -> None:
    for entry in SearchEntry.scan():
        entry.delete()
    for user in User.scan():
        user.update([User.shard.remove(), User.last_log_in.remove()])


@pytest.fixture(autouse=True)
def _old_accounts(stack: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some accounts of an earlier version, and pages of a few of them."""
    for number in range(OLD):
        settle(f"old{number}@example.com")
    _forget_index()
    indexing.require_complete.cache_clear()
    monkeypatch.setattr(indexing, "PAGE", 5)
    # moto does one thing at a time
    monkeypatch.setattr(indexing, "AT_A_TIME", 1)


def _entered() -> set[tuple[str, ...]]:
    keys = {entry.key() for entry in SearchEntry.scan()}
    return {key for key in keys if key[0] != IndexState.BEGINNING}


def _exact() -> set[tuple[str, ...]]:
    return {entry.key() for user in User.scan() for entry in search_index.entries(user)}


def test_deployment_enters_everybody() -> None:
    migration.migrate()

    assert _entered() == _exact()
    indexing.require_complete()


def test_who_is_entered_has_a_place_in_the_order_by_last_log_in() -> None:
    migration.migrate()

    orders = {(user.shard, user.last_log_in) for user in User.scan()}
    assert orders == {(places.shard(u.id), places.by_time(None, u.id)) for u in User.scan()}


def test_until_everybody_is_in_search_says_so() -> None:
    with pytest.raises(SearchIncompleteError):
        indexing.require_complete()

    indexing.enter_new(0)

    with pytest.raises(SearchIncompleteError):
        indexing.require_complete()
    assert 0 < len(_entered()) < len(_exact())


def test_run_that_stopped_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    indexing.enter_new(0)
    first = {user.id for user in User.scan() if user.shard}
    seen: list[int] = []
    _meanwhile(monkeypatch, lambda user: seen.append(user.id))

    indexing.enter_new(60)

    assert len(first) == 5
    assert first.isdisjoint(seen)
    assert _entered() == _exact()
    indexing.require_complete()


def test_deployment_of_what_is_complete_reads_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    indexing.enter_new(60)
    monkeypatch.setattr(User, "scan", None)

    indexing.enter_new(60)


def test_account_that_is_renamed_meanwhile_is_entered_as_it_is_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def rename(user: User) -> None:
        fresh = User.get(user.id)
        fresh.update([User.name.set("Renamed"), User.version.add(1)])

    _meanwhile(monkeypatch, rename)

    indexing.enter_new(60)

    assert _entered() == _exact()
    assert {user.name for user in User.scan()} == {"Renamed"}


def test_account_that_is_deleted_meanwhile_is_not_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    _meanwhile(monkeypatch, lambda user: user.delete())

    indexing.enter_new(60)

    assert _entered() == set()


def test_run_that_dynamodb_breaks_off_is_completed_by_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_user: User) -> None:
        raise UnavailableError("DynamoDB")

    with monkeypatch.context() as patch:
        _meanwhile(patch, fail)
        with pytest.raises(UnavailableError):
            indexing.enter_new(60)

    indexing.enter_new(60)

    assert _entered() == _exact()


def test_reindexing_puts_right_whatever_is_wrong() -> None:
    indexing.enter_new(60)
    lost, wrong, *_ = User.scan()
    for entry in search_index.entries(lost):
        entry.delete()
    user = new_accounts.new_user("nobody@example.com", "Nobody", "read_only", None)
    user.id = 17
    for entry in search_index.entries(user):
        entry.save()
    SearchEntry(beginning=f"{wrong.shard}#st", place=places.by_word("stale", wrong.id)).save()
    looked_at: list[int] = []

    taken_out = reindexing.reindex(looked_at.append, 1)

    assert taken_out == len(search_index.entries(user)) + 1
    assert _entered() == _exact()
    assert sum(looked_at) >= len(_exact())
    assert reindexing.reindex(looked_at.append, 1) == 0


def test_search_goes_on_while_everybody_is_entered_again() -> None:
    indexing.enter_new(60)
    seen = []

    def advance(_count: int) -> None:
        indexing.require_complete.cache_clear()
        indexing.require_complete()
        seen.append(1)

    indexing.enter_all(advance, 1)

    assert seen


def _meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[User], object]) -> None:
    """Have something happen to each account once, between when it is read and entered."""
    enter, done = search_index.added, set()

    def added(user: User) -> object:
        if user.id not in done:
            done.add(user.id)
            happens(user)
        return enter(user)

    monkeypatch.setattr(search_index, "added", added)
