"""The files that are written by ``make docs``, whole or between two marks."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import walls
from infra import made_files
from infra.docs import (
    bench_tables,
    busy_keys,
    cost_tables,
    costs,
    endpoints,
    events,
    permissions,
    prices,
    route_table,
)
from infra.local import ROOT

# what stands between <!-- name --> and <!-- /name -->, in whatever document has the marks
TABLES: Mapping[str, Callable[[], str]] = {
    "endpoints": endpoints.listing,
    "permissions": permissions.table,
    "costs": costs.table,
    "events": events.table,
    "busy_keys": busy_keys.table,
    "cost_calls": cost_tables.calls,
    "cost_parts": cost_tables.parts,
    "cost_profiles": cost_tables.profiles,
    "cost_others": cost_tables.others,
    "cost_idle": cost_tables.idle,
    "prices": prices.table,
    "walls_rush": lambda: walls.table(walls.RUSH),
    "walls_day": lambda: walls.table(walls.DAY),
    **bench_tables.sections(),
}
PLOTS_FOLDER = ROOT / "docs" / "plots"
EVENTS = ROOT / "docs" / "events.schema.json"
ROUTES = ROOT / "layers" / "shared" / "accounts" / "edge" / "route_table.py"
_MARKED = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- /\2 -->\n)", re.DOTALL)


class UnknownTableError(LookupError):
    """Marks of a document name a table that nothing writes."""


def documents() -> list[Path]:
    """Return the documents that may have tables."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def with_tables(text: str) -> str:
    """Return a document's text with its tables as they should be.

    Raises:
        UnknownTableError: nothing writes one of them.
    """

    def written(match: re.Match[str]) -> str:
        begin, name, end = match.groups()
        if name not in TABLES:
            raise UnknownTableError(name)
        return f"{begin}{TABLES[name]()}{end}"

    return _MARKED.sub(written, text)


def files() -> Mapping[Path, str]:
    """Return the text of each file as it should be."""
    wanted = {path: with_tables(made_files.read(path)) for path in documents()}
    wanted[ROUTES] = route_table.module()
    wanted[EVENTS] = events.schema_text()
    plots = {"cost": cost_tables.plot(), **bench_tables.plots()}
    return {**wanted, **{PLOTS_FOLDER / f"{name}.svg": drawn for name, drawn in plots.items()}}
