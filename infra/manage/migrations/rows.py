"""The rows of another system's CSV, by the names of their columns."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import BinaryIO

from infra.manage import user_rows
from infra.manage.problems import RefusedError
from infra.manage.user_lines import LineRefusedError

Row = Mapping[str, str]
_TRUE = ("true", "t", "1", "yes")
_FALSE = ("false", "f", "0", "no", "")


def records(
    file: BinaryIO, needed: Collection[str]
) -> Iterator[tuple[int, Row | LineRefusedError]]:
    """Yield the rows that say something, with the numbers of their last lines.

    Raises:
        RefusedError: the file is no CSV in UTF-8, or lacks a column that is needed.
    """
    with closing(user_rows.read(file)) as rows:
        _, columns = next(rows)
        _check(columns, needed)
        for number, row in rows:
            if any(row):
                yield number, _row(columns, row)


def _row(columns: Sequence[str], row: Sequence[str]) -> Row | LineRefusedError:
    if len(row) != len(columns):
        return user_rows.other_width(columns, row)
    return dict(zip(columns, row, strict=True))


def _check(columns: Collection[str], needed: Collection[str]) -> None:
    missing = [column for column in needed if column not in columns]
    if missing or len({*columns}) != len(columns):
        raise RefusedError(
            "The first line of the CSV must name its columns, each once."
            f" Of those that are needed it lacks: {', '.join(missing) or 'none'}."
        )


def flag(row: Row, column: str) -> bool:
    """Return what a cell says, which as an empty or missing one is no.

    Raises:
        LineRefusedError: it says neither yes nor no.
    """
    text = row.get(column, "").strip().lower()
    if text in _TRUE:
        return True
    if text not in _FALSE:
        raise LineRefusedError(f"{column}: Must be true or false")
    return False


def untaken(row: Row, taken: Iterable[str]) -> list[str]:
    """Return the columns that say something and are not taken."""
    known = {*taken}
    return [column for column, cell in row.items() if cell and column not in known]
