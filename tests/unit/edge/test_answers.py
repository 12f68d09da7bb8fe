"""How answers are written out, and read off what the service knows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest

from accounts.edge import answers
from accounts.edge.view import View

NOON = datetime(2024, 1, 1, 12, 0, 0, 999_999, tzinfo=UTC)


class Part(View):
    """A part of an answer."""

    name: str
    note: str | None = None


class Whole(View):
    """An answer with one of everything."""

    number: int
    part: Part
    parts: Sequence[Part]
    texts: Mapping[str, str]
    at: datetime


class Nothing(View):
    """An answer that says nothing."""


def _whole(at: datetime = NOON) -> Whole:
    part = Part(name="Зоя")
    return Whole(
        number=2**53 - 1, part=part, parts=(part, Part(name="b", note="c")), texts={}, at=at
    )


def test_answer_is_written_in_the_order_of_its_members_without_what_is_none() -> None:
    assert answers.text_of(_whole()) == (
        '{"number":9007199254740991,"part":{"name":"Зоя"},'
        '"parts":[{"name":"Зоя"},{"name":"b","note":"c"}],'
        '"texts":{},"at":"2024-01-01T12:00:00Z"}'
    )


def test_time_is_told_in_utc_to_the_second() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert json.loads(answers.text_of(_whole(east)))["at"] == "2024-01-01T12:00:00Z"


@pytest.mark.parametrize("content", [None, Nothing()])
def test_nothing_is_an_empty_body(content: View | None) -> None:
    assert answers.text_of(content) == ""


@pytest.mark.parametrize("value", [{"a"}, b"a", object()], ids=["set", "bytes", "object"])
def test_what_json_has_no_form_of_is_not_told(value: object) -> None:
    class Odd(View):
        member: object

    with pytest.raises(TypeError, match="cannot tell of a"):
        answers.text_of(Odd(member=value))


@dataclass(frozen=True)
class Known:
    """What the service knows, which is more than the answer says."""

    name: str
    secret: str


def test_view_reads_the_attributes_of_its_names_and_no_others() -> None:
    part = Part.from_attributes(Known(name="a", secret="b"))

    assert answers.text_of(part) == '{"name":"a"}'


def test_view_in_a_view_is_read_off_as_well() -> None:
    class Outer(View):
        part: Part

    outer = Outer.from_attributes(SimpleNamespace(part=Known(name="a", secret="b")))

    assert answers.text_of(outer) == '{"part":{"name":"a"}}'


def test_view_is_not_read_off_what_lacks_a_member() -> None:
    with pytest.raises(TypeError, match="name"):
        Part.from_attributes(SimpleNamespace(note="c"))


def test_view_does_not_represent_what_it_holds() -> None:
    assert "secret" not in repr(Part(name="secret"))
