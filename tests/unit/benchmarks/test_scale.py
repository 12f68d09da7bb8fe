"""What the benchmark of scale makes of its figures."""

import pytest

from benchmarks import scale
from benchmarks.scale import Taken

FEW = Taken(requests=3, read_units=2, write_units=5.5, milliseconds=10)


@pytest.mark.parametrize(
    "many",
    [
        Taken(requests=4, read_units=2, write_units=5.5, milliseconds=10),
        Taken(requests=3, read_units=2.5, write_units=5.5, milliseconds=10),
        Taken(requests=3, read_units=1, write_units=6, milliseconds=10),
    ],
)
def test_call_that_takes_more_of_dynamodb_grows(many: Taken) -> None:
    table = {"GET /one": {1: FEW, 10: FEW, 100: many}, "GET /other": {1: FEW, 10: FEW, 100: FEW}}

    assert scale.growing(table) == ["GET /one"]


def test_call_that_takes_less_or_longer_does_not_grow() -> None:
    longer = Taken(requests=3, read_units=1, write_units=5.5, milliseconds=1000)

    assert scale.growing({"GET /one": {1: FEW, 100: longer}}) == []


def test_each_figure_is_a_row_of_its_own() -> None:
    table = {"GET /one": {1_000: FEW, 100_000: FEW}}

    rows = list(scale.rows(table))

    assert len({(row.what, row.unit) for row in rows}) == len(rows) == 8
    assert {(row.group, row.of) for row in rows} == {
        ("`GET /one`", "1,000 accounts"),
        ("`GET /one`", "100,000 accounts"),
    }
    assert [row.value for row in rows[:4]] == [3, 2, 5.5, 10]


def test_only_lists_may_grow() -> None:
    assert {endpoint.method for endpoint in scale.LISTS} == {"GET"}
    assert all("{" not in endpoint.path for endpoint in scale.LISTS)
