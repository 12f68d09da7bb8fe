"""Keeping count of who holds which role."""

from collections import Counter
from itertools import product

import pytest

from accounts.access.role_holders import Holding, KeepsAdministrator, holder_count_changes
from accounts.storage.tables import Role
from accounts.storage.transactions import ConditionFailedError, write
from tests.support.deployment import Deployment

COUNTED = ("administrator", "gardener", "helper")
UNCOUNTED = ("methodist", "read_only", "service")
HOLDINGS = (
    None,
    *(Holding(role, active) for role in (*COUNTED, "read_only") for active in (True, False)),
)


@pytest.fixture
def counts(stack: Deployment) -> dict[str, tuple[int, int]]:
    """Every counted role is held by five, of whom three are active."""
    for name in COUNTED:
        Role(
            name=name,
            title_en="",
            title_ru="",
            permissions=[],
            builtin=False,
            holders=5,
            active_holders=3,
        ).save()
    return dict.fromkeys(COUNTED, (5, 3))


def _counted(name: str) -> tuple[int, int]:
    role = Role.get(name)
    return role.holders, role.active_holders


def _part(holding: Holding | None, name: str) -> Counter[str]:
    holds = holding is not None and holding.role == name
    return Counter(held=int(holds), active=int(holds and holding is not None and holding.active))


@pytest.mark.parametrize(("before", "after"), list(product(HOLDINGS, HOLDINGS)), ids=str)
def test_counts_follow_every_move(
    counts: dict[str, tuple[int, int]], before: Holding | None, after: Holding | None
) -> None:
    if changes := holder_count_changes(before, after):
        write(*changes)

    for name, (held, active) in counts.items():
        was, is_now = _part(before, name), _part(after, name)
        assert _counted(name) == (
            held + is_now["held"] - was["held"],
            active + is_now["active"] - was["active"],
        )


@pytest.mark.parametrize("holding", HOLDINGS, ids=str)
def test_who_stays_where_they_are_changes_nothing(holding: Holding | None) -> None:
    assert list(holder_count_changes(holding, holding)) == []


@pytest.mark.parametrize(("before", "after"), list(product(UNCOUNTED, UNCOUNTED)))
def test_other_built_in_roles_are_not_counted(before: str, after: str) -> None:
    for was, is_now in product((True, False), (True, False)):
        assert list(holder_count_changes(Holding(before, was), Holding(after, is_now))) == []
    assert list(holder_count_changes(None, Holding(after, active=True))) == []


@pytest.mark.parametrize("after", [None, Holding("administrator", active=False)], ids=str)
@pytest.mark.parametrize("other", ["read_only", "gardener"])
def test_last_active_administrator_stays(
    counts: dict[str, tuple[int, int]], after: Holding | None, other: str
) -> None:
    Role(name="administrator").update([Role.active_holders.set(1)])

    for moved_to in (after, Holding(other, active=True)):
        with pytest.raises(ConditionFailedError) as raised:
            write(*holder_count_changes(Holding("administrator", active=True), moved_to))
        assert [isinstance(c, KeepsAdministrator) for c in raised.value.failed] == [True]
    assert _counted("administrator") == (5, 1)
    assert _counted("gardener") == (5, 3)


def test_administrator_who_is_not_active_may_go(counts: dict[str, tuple[int, int]]) -> None:
    Role(name="administrator").update([Role.active_holders.set(1)])

    write(*holder_count_changes(Holding("administrator", active=False), None))

    assert _counted("administrator") == (4, 1)


def test_last_holder_of_another_role_may_go(counts: dict[str, tuple[int, int]]) -> None:
    Role(name="gardener").update([Role.holders.set(1), Role.active_holders.set(1)])

    write(*holder_count_changes(Holding("gardener", active=True), None))

    assert _counted("gardener") == (0, 0)


@pytest.mark.parametrize("active", [True, False])
def test_role_that_is_gone_is_not_counted_into_being(stack: Deployment, active: bool) -> None:
    for before, after in (
        (None, Holding("ghost", active)),
        (Holding("ghost", active), None),
        (Holding("read_only", active), Holding("ghost", active)),
    ):
        with pytest.raises(ConditionFailedError):
            write(*holder_count_changes(before, after))
    assert Role.find("ghost") is None


def test_role_that_was_never_counted_begins_at_nothing(stack: Deployment) -> None:
    Role(name="old", title_en="", title_ru="", permissions=[], builtin=False).save()
    Role(name="old").update([Role.holders.remove(), Role.active_holders.remove()])

    write(*holder_count_changes(None, Holding("old", active=True)))

    assert _counted("old") == (1, 1)


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (Holding("administrator", active=True), None, True),
        (Holding("administrator", active=True), Holding("administrator", active=False), True),
        (Holding("administrator", active=False), None, False),
        (None, Holding("administrator", active=True), False),
        (Holding("gardener", active=True), None, False),
    ],
)
def test_only_what_takes_an_active_administrator_away_keeps_one(
    before: Holding | None, after: Holding | None, kept: bool
) -> None:
    (change,) = holder_count_changes(before, after)

    assert isinstance(change, KeepsAdministrator) is kept
