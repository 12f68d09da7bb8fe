"""What benchmarks leave behind: a file of rows each, of which docs/benchmarks.md is made."""

import datetime
import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.local import ROOT

FOLDER = ROOT / "benchmarks" / "results"


@dataclass(frozen=True)
class Row:
    """A figure: the median of some rounds, ``low`` and ``high`` being their quartiles.

    ``unit`` is ms, MB, bytes, requests, write units, read units, × (a ratio) or /s. Rows of one
    ``group`` stand together in a table and in a plot, where ``of`` is the bar's name.
    """

    what: str
    unit: str
    value: float
    low: float | None = None
    high: float | None = None
    rounds: int | None = None
    group: str = ""
    of: str = ""


@dataclass(frozen=True)
class Result:
    """What a benchmark measured, and on which day."""

    name: str
    measured: datetime.date
    rows: tuple[Row, ...]

    def grouped(self, group: str) -> tuple[Row, ...]:
        """Return the rows of this group."""
        return tuple(row for row in self.rows if row.group == group)


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return what a quarter, a half and three quarters of the values are at most, to 4 digits."""
    if len(values) == 1:
        values = (values[0], values[0])
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return _rounded(low), _rounded(middle), _rounded(high)


def write(path: Path, name: str, rows: Iterable[Row]) -> None:
    """Write what the benchmark of this name measured today."""
    given = [{k: v for k, v in asdict(row).items() if v not in (None, "")} for row in rows]
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    result = {"name": name, "measured": today, "rows": given}
    text = json.dumps(result, indent=1, ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n", encoding="utf-8")


def read(name: str, folder: Path = FOLDER) -> Result | None:
    """Return what the benchmark of this name measured last; None if it never ran.

    Raises:
        TypeError: a row has no name, unit or value, or something that no row has.
    """
    path = folder / f"{name}.json"
    if not path.exists():
        return None
    given = json.loads(path.read_text(encoding="utf-8"))
    measured = datetime.date.fromisoformat(given["measured"])
    return Result(name, measured, tuple(Row(**row) for row in given["rows"]))


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
