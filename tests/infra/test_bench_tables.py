"""The sections of docs/benchmarks.md."""

from pathlib import Path

import pytest

from benchmarks import results
from benchmarks.results import Row
from infra.docs import bench_tables
from infra.docs.bench_tables import Plot


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where benchmarks leave what they measured: one did."""
    rows = [
        Row("start, ours", "ms", 123.4, 120.0, 130.0, rounds=5, group="start", of="ours"),
        Row("start, theirs", "ms", 2.345, group="start", of="theirs"),
        Row("ours ÷ theirs", "×", 52.62, group="ratios"),
    ]
    results.write(tmp_path / "peers.json", "peers", rows)
    plots = {
        "start": Plot("peers", ["start"], ["ms"], "Starts"),
        "other": Plot("scale", ["any"], ["ms"], "Others"),
    }
    monkeypatch.setattr(bench_tables, "PLOTS", plots)
    monkeypatch.setattr(bench_tables, "read", lambda name: results.read(name, tmp_path))
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_section_has_plot_and_table() -> None:
    section = bench_tables.sections()["bench_peers"]()

    assert section.splitlines()[2:] == [
        "![Starts](plots/start.svg)",
        "",
        "| What | Median | Spread | Rounds |",
        "|---|---|---|---|",
        "| start, ours | 123 ms | 120 to 130 | 5 |",
        "| start, theirs | 2.35 ms |  |  |",
        "| ours ÷ theirs | 52.6 × |  |  |",
    ]


@pytest.mark.usefixtures("folder")
def test_what_never_ran_has_neither() -> None:
    assert bench_tables.sections()["bench_scale"]() == "Not measured yet.\n"
    assert set(bench_tables.plots()) == {"start"}


@pytest.mark.usefixtures("folder")
def test_plot_says_what_was_measured() -> None:
    drawn = bench_tables.plots()["start"]

    assert [text in drawn for text in ("Starts", ">ours<", ">123 ms<", ">theirs<")] == [True] * 4


def test_groups_are_crossed_with_what_they_are_of(folder: Path) -> None:
    rows = [
        Row(f"{call}, {many}", unit, value, group=call, of=many)
        for call, many, unit, value in (
            ("login", "10 accounts", "read units", 4),
            ("login", "10 accounts", "write units", 2),
            ("login", "100 accounts", "read units", 5),
            ("refresh", "10 accounts", "read units", 1),
        )
    ]
    results.write(folder / "scale.json", "scale", rows)

    section = bench_tables.sections()["bench_scale"]()

    assert section.splitlines()[2:] == [
        "|  | 10 accounts | 100 accounts |",
        "|---|---|---|",
        "| login | 4 read units, 2 write units | 5 read units |",
        "| refresh | 1 read unit |  |",
    ]


def test_pieces_of_a_bar_are_units(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        Row("login", "read units", 4, group="login", of="10 accounts"),
        Row("login", "write units", 2, group="login", of="10 accounts"),
        Row("login", "ms", 99, group="login", of="10 accounts"),
    ]
    results.write(folder / "scale.json", "scale", rows)
    plot = Plot("scale", ["login"], ["read units", "write units"], "Units")
    monkeypatch.setattr(bench_tables, "PLOTS", {"units": plot})

    drawn = bench_tables.plots()["units"]

    assert ">4 read units, 2 write units<" in drawn
    # two of the legend, and two pieces
    assert drawn.count("<rect") == 4
