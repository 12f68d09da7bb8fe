"""The limits that docs/scale.md simulates."""

import random

import pytest

from benchmarks import walls
from benchmarks.throttles import (
    Bucket,
    Concurrency,
    OnDemand,
    Partitions,
    Wall,
    poisson,
    refused_share,
)


@pytest.fixture
def chance() -> random.Random:
    """The same chance in every run."""
    return random.Random(1)  # noqa: S311 - it simulates chance


def _refused(wall: Wall, *arriving: int) -> list[float]:
    return [round(wall.refused({"call": many}), 3) for many in arriving]


def test_bucket_lends_what_was_left_before() -> None:
    wall = Bucket({"call": 1}, rate=100, burst=50)

    assert _refused(wall, 200, 200, 0, 150, 150) == [0.25, 0.5, 0, 0, 0.333]


def test_bucket_counts_what_each_call_takes() -> None:
    wall = Bucket({"call": 4, "other": 100}, rate=100)

    assert _refused(wall, 50) == [0.5]


def test_function_grows_until_the_account_has_no_more() -> None:
    wall = Concurrency({"call": 0.5}, account=250, growth_a_second=100)

    assert _refused(wall, 1_000, 1_000, 1_000, 1_000, 200) == [0.8, 0.6, 0.5, 0.5, 0]


def test_table_doubles_while_more_is_asked_for_than_it_has() -> None:
    wall = OnDemand({"call": 1}, initial=100, doubles_in_seconds=2, quota=300)

    assert _refused(wall, 400, 100, 400, 400, 400, 400, 400) == [
        0.75,
        0,
        0.75,
        0.5,
        0.5,
        0.25,
        0.25,
    ]


def test_keys_are_never_asked_evenly(chance: random.Random) -> None:
    wall = Partitions({"call": 1}, count=10, units=100, chance=chance)

    # as many as there is room for, were they spread evenly
    assert 0 < wall.refused({"call": 1_000}) < 0.1


def test_one_key_gives_what_one_key_gives(chance: random.Random) -> None:
    wall = Partitions({"call": 1}, count=1, units=100, chance=chance)

    assert wall.refused({"call": 10_000}) == pytest.approx(0.99, abs=0.001)


@pytest.mark.parametrize("mean", [0, 0.5, 12, 1_000])
def test_arrivals_are_as_many_as_said_on_average(mean: float, chance: random.Random) -> None:
    arrived = [poisson(chance, mean) for _ in range(5_000)]

    assert sum(arrived) / 5_000 == pytest.approx(mean, rel=0.03, abs=0.001)


def test_share_is_of_all_that_came(chance: random.Random) -> None:
    share = refused_share(Bucket({"call": 1}, rate=500), {"call": 1_000}, 60, chance)

    assert share == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("mix", [walls.RUSH, walls.DAY], ids=["rush", "day"])
def test_a_limit_refuses_at_rates_above_its_own_alone(mix: dict[str, float]) -> None:
    rows = [row.split(" | ") for row in walls.table(mix).splitlines()[2:]]

    assert len(rows) >= 7
    for row in rows:
        highest = float(row[2].replace(",", ""))
        assert (row[3] == "–") == (highest > 10), row
        assert row[5] != "–" or highest > 100_000, row
