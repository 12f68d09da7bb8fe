"""What benchmarks leave behind."""

from pathlib import Path

import pytest

from benchmarks import results
from benchmarks.results import Row
from infra.local import ROOT


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    rows = (
        Row("who-am-I, ours", "ms", 1.2, low=1.1, high=1.4, rounds=5, group="who-am-I", of="ours"),
        Row("layer", "MB", 43.6),
    )

    results.write(tmp_path / "deep" / "warm_calls.json", "warm_calls", rows)

    result = results.read("warm_calls", tmp_path / "deep")
    assert result is not None
    assert result.rows == rows
    assert result.grouped("who-am-I") == rows[:1]


@pytest.mark.parametrize(
    ("values", "quartiles"),
    [
        ([3.0], (3.0, 3.0, 3.0)),
        ([5.0, 1.0, 3.0, 2.0, 4.0], (2.0, 3.0, 4.0)),
        ([1.23456, 1.23456], (1.235, 1.235, 1.235)),
    ],
)
def test_spread_is_that_of_the_middle_half(
    values: list[float], quartiles: tuple[float, float, float]
) -> None:
    assert results.quartiles(values) == quartiles


@pytest.mark.parametrize("name", [path.stem for path in results.FOLDER.glob("*.json")])
def test_what_is_kept_is_told(name: str) -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    result = results.read(name) if name != "machine" else None

    for row in result.rows if result else ():
        # in a line of its own, or in its group's
        assert f"| {row.what} |" in page or f"| {row.group} |" in page


def test_a_benchmark_that_never_ran_has_no_result(tmp_path: Path) -> None:
    assert results.read("warm_calls", tmp_path) is None


def test_a_row_without_value_is_refused(tmp_path: Path) -> None:
    text = '{"name": "x", "measured": "2026-11-27", "rows": [{"what": "a", "unit": "ms"}]}'
    (tmp_path / "x.json").write_text(text, encoding="utf-8")

    with pytest.raises(TypeError, match="value"):
        results.read("x", tmp_path)
