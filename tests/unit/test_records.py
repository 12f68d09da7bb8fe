"""Records are made as dataclasses are, but for what costs a cold start."""

from dataclasses import fields, replace
from typing import Any, ClassVar

import pytest

from accounts.records import Record


class Point(Record, kw_only=False):
    x: int
    y: int = 2
    unit: ClassVar[str] = "m"


class Place(Point):
    name: str


def test_record_is_made_by_place_and_by_name() -> None:
    assert vars(Point(1)) == {"x": 1, "y": 2}
    assert vars(Point(1, y=3)) == {"x": 1, "y": 3}
    assert Point(1).unit == "m"


def test_members_keep_their_order_those_of_the_base_first() -> None:
    assert [*vars(Place(name="here", y=3, x=1))] == ["x", "y", "name"]
    assert [field.name for field in fields(Place)] == ["x", "y", "name"]


def test_copy_differs_in_what_is_named() -> None:
    place = Place(x=1, name="here")

    assert vars(replace(place, y=4)) == {"x": 1, "y": 4, "name": "here"}
    assert vars(place) == {"x": 1, "y": 2, "name": "here"}


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        ((), {"y": 1}),
        ((1,), {"x": 1}),
        ((1, 2, 3), {}),
        ((1,), {"z": 1}),
    ],
)
def test_what_does_not_make_a_record_is_refused(
    values: tuple[Any, ...], named: dict[str, Any]
) -> None:
    with pytest.raises(TypeError, match="Point is made of x, y"):
        Point(*values, **named)


def test_record_shows_nothing_of_itself() -> None:
    assert "secret" not in repr(Place(x=1, name="secret"))
