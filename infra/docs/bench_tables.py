"""The sections of docs/benchmarks.md, and its plots, from what the benchmarks measured last."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from benchmarks import results
from benchmarks.results import Result, Row, read
from infra import made_files
from infra.docs import charts, markdown


class Plot(NamedTuple):
    """A plot of a result: a bar for each of these groups' names, a piece of it for each unit."""

    result: str
    groups: Sequence[str]
    units: Sequence[str]
    title: str


# each is a section of the document
BENCHMARKS = ("cold_start", "warm_calls", "round_trips", "peers", "scale", "load")
# their groups are rows, and what a group's rows are of is a column each
CROSSED = frozenset({"round_trips", "scale", "load"})
# units of which there may be one
_COUNTED = frozenset({"requests", "read units", "write units"})
_PUBLIC, _PRIVATE = "/api/v1/public/users", "/api/v1/private/users"
# by the names of their files
PLOTS: Mapping[str, Plot] = {
    "cold-start": Plot("peers", ["cold start"], ["ms"], "Cold start, ms of processor time"),
    "who-am-i": Plot("peers", ["who-am-I"], ["ms"], "Who am I, ms of processor time"),
    "round-trips": Plot(
        "round_trips",
        ["log-in, known device, beside its bcrypt", "refresh", "who-am-I"],
        ["ms"],
        "A call with 5 ms on each answer of AWS",
    ),
    "units": Plot(
        "scale",
        [f"`POST {_PUBLIC}/login`", f"`POST {_PUBLIC}/refresh`", f"`PUT {_PRIVATE}/any`"],
        ["read units", "write units"],
        "Units of DynamoDB by the number of accounts",
    ),
}


def sections() -> Mapping[str, Callable[[], str]]:
    """Return what writes each section, by the name of its marks."""
    named = {f"bench_{name}": partial(_section, name) for name in BENCHMARKS}
    return {"bench_machine": _machine, **named}


def plots() -> Mapping[str, str]:
    """Return the plots of what was measured, by the names of their files."""
    return {name: drawn for name, plot in PLOTS.items() if (drawn := _drawn(plot))}


def _section(name: str) -> str:
    result = read(name)
    if result is None:
        return "Not measured yet.\n"
    shown = [
        f"![{plot.title}](plots/{file}.svg)\n\n"
        for file, plot in PLOTS.items()
        if plot.result == name and _bars(plot)
    ]
    told = f"`python -m benchmarks.{name}`, {result.measured}:\n\n"
    table = _crossed(result) if name in CROSSED else _table(result)
    return "".join([told, *shown, table])


def _table(result: Result) -> str:
    head = ("What", "Median", "Spread", "Rounds")
    return markdown.table(head, [_cells(row) for row in result.rows])


def _cells(row: Row) -> Sequence[str]:
    spread = "" if row.low is None else f"{_plain(row.low)} to {_plain(row.high or row.low)}"
    return row.what, _told(row), spread, str(row.rounds or "")


def _crossed(result: Result) -> str:
    columns = list(dict.fromkeys(row.of for row in result.rows))
    groups = dict.fromkeys(row.group for row in result.rows)
    rows = [
        (group, *(", ".join(map(_told, _of(result, group, column))) for column in columns))
        for group in groups
    ]
    return markdown.table(("", *columns), rows)


def _of(result: Result, group: str, name: str) -> Sequence[Row]:
    return [row for row in result.grouped(group) if row.of == name]


def _bars(plot: Plot) -> Sequence[charts.Bar]:
    result = read(plot.result)
    return [
        _bar(name if len(plot.groups) == 1 else f"{_short(group)}, {name}", rows)
        for group in plot.groups
        for name in dict.fromkeys(row.of for row in (result.grouped(group) if result else ()))
        if result and (rows := [r for r in _of(result, group, name) if r.unit in plot.units])
    ]


def _short(group: str) -> str:
    return group.strip("`").rpartition("/")[2].partition(",")[0]


def _bar(label: str, rows: Sequence[Row]) -> charts.Bar:
    told = ", ".join(map(_told, rows))
    # of several pieces there is no one spread
    low, high = (rows[0].low, rows[0].high) if len(rows) == 1 else (None, None)
    return charts.Bar(label, [row.value for row in rows], told, low, high)


def _drawn(plot: Plot) -> str | None:
    bars = _bars(plot)
    return (
        charts.bars(plot.title, bars, plot.units if len(plot.units) > 1 else ()) if bars else None
    )


def _told(row: Row) -> str:
    unit = row.unit.removesuffix("s") if row.value == 1 and row.unit in _COUNTED else row.unit
    return f"{_plain(row.value)} {unit}"


def _machine() -> str:
    text = made_files.read(results.FOLDER / "machine.json")
    machine: Mapping[str, str] = json.loads(text) if text else {}
    return markdown.table(("", ""), machine.items()) if machine else "Not measured yet.\n"


def _plain(value: float) -> str:
    """Return a figure with three digits that count, or all of them before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004
