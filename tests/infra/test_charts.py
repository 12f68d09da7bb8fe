"""Charts of bars."""

import re
from xml.etree import ElementTree

import pytest

from infra.docs.charts import CHARACTER, LABEL, WIDTH, Bar, bars

SVG = "{http://www.w3.org/2000/svg}"


def _drawn(chart: str, kind: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(chart).iter(f"{SVG}{kind}"))  # noqa: S314 - our own


def test_bars_are_as_long_as_what_they_stand_for() -> None:
    chart = bars("Starts", [Bar("ours", [50], "50 ms"), Bar("theirs", [100, 100], "200 ms")])

    one, first, second = (float(rect.attrib["width"]) for rect in _drawn(chart, "rect"))
    assert first == second == 2 * one
    assert first > WIDTH / 4


def test_pieces_follow_one_another() -> None:
    first, second = _drawn(bars("Starts", [Bar("theirs", [100, 300], "400 ms")]), "rect")

    assert float(second.attrib["x"]) == float(first.attrib["x"]) + float(first.attrib["width"])
    assert first.attrib["fill"] != second.attrib["fill"]


def test_what_is_said_is_written_out() -> None:
    chart = bars("Starts & stops", [Bar("a < b", [1], "1 ms")], ["init"])

    texts = [text.text for text in _drawn(chart, "text")]
    assert texts == ["Starts & stops", "init", "a < b", "1 ms"]


def test_spread_stays_within_the_picture() -> None:
    chart = bars("Starts", [Bar("ours", [50], "50 ms", low=40, high=100)])

    (spread,) = _drawn(chart, "path")
    low, high = (float(x) for x in re.findall(r"[MH]([\d.]+)", spread.attrib["d"]))
    assert (high - LABEL) / (low - LABEL) == pytest.approx(100 / 40, rel=0.01)
    assert high < WIDTH


@pytest.mark.parametrize("told", ["1 ms", "3 read units, 31 write units"])
def test_what_is_said_at_a_bar_stays_within_the_picture(told: str) -> None:
    chart = bars("Units", [Bar("longest", [34], told), Bar("short", [30], "0 " * 30)])

    for text in _drawn(chart, "text")[2::2]:
        assert float(text.attrib["x"]) + CHARACTER * len(text.text or "") < WIDTH


@pytest.mark.parametrize("given", [[], [Bar("none", [0], "0")], [Bar("all", [1] * 9, "9")]])
def test_what_cannot_be_drawn_is_refused(given: list[Bar]) -> None:
    with pytest.raises(ValueError, match="Starts"):
        bars("Starts", given)
